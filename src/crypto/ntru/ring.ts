/**
 * Arithmetic in Z[x]/(x^N - 1) modulo 2^32, hence modulo every smaller power of two. Products are dense and take the same steps whatever the
 * factors are: sparse ones would be faster and would show where a secret is not zero.
 */
import { powerMod } from "../lwe/modulus";
import { wipe } from "../secrets";

/** The cyclic product. Four coefficients at a time share the factors they read, which slide past in a window. */
export function multiply(a: Int32Array, b: Int32Array): Int32Array {
  const n = a.length;
  const reversed = new Int32Array(2 * n + 3);
  for (let index = 0; index < n; index++) reversed[index + 3] = reversed[index + n + 3] = b[n - 1 - index];
  const product = new Int32Array(n + 3);
  for (let at = 0; at < n; at += 4) {
    const start = n + 2 - at;
    let first = 0;
    let second = 0;
    let third = 0;
    let fourth = 0;
    let one = reversed[start - 1];
    let two = reversed[start - 2];
    let three = reversed[start - 3];
    for (let index = 0; index < n; index++) {
      const factor = a[index];
      const zero = reversed[start + index];
      first = (first + Math.imul(factor, zero)) | 0;
      second = (second + Math.imul(factor, one)) | 0;
      third = (third + Math.imul(factor, two)) | 0;
      fourth = (fourth + Math.imul(factor, three)) | 0;
      three = two;
      two = one;
      one = zero;
    }
    product.set([first, second, third, fourth], at);
  }
  wipe(reversed);
  return product.subarray(0, n);
}

/** The cyclic product modulo two: shifted copies of `b`, 32 coefficients to a word between two empty ones, added where `a` has a one. */
function multiplyBinary(a: Int32Array, b: Int32Array): Int32Array {
  const n = a.length;
  const words = Math.ceil(n / 32);
  const packed = new Int32Array(words + 2);
  for (let index = 0; index < n; index++) packed[(index >> 5) + 1] |= (b[index] & 1) << (index & 31);
  const sum = new Int32Array(2 * words + 1);
  const shifted = new Int32Array(words + 1);
  for (let shift = 0; shift < 32; shift++) {
    for (let word = 0; word <= words; word++) {
      shifted[word] = (packed[word + 1] << shift) | ((packed[word] >>> 1) >>> (31 - shift));
    }
    for (let index = shift; index < n; index += 32) {
      const mask = -(a[index] & 1);
      for (let word = 0; word <= words; word++) sum[(index >> 5) + word] ^= shifted[word] & mask;
    }
  }
  const bit = (index: number) => (sum[index >> 5] >>> (index & 31)) & 1;
  return a.map((_, index) => bit(index) ^ bit(index + n));
}

/** a^(2^times) modulo two, which only moves coefficients. */
function squareBinary(a: Int32Array, times: number): Int32Array {
  const factor = powerMod(2, times, a.length);
  const square = new Int32Array(a.length);
  for (let index = 0; index < a.length; index++) square[(index * factor) % a.length] = a[index];
  return square;
}

/**
 * 1/f modulo two as f^(2^order - 2) (Itoh and Tsujii 1988): x^(2^k - 1) for k = order - 1 by doubling k and adding one, then one square. It holds for
 * f with f(1) = 1 unless f vanishes at a root of unity of high degree, which has no probability worth a branch.
 */
function invertBinary(f: Int32Array, order: number): Int32Array {
  const base = f.map((coefficient) => coefficient & 1);
  let power: Int32Array = base;
  let exponent = 1;
  for (const bit of (order - 1).toString(2).slice(1)) {
    power = multiplyBinary(squareBinary(power, exponent), power);
    exponent *= 2;
    if (bit === "1") {
      power = multiplyBinary(squareBinary(power, 1), base);
      exponent += 1;
    }
  }
  return squareBinary(power, 1);
}

/** 1/f modulo 2^16: each step v*(2 - f*v) doubles the number of bits that are right. */
export function invert(f: Int32Array, order: number): Int32Array {
  let inverse: Int32Array = invertBinary(f, order);
  for (let bits = 1; bits < 16; bits *= 2) {
    const correction = multiply(f, inverse);
    for (let index = 0; index < correction.length; index++) correction[index] = -correction[index];
    correction[0] += 2;
    inverse = multiply(inverse, correction);
  }
  return inverse;
}
