/** Scalars of secp256k1: integers in [1, n-1] as 32 bytes big-endian. */
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";

import type { CurveBackend, Scalar } from "./backend";
import type { RandomSource } from "./engine";
import { CryptoError } from "./errors";
import { draw, requireUnlike } from "./random";
import { wipe } from "./secrets";

/** The group's order n (SEC 2, 2.4.1). */
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const ORDER_BYTES = numberToBytesBE(ORDER, 32);
const HALF_ORDER_BYTES = numberToBytesBE(ORDER >> 1n, 32);
const MAX_DRAWS = 16;

export function toBigInt(scalar: Scalar): bigint {
  return bytesToNumberBE(scalar);
}

export function fromBigInt(value: bigint): Scalar {
  return numberToBytesBE(value, 32);
}

/** a < b for 32-byte big-endian integers, without an early exit. */
function isLess(a: Uint8Array, b: Uint8Array): boolean {
  let borrow = 0;
  for (let index = 31; index >= 0; index--) borrow = ((a[index] - b[index] - borrow) >> 8) & 1;
  return borrow === 1;
}

/** Whether 32 bytes are an integer in [1, n-1]; takes the same time whatever they are. */
export function isScalar(bytes: Uint8Array): boolean {
  let bits = 0;
  for (const byte of bytes) bits |= byte;
  return isLess(bytes, ORDER_BYTES) && bits !== 0;
}

/** Whether 32 bytes are an integer below n, which the x of every encoded point has to be. */
export function isBelowOrder(bytes: Uint8Array): boolean {
  return isLess(bytes, ORDER_BYTES);
}

/** Whether a signature's s is at most n/2 (n is odd, so the halves are [1, n>>1] and the rest). */
export function isLowS(s: Uint8Array): boolean {
  return !isLess(HALF_ORDER_BYTES, s);
}

/** (integer mod (n-1)) + 1: maps any bytes to [1, n-1], as the Umbral wire format does. */
export function reduceToScalar(bytes: Uint8Array): Scalar {
  return fromBigInt((bytesToNumberBE(bytes) % (ORDER - 1n)) + 1n);
}

/** A uniform scalar by rejection. A source that keeps giving values out of range is stuck: E_BAD_RANDOM. */
export function randomScalar(random: RandomSource): Scalar {
  for (let count = 0; count < MAX_DRAWS; count++) {
    const candidate = draw(random, 32);
    if (isScalar(candidate)) return candidate;
  }
  throw new CryptoError("E_BAD_RANDOM", "The random source keeps giving values out of range.", {
    data: { got: MAX_DRAWS, expected: 1 },
  });
}

/** Inverse of a public non-zero value modulo a prime, by default n, in variable time. */
export function invertVartime(value: bigint, modulus = ORDER): bigint {
  let [r0, r1, t0, t1] = [modulus, value, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return t0 < 0n ? t0 + modulus : t0;
}

/** 1/secret = b * 1/(secret*b): the variable-time inversion sees only a uniformly blinded value. */
export function invertSecret(backend: CurveBackend, secret: Scalar, random: RandomSource): Scalar {
  const blinding = randomScalar(random);
  requireUnlike(secret, blinding);
  const blinded = backend.multiplyScalars(secret, blinding);
  const inverse = backend.multiplyScalars(fromBigInt(invertVartime(toBigInt(blinded))), blinding);
  wipe(blinding, blinded);
  return inverse;
}
