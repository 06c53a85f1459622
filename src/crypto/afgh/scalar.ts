/** Scalars of BLS12-381: bigints in [1, q-1], 32 bytes big-endian at the edges. */
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";

import { requireLength, SCALAR_LENGTH } from "../encoding";
import type { RandomSource } from "../engine";
import { badEncoding } from "../errors";
import { draw } from "../random";
import { wipe } from "../secrets";

const { Fr } = bls12_381.fields;

/** q, the order of the groups. */
export const GROUP_ORDER = Fr.ORDER;

/** 384 bits leave a bias below 2^-128. */
const WIDE_LENGTH = 48;

export function encodeScalar(scalar: bigint): Uint8Array {
  return numberToBytesBE(scalar, SCALAR_LENGTH);
}

/** Reads a scalar. Nothing of its value enters the error. Throws E_BAD_ENCODING. */
export function decodeGroupScalar(field: string, bytes: Uint8Array): bigint {
  requireLength(field, bytes, SCALAR_LENGTH);
  const scalar = bytesToNumberBE(bytes);
  if (scalar > 0n && scalar < GROUP_ORDER) return scalar;
  throw badEncoding(field, "is out of range", "0 or >= q", "1 to q-1");
}

/** (integer mod (q-1)) + 1. */
export function reduceToGroup(bytes: Uint8Array): bigint {
  return (bytesToNumberBE(bytes) % (GROUP_ORDER - 1n)) + 1n;
}

/** The same of secret bytes, which are wiped. */
export function reduceSecret(wide: Uint8Array): bigint {
  const scalar = reduceToGroup(wide);
  wipe(wide);
  return scalar;
}

/** A random scalar of 48 drawn bytes. */
export function randomGroupScalar(random: RandomSource): bigint {
  return reduceSecret(draw(random, WIDE_LENGTH));
}

export const add = (a: bigint, b: bigint): bigint => Fr.add(a, b);
export const multiply = (a: bigint, b: bigint): bigint => Fr.mul(a, b);
export const negate = (a: bigint): bigint => Fr.neg(a);

/** 1/secret = b * 1/(secret*b): the variable-time inversion sees only a uniformly blinded value. */
export function invertGroupSecret(secret: bigint, blinding: bigint): bigint {
  return Fr.mul(Fr.inv(Fr.mul(secret, blinding)), blinding);
}

/** Horner's rule, constant term first. */
export function evaluateAt(coefficients: readonly bigint[], index: number): bigint {
  return coefficients.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, BigInt(index)), coefficient));
}
