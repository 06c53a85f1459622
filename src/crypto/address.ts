import { keccak_256 } from "@noble/hashes/sha3.js";

import type { Point } from "./backend";
import { defaultBackend } from "./backends";
import { decodePoint } from "./encoding";

/** The Ethereum address of a point: the last 20 bytes of keccak256(x ‖ y) (Yellow Paper, appendix F). */
export function addressOf(point: Point): Uint8Array {
  return keccak_256(point.subarray(1)).slice(12);
}

/** The 20-byte Ethereum address of a 33-byte public key. Throws E_BAD_ENCODING. */
export function ethAddress(publicKey: Uint8Array): Uint8Array {
  return addressOf(decodePoint(defaultBackend(), "publicKey", publicKey));
}
