/**
 * The negacyclic number-theoretic transform: the values of a polynomial at the odd powers of a 2n-th root of unity, where the product in
 * Z_q[x]/(x^n + 1) is taken value by value (Longa and Naehrig 2016). Values come in bit-reversed order, which nothing else needs to know.
 */
import { fold, invertMod, multiplyMod, powerMod } from "./modulus";

interface Factors {
  readonly factors: Int32Array;
  /** Each factor over q. */
  readonly ratios: Float64Array;
}

function reverseBits(value: number, bits: number): number {
  let reversed = 0;
  for (let bit = 0; bit < bits; bit++) reversed = (reversed << 1) | ((value >> bit) & 1);
  return reversed;
}

/** The powers of a root in bit-reversed order. */
function powersOf(root: number, n: number, q: number): Factors {
  const bits = Math.log2(n);
  const factors = Int32Array.from({ length: n }, (_, index) => powerMod(root, reverseBits(index, bits), q));
  return { factors, ratios: Float64Array.from(factors, (factor) => factor / q) };
}

/** A root of x^n + 1: the first that a small base gives. */
function rootOf(n: number, q: number): number {
  const candidate = (base: number) => powerMod(base, (q - 1) / (2 * n), q);
  let base = 2;
  while (powerMod(candidate(base), n, q) !== q - 1) base++;
  return candidate(base);
}

export class Transform {
  readonly #up: Factors;
  readonly #down: Factors;
  readonly #scale: number;

  /** n a power of two, q a prime below 2^26 with 2n dividing q - 1. */
  constructor(
    readonly n: number,
    readonly q: number,
  ) {
    const root = rootOf(n, q);
    this.#up = powersOf(root, n, q);
    this.#down = powersOf(invertMod(root, q), n, q);
    this.#scale = invertMod(n, q);
  }

  /** Coefficients to values, in place. */
  forward(values: Int32Array): void {
    const { q } = this;
    const { factors, ratios } = this.#up;
    for (let groups = 1, half = this.n / 2; half >= 1; groups *= 2, half /= 2) {
      for (let group = 0; group < groups; group++) {
        const [factor, ratio] = [factors[groups + group], ratios[groups + group]];
        const start = 2 * group * half;
        for (let low = start; low < start + half; low++) {
          const product = multiplyBy(values[low + half], factor, ratio, q);
          const value = values[low];
          values[low] = fold(value + product - q, q);
          values[low + half] = fold(value - product, q);
        }
      }
    }
  }

  /** Values to coefficients, in place. */
  inverse(values: Int32Array): void {
    const { q } = this;
    const { factors, ratios } = this.#down;
    for (let groups = this.n / 2, half = 1; groups >= 1; groups /= 2, half *= 2) {
      for (let group = 0; group < groups; group++) {
        const [factor, ratio] = [factors[groups + group], ratios[groups + group]];
        const start = 2 * group * half;
        for (let low = start; low < start + half; low++) {
          const [a, b] = [values[low], values[low + half]];
          values[low] = fold(a + b - q, q);
          values[low + half] = multiplyBy(fold(a - b, q), factor, ratio, q);
        }
      }
    }
    for (let index = 0; index < values.length; index++) {
      values[index] = multiplyMod(values[index], this.#scale, q, 1 / q);
    }
  }
}

/** `multiplyMod` by a constant whose ratio to q is known. */
function multiplyBy(value: number, factor: number, ratio: number, q: number): number {
  const remainder = (Math.imul(value, factor) - Math.imul((value * ratio) | 0, q)) | 0;
  return fold(fold(remainder, q) - q, q);
}
