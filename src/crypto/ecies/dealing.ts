/**
 * The public side of a dealing: what fixes all fractions of one rekeying and travels with every answer (the paper's sk'_e, eq 12, 15).
 *
 *   f of degree m-1 with f(0) = rk, rk_i = f(i), F_j = f_j*G, R_i = rk_i*G = sum i^j*F_j      (Feldman 1987)
 *   wrapped = i 1 ‖ m 1 ‖ F_0 .. F_(m-1) each 33 ‖ sealed
 *
 * `sealed` holds what the recipient needs to use the answers; its length is fixed by the scheme and may be zero.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat } from "../../bytes";
import { addressOf } from "../address";
import type { CurveBackend, Point, Scalar } from "../backend";
import { readShareHeader, SHARE_HEADER_LENGTH, type ShareHeader } from "../dealtShare";
import { decodePoint, encodePoint, POINT_LENGTH, requireLength } from "../encoding";
import type { ShareCommitment } from "../engine";
import { fromBigInt } from "../scalar";

export interface Dealing extends ShareHeader {
  /** The whole encoding. */
  readonly wrapped: Uint8Array;
  /** All after i: equal in all fractions of one dealing. */
  readonly common: Uint8Array;
  /** F_0 to F_(m-1); F_0 = R commits to the whole re-encryption key. */
  readonly coefficients: readonly Point[];
  readonly sealed: Uint8Array;
}

/** The encoding of one fraction's public side. */
export function encodeDealing(index: number, coefficients: readonly Point[], sealed: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(index, coefficients.length), ...coefficients.map(encodePoint), sealed);
}

/** Reads a dealing whose sealed part has this length. Throws E_BAD_ENCODING. */
export function decodeDealing(backend: CurveBackend, field: string, bytes: Uint8Array, sealedLength: number): Dealing {
  const { index, threshold } = readShareHeader(field, bytes);
  const sealedStart = SHARE_HEADER_LENGTH + threshold * POINT_LENGTH;
  requireLength(field, bytes, sealedStart + sealedLength);
  const coefficients = Array.from({ length: threshold }, (_, degree) => {
    const start = SHARE_HEADER_LENGTH + degree * POINT_LENGTH;
    return decodePoint(backend, `${field}.coefficients[${degree}]`, bytes.subarray(start, start + POINT_LENGTH));
  });
  const sealed = bytes.subarray(sealedStart);
  return { wrapped: bytes, index, threshold, common: bytes.subarray(1), coefficients, sealed };
}

/** i as a scalar. */
export function indexScalar(index: number): Scalar {
  return fromBigInt(BigInt(index));
}

/** R_i = sum i^j*F_j. i^j stays below 32^31 < n. */
export function commitmentAt(backend: CurveBackend, { index, coefficients }: Dealing): Point {
  if (coefficients.length === 1) return coefficients[0];
  const powers = coefficients.map((_, degree) => fromBigInt(BigInt(index) ** BigInt(degree)));
  return backend.combineVartime(coefficients, powers);
}

/** What a policy fixes on chain: digest = keccak256(R_i 33 ‖ keccak256(wrapped)), point = the Ethereum address of R_i. */
export function dealingCommitment(commitment: Point, wrapped: Uint8Array): ShareCommitment {
  return { digest: keccak_256(concat(encodePoint(commitment), keccak_256(wrapped))), point: addressOf(commitment) };
}
