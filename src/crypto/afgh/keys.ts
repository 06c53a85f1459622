/**
 * Public keys of `afgh`: X = a*g1 (as owner) 48 ‖ Y = a*g2 (as recipient) 96. A key counts only if e(X, g2) = e(g1, Y): both halves
 * have the same secret.
 */
import { concat } from "../../bytes";
import { splitFields } from "../encoding";
import { badProof } from "../errors";
import type { G1, G2, PairingBackend } from "../pairing";
import { G1_LENGTH, G2_LENGTH, readG1, readG2 } from "./encoding";

export const PUBLIC_KEY_LENGTH = G1_LENGTH + G2_LENGTH;

export interface PublicKey {
  readonly x: G1;
  readonly y: G2;
  /** 48 and 96 bytes. */
  readonly encodedX: Uint8Array;
  readonly encodedY: Uint8Array;
}

export function makePublicKey(backend: PairingBackend, secretKey: bigint): Uint8Array {
  const x = backend.multiplyG1(backend.g1, secretKey);
  const y = backend.multiplyG2(backend.g2, secretKey);
  return concat(backend.encodeG1(x), backend.encodeG2(y));
}

/** Reads a public key. Throws E_BAD_ENCODING, or E_BAD_PROOF with the key's field. */
export function readPublicKey(backend: PairingBackend, field: string, bytes: Uint8Array): PublicKey {
  const [encodedX, encodedY] = splitFields(field, bytes, [G1_LENGTH, G2_LENGTH]) as [Uint8Array, Uint8Array];
  const x = readG1(backend, `${field}.x`, encodedX);
  const y = readG2(backend, `${field}.y`, encodedY);
  if (backend.pairingsEqual([x, backend.g2], [backend.g1, y])) return { x, y, encodedX, encodedY };
  throw badProof(field, "equation e(X, g2) = e(g1, Y)");
}
