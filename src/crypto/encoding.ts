/**
 * The one strict reader of encodings on secp256k1. Each value has one encoding: compressed points with x < n (hence < p) on the
 * curve, scalars in [1, n-1], low-S signatures, exact lengths. Everything else is E_BAD_ENCODING before anything is computed.
 * Points with n <= x < p exist with probability 2^-128; they are refused because `ecrecover` cannot take them.
 */
import { utf8 } from "../bytes";
import type { CurveBackend, Point, Scalar } from "./backend";
import type { ShareCommitment } from "./engine";
import { badEncoding } from "./errors";
import { isBelowOrder, isLowS, isScalar } from "./scalar";

export const POINT_LENGTH = 33;
export const SCALAR_LENGTH = 32;
export const SIGNATURE_LENGTH = 64;

/** Refuses anything but a Uint8Array, as callers without types may pass. `expected` is its length where that is known. */
export function requireBytes(
  field: string,
  bytes: Uint8Array | undefined,
  expected: number | string = "bytes",
): asserts bytes is Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw badEncoding(field, "is not a Uint8Array", typeof bytes, expected);
}

/** Refuses anything but a string, which a prefix would otherwise make one of. */
export function requireText(field: string, text: string): void {
  if (typeof text !== "string") throw badEncoding(field, "is not a string", typeof text, "a string");
}

/** UTF-8 of a text. Lone surrogates are refused, because they all become the same replacement character. */
export function encodeText(field: string, text: string): Uint8Array {
  requireText(field, text);
  const bytes = utf8(text);
  if (new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes) === text) return bytes;
  throw badEncoding(field, "is not well-formed Unicode", "a lone surrogate", "text");
}

/** Refuses anything but a Uint8Array that is at least as long as `part` of it. */
export function requireMinimum(field: string, bytes: Uint8Array | undefined, length: number, part: string): void {
  requireBytes(field, bytes, length);
  if (bytes.length < length) throw badEncoding(field, `is shorter than ${part}`, bytes.length, length);
}

/** Refuses anything but a Uint8Array of exactly this length. */
export function requireLength(field: string, bytes: Uint8Array | undefined, length: number): void {
  requireBytes(field, bytes, length);
  if (bytes.length !== length) throw badEncoding(field, "has the wrong length in bytes", bytes.length, length);
}

/** Refuses a context without the two parts of a commitment. */
export function requireCommitment({ commitment }: { readonly commitment?: Partial<ShareCommitment> }): void {
  requireLength("commitment.digest", commitment?.digest, 32);
  requireLength("commitment.point", commitment?.point, 20);
}

/** Reads a point: 33 bytes, prefix 02 or 03, x < n, on the curve. */
export function decodePoint(backend: CurveBackend, field: string, bytes: Uint8Array): Point {
  requireLength(field, bytes, POINT_LENGTH);
  if (bytes[0] !== 2 && bytes[0] !== 3) throw badEncoding(field, "has the wrong prefix", bytes[0], [2, 3]);
  if (!isBelowOrder(bytes.subarray(1))) throw badEncoding(field, "has x out of range", "x >= n", "x < n");
  const point = backend.decompress(bytes);
  if (!point) throw badEncoding(field, "is not on the curve", "no such point", "a point");
  return point;
}

/** The 33-byte encoding of a point. */
export function encodePoint(point: Point): Uint8Array {
  const encoded = point.slice(0, POINT_LENGTH);
  encoded[0] = 2 + (point[64] & 1);
  return encoded;
}

/** Checks a scalar or secret key and returns it. Nothing of its value enters the error. */
export function decodeScalar(field: string, bytes: Uint8Array): Scalar {
  requireLength(field, bytes, SCALAR_LENGTH);
  if (!isScalar(bytes)) throw badEncoding(field, "is out of range", "0 or >= n", "1 to n-1");
  return bytes;
}

/** Checks a signature r ‖ s: both in [1, n-1], s at most n/2. */
export function decodeSignature(field: string, bytes: Uint8Array): Uint8Array {
  requireLength(field, bytes, SIGNATURE_LENGTH);
  decodeScalar(`${field}.r`, bytes.subarray(0, SCALAR_LENGTH));
  const s = decodeScalar(`${field}.s`, bytes.subarray(SCALAR_LENGTH));
  if (!isLowS(s)) throw badEncoding(field, "is not low-S", "s > n/2", "s <= n/2");
  return bytes;
}

/** Cuts a value of fixed layout into its fields. The parts are views of one private copy, so later writes cannot reach them. */
export function splitFields(field: string, bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  requireLength(
    field,
    bytes,
    lengths.reduce((sum, length) => sum + length, 0),
  );
  const copy = Uint8Array.from(bytes);
  let offset = 0;
  return lengths.map((length) => copy.subarray(offset, (offset += length)));
}
