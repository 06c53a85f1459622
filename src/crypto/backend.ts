/**
 * What the secp256k1 schemes need of a curve library. All back-ends give the same bytes for the same input.
 *
 * Points are 65-byte uncompressed SEC1 inside the room (04 ‖ x ‖ y), so that no operation has to take a square root; on the wire
 * they are 33 bytes compressed (`encoding.ts`). Scalars are 32 bytes big-endian in [1, n-1]. Inputs are validated before they come
 * here, so the identity is never an input; where it would be the result, E_IDENTITY is thrown, but by `commitmentVartime`.
 *
 * Secrets meet only the operations marked *secret*. libsecp256k1 has them in constant time. noble
 * has not: its bigints take time by value, and `npm run bench:timing` measures it (t = -64 for `multiplyScalars`).
 */
import { CryptoError } from "./errors";

declare const onCurve: unique symbol;

/** A point of the curve, not the identity, 65 bytes uncompressed. */
export type Point = Uint8Array & { readonly [onCurve]: true };

/** An integer in [1, n-1], 32 bytes big-endian. */
export type Scalar = Uint8Array;

/** The back-ends of this package (`backends.ts`). An engine takes any other that keeps to `CurveBackend`. */
export type BackendName = "noble" | "native";

export interface CurveBackend {
  /** Named in output. */
  readonly name: string;
  /** The point of a 33-byte encoding with prefix 02 or 03, undefined if no point of the curve has that x. */
  decompress(encoded: Uint8Array): Point | undefined;
  /** scalar * G; *secret*. */
  multiplyBase(scalar: Scalar): Point;
  /** scalar * point; *secret*. */
  multiply(point: Point, scalar: Scalar): Point;
  /** The same as `multiply` for a long-lived point, with a table where that helps; *secret*. */
  fixedBase(point: Point): (scalar: Scalar) => Point;
  /** Sum of scalar_i * point_i in variable time; public values only. */
  combineVartime(points: readonly Point[], scalars: readonly Scalar[]): Point;
  /**
   * s*G - challenge*point, the commitment of a Schnorr proof, undefined where that is the identity, in variable time; public values
   * only. The point's x is below n, as that of every encoding is.
   */
  commitmentVartime(s: Scalar, challenge: Scalar, point: Point): Point | undefined;
  /** Sum of points. */
  add(...points: Point[]): Point;
  /** a * b mod n; *secret*. */
  multiplyScalars(a: Scalar, b: Scalar): Scalar;
  /** a + b mod n; *secret*. A sum of zero throws E_IDENTITY. */
  addScalars(a: Scalar, b: Scalar): Scalar;
  /** Low-S ECDSA, r ‖ s, nonce by RFC 6979 with 32 bytes of extra entropy; *secret*. */
  sign(digest: Uint8Array, secretKey: Scalar, entropy: Uint8Array): Uint8Array;
  /** Checks r ‖ s; high-S is refused. */
  verify(signature: Uint8Array, digest: Uint8Array, publicKey: Point): boolean;
  /** Low-S ECDSA, r ‖ s ‖ parity of the nonce point's y (0 or 1), nonce by RFC 6979 and nothing else; *secret*. */
  signRecoverable(digest: Uint8Array, secretKey: Scalar): Uint8Array;
  /** The key under which r ‖ s ‖ parity, with r and s in [1, n-1], signs the digest; undefined if there is none. */
  recover(signature: Uint8Array, digest: Uint8Array): Point | undefined;
}

/** What a back-end throws where the result would be the point at infinity, or a scalar sum zero. */
export function identityError(cause?: unknown): CryptoError {
  return new CryptoError("E_IDENTITY", "The result is the identity of the group.", {
    why: "Honest values meet this with negligible probability.",
    cause,
  });
}
