/**
 * Samplers of secret and noise polynomials from a stream of bytes, in time and memory accesses that do not depend on what comes out. They
 * read fixed numbers of bytes, so that a seed gives the same values everywhere.
 */
import { wipe } from "../secrets";
import { sortInPlace } from "./sort";

/** Bytes each sampler reads for one value. */
export const TERNARY_BYTES = 4;
export const BINOMIAL_BYTES = 8;
export const FLOOD_BYTES = 72;
export const WEIGHT_BYTES = 4;

/** Bits each side of the centred binomial has. */
const BINOMIAL_BITS = 21;
/** sd 3.24; the homomorphic encryption standard has 3.2. */
export const BINOMIAL_VARIANCE = BINOMIAL_BITS / 2;
export const TERNARY_VARIANCE = 2 / 3;

const FLOOD_TERMS = 12;

function word(bytes: Uint8Array, offset: number): number {
  return bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24);
}

function uint48(bytes: Uint8Array, offset: number): number {
  return (word(bytes, offset) >>> 0) + (bytes[offset + 4] + 256 * bytes[offset + 5]) * 2 ** 32;
}

function bitCount(value: number): number {
  const pairs = value - ((value >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Values of -1, 0 and 1: floor(3*u / 2^32) - 1 for uniform u of 32 bits, each likely within 2^-32 of a third. Wipes the stream. */
export function ternary(stream: Uint8Array): Int32Array {
  const values = new Int32Array(stream.length / TERNARY_BYTES);
  for (let index = 0; index < values.length; index++) {
    values[index] = Math.floor(((word(stream, TERNARY_BYTES * index) >>> 0) * 3) / 2 ** 32) - 1;
  }
  wipe(stream);
  return values;
}

/** Centred binomial values of variance 21/2: the difference of the ones in two sets of 21 bits. Wipes the stream. */
export function centredBinomial(stream: Uint8Array): Int32Array {
  const mask = 2 ** BINOMIAL_BITS - 1;
  const values = new Int32Array(stream.length / BINOMIAL_BYTES);
  for (let index = 0; index < values.length; index++) {
    const offset = BINOMIAL_BYTES * index;
    values[index] = bitCount(word(stream, offset) & mask) - bitCount(word(stream, offset + 4) & mask);
  }
  wipe(stream);
  return values;
}

/**
 * Flooding noise of standard deviation 2^bits, bits at most 40: the sum of twelve uniform values of `bits` bits, less its mean (rounded).
 * It is close to Gaussian, but never past six standard deviations, and needs integers only. Wipes the stream.
 */
export function flood(stream: Uint8Array, bits: number): Float64Array {
  const unit = 2 ** (48 - bits);
  const mean = (FLOOD_TERMS * 2 ** bits) / 2;
  const values = new Float64Array(stream.length / FLOOD_BYTES);
  for (let index = 0; index < values.length; index++) {
    let sum = -mean;
    for (let term = 0; term < FLOOD_TERMS; term++) {
      sum += Math.floor(uint48(stream, FLOOD_BYTES * index + 6 * term) / unit);
    }
    values[index] = sum;
  }
  wipe(stream);
  return values;
}

/**
 * `plus` ones and `minus` minus ones among zeros, in random order: 30 random bits and a tag of two to each, sorted. Equal random bits, which
 * one pair in 2^30 has, order by tag. Wipes the stream.
 */
export function fixedWeight(stream: Uint8Array, plus: number, minus: number): Int32Array {
  const tag = (index: number) => (index < plus ? 1 : index < plus + minus ? 2 : 0);
  const values = new Int32Array(stream.length / WEIGHT_BYTES);
  for (let index = 0; index < values.length; index++) {
    values[index] = (word(stream, WEIGHT_BYTES * index) & ~3) | tag(index);
  }
  wipe(stream);
  sortInPlace(values);
  for (let index = 0; index < values.length; index++) values[index] = (values[index] & 1) - ((values[index] >> 1) & 1);
  return values;
}
