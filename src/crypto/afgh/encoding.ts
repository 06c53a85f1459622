/**
 * Encodings of the pairing groups: compressed points as the BLS12-381 libraries of Ethereum write them, of the prime-order subgroup and
 * never the identity. Hashes take points of G1 as EIP-2537 has them (x and y each 64 bytes), so that a contract hashes what it computes
 * with.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, equalBytes, utf8 } from "../../bytes";
import { requireLength } from "../encoding";
import { badEncoding } from "../errors";
import type { G1, G2, PairingBackend } from "../pairing";
import { wipe } from "../secrets";
import { reduceSecret, reduceToGroup } from "./scalar";

export const G1_LENGTH = 48;
export const G2_LENGTH = 96;

const PADDING = new Uint8Array(16);
const IDENTITY_FLAG = 0x40;

/** Reads a point of G1, 48 bytes. Throws E_BAD_ENCODING. */
export function readG1(backend: PairingBackend, field: string, bytes: Uint8Array): G1 {
  requireLength(field, bytes, G1_LENGTH);
  return requirePoint(field, bytes, backend.decodeG1(bytes), (point) => backend.encodeG1(point));
}

/** Reads a point of G2, 96 bytes. Throws E_BAD_ENCODING. */
export function readG2(backend: PairingBackend, field: string, bytes: Uint8Array): G2 {
  requireLength(field, bytes, G2_LENGTH);
  return requirePoint(field, bytes, backend.decodeG2(bytes), (point) => backend.encodeG2(point));
}

/** Libraries differ in what they let pass; a value that does not come back as it was is not the encoding of a point. */
function requirePoint<T>(field: string, bytes: Uint8Array, point: T | undefined, encode: (point: T) => Uint8Array): T {
  const isIdentity = (bytes[0] & IDENTITY_FLAG) !== 0;
  if (point !== undefined && !isIdentity && isEncoded(encode(point), bytes)) return point;
  throw badEncoding(field, "is not a point of the group", isIdentity ? "the identity" : "no such point", "a point");
}

/** Compares and wipes the encoding that was made for it: of a kfrag it is the node's secret. */
function isEncoded(encoded: Uint8Array, bytes: Uint8Array): boolean {
  const isSame = equalBytes(encoded, bytes);
  wipe(encoded);
  return isSame;
}

/** x and y of a point of G1, each padded to 64 bytes (EIP-2537). */
export function eip2537(backend: PairingBackend, point: G1): Uint8Array {
  const affine = backend.affineG1(point);
  return concat(PADDING, affine.subarray(0, 48), PADDING, affine.subarray(48));
}

const domain = (use: string) => `nkms/v1/afgh/${use}`;

/** Hash of points to a scalar: (keccak256(keccak256(domain) ‖ points) mod (q-1)) + 1. */
export function hashPoints(backend: PairingBackend, use: "capsule" | "answer", points: readonly G1[]): bigint {
  const encoded = points.map((point) => eip2537(backend, point));
  return reduceToGroup(keccak_256(concat(keccak_256(utf8(domain(use))), ...encoded)));
}

/** The 32-byte key behind an element of GT, bound to the capsule it came with. */
export function deriveKey(level: "first" | "second", shared: Uint8Array, capsule: Uint8Array): Uint8Array {
  const key = hkdf(sha256, shared, undefined, concat(utf8(domain(`key/${level}`)), capsule), 32);
  wipe(shared);
  return key;
}

/** A scalar that only the holder of `secret` can compute, the same for the same context. */
export function deriveScalar(use: "blinding" | "nonce" | "inversion", secret: Uint8Array, context: Uint8Array): bigint {
  return reduceSecret(hkdf(sha256, secret, undefined, concat(utf8(domain(use)), context), 48));
}
