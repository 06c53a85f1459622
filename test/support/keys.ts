/** secp256k1 keys for tests, by noble: independent of the contracts' own arithmetic. */
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { toHex } from "../../src/bytes";
import type { Random } from "./random";

/** A random compressed public key as hex. */
export function compressedKey(random: Random): string {
  return toHex(secp256k1.getPublicKey(secretKey(random), true));
}

/** x coordinate of a random public key as hex. */
export function xOnlyKey(random: Random): string {
  return "0x" + compressedKey(random).slice(4);
}

/** Whether noble finds a point with this x coordinate. */
export function isOnCurve(x: bigint): boolean {
  try {
    secp256k1.Point.fromHex("02" + x.toString(16).padStart(64, "0"));
    return true;
  } catch {
    return false;
  }
}

function secretKey(random: Random): Uint8Array {
  for (;;) {
    const candidate = random.bytes(32);
    if (secp256k1.utils.isValidSecretKey(candidate)) return candidate;
  }
}
