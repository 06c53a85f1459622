/**
 * The ring R = Z_q[x]/(x^n + 1), q a product of one or two primes below 2^26. An element is its residues to each prime, as coefficients or
 * as values (`transform.ts`); which of the two, the caller knows.
 */
import { badEncoding } from "../errors";
import { pack, packedLength, unpack } from "../lattice/packing";
import { wipe } from "../secrets";
import { fold, invertMod, multiplyMod, reduceMod } from "./modulus";
import { Transform } from "./transform";

/** Residues to each prime. */
export type Element = readonly Int32Array[];

const RESIDUE_BITS = 26;

export class Ring {
  /** q, below 2^52. */
  readonly modulus: number;
  readonly #transforms: readonly Transform[];

  constructor(
    readonly degree: number,
    readonly primes: readonly number[],
  ) {
    this.modulus = primes.reduce((product, prime) => product * prime);
    this.#transforms = primes.map((prime) => new Transform(degree, prime));
  }

  /** Length in bytes of an element's first `count` coefficients or values. */
  encodedLength(count = this.degree): number {
    return this.primes.length * packedLength(count, RESIDUE_BITS);
  }

  /** The element with these lowest coefficients, integers below 2^52 in size. */
  fromIntegers(integers: ArrayLike<number>): Element {
    return this.primes.map((prime) => {
      const residues = new Int32Array(this.degree);
      for (let index = 0; index < integers.length; index++) residues[index] = reduceMod(integers[index], prime);
      return residues;
    });
  }

  /** Coefficients to values. */
  evaluate(element: Element): Element {
    return this.#transformed(element, (transform, residues) => transform.forward(residues));
  }

  /** Values to coefficients. */
  interpolate(element: Element): Element {
    return this.#transformed(element, (transform, residues) => transform.inverse(residues));
  }

  #transformed(element: Element, run: (transform: Transform, residues: Int32Array) => void): Element {
    return element.map((residues, index) => {
      const copy = residues.slice();
      run(this.#transforms[index], copy);
      return copy;
    });
  }

  /** a + b, as long as the shorter of both. */
  add(a: Element, b: Element): Element {
    return this.primes.map((prime, index) => {
      const [left, right] = [a[index], b[index]];
      const sum = new Int32Array(Math.min(left.length, right.length));
      for (let at = 0; at < sum.length; at++) sum[at] = fold(left[at] + right[at] - prime, prime);
      return sum;
    });
  }

  /** a - b, of equal length. */
  subtract(a: Element, b: Element): Element {
    const minusOne = this.primes.map((prime) => prime - 1);
    const negated = this.scale(b, minusOne);
    const difference = this.add(a, negated);
    wipe(...negated);
    return difference;
  }

  /** The product of elements given as values, as values. */
  multiply(a: Element, b: Element): Element {
    return this.primes.map((prime, index) => {
      const [left, right] = [a[index], b[index]];
      const product = new Int32Array(this.degree);
      const ratio = 1 / prime;
      for (let at = 0; at < product.length; at++) product[at] = multiplyMod(left[at], right[at], prime, ratio);
      return product;
    });
  }

  /** The product by an integer given by its residues. */
  scale(element: Element, residues: readonly number[]): Element {
    return this.primes.map((prime, index) => {
      const [values, factor, ratio] = [element[index], residues[index], 1 / prime];
      const product = new Int32Array(values.length);
      for (let at = 0; at < product.length; at++) product[at] = multiplyMod(values[at], factor, prime, ratio);
      return product;
    });
  }

  /** Coefficients as integers in (-q/2, q/2] (Garner 1959). */
  toIntegers(element: Element): Float64Array {
    const [first, second] = this.primes;
    const integers = Float64Array.from(element[0]);
    if (second !== undefined) {
      const inverse = invertMod(first % second, second);
      for (let index = 0; index < integers.length; index++) {
        const difference = reduceMod(element[1][index] - integers[index], second);
        integers[index] += first * multiplyMod(difference, inverse, second, 1 / second);
      }
    }
    const half = (this.modulus - 1) / 2;
    for (let index = 0; index < integers.length; index++) {
      integers[index] -= this.modulus * Math.floor((integers[index] + half) / this.modulus);
    }
    return integers;
  }

  /** The residues to each prime one after another, 26 bits each. */
  encode(element: Element): Uint8Array {
    const parts = element.map((residues) => pack(residues, RESIDUE_BITS));
    const bytes = new Uint8Array(parts[0].length * parts.length);
    parts.forEach((part, index) => bytes.set(part, index * part.length));
    return bytes;
  }

  /** Reads `count` coefficients or values. Throws E_BAD_ENCODING. */
  decode(field: string, bytes: Uint8Array, count = this.degree): Element {
    const length = packedLength(count, RESIDUE_BITS);
    const expected = this.encodedLength(count);
    if (bytes.length !== expected) throw badEncoding(field, "has the wrong length in bytes", bytes.length, expected);
    return this.primes.map((prime, index) =>
      unpack(field, bytes.subarray(index * length, (index + 1) * length), count, RESIDUE_BITS, prime),
    );
  }
}
