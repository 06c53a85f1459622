import { expect } from "chai";
import fc from "fast-check";

import { fold, invertMod, multiplyMod, powerMod, reduceMod } from "../../../../src/crypto/lwe/modulus";
import { LWE_1024, LWE_2048 } from "../../../../src/crypto/lwe/profile";
import { Ring, type Element } from "../../../../src/crypto/lwe/ring";
import { expectRefusal } from "../../../support/crypto";
import { centred, mod, multiply } from "../../../support/plainLwe";

const PRIMES = [67_104_769, 67_084_289];

/** Integers modulo q = product of the primes, as bigints. */
const lift = (ring: Ring, element: Element) =>
  Array.from(ring.toIntegers(element), (value) => mod(BigInt(value), BigInt(ring.modulus)));

describe("ring of lwe", () => {
  context("modulo a prime", () => {
    const residue = (q: number) => fc.oneof(fc.constantFrom(0, 1, 2, q - 1, q - 2, (q - 1) / 2), fc.nat(q - 1));
    for (const q of PRIMES) {
      it(`${q} multiplies as integers do`, () => {
        const property = fc.property(residue(q), residue(q), (a, b) => {
          const expected = Number((BigInt(a) * BigInt(b)) % BigInt(q));
          expect(multiplyMod(a, b, q, 1 / q)).to.equal(expected);
        });
        fc.assert(property, { numRuns: 1000 });
      });

      it(`${q} reduces integers of both signs`, () => {
        const big = fc.maxSafeInteger().map((value) => Math.trunc(value / 2));
        const near = fc.tuple(fc.nat(q - 1), fc.constantFrom(-1, 0, 1)).map(([k, d]) => k * q + d);
        const property = fc.property(fc.oneof(big, near), (value) => {
          expect(reduceMod(value, q)).to.equal(Number(mod(BigInt(value), BigInt(q))));
        });
        fc.assert(property, { numRuns: 1000 });
      });

      it(`${q} has the powers and inverses of a field with 4096th roots of unity`, () => {
        expect((q - 1) % 4096).to.equal(0);
        expect(powerMod(3, q - 1, q)).to.equal(1);
        expect(multiplyMod(invertMod(12_345, q), 12_345, q, 1 / q)).to.equal(1);
      });
    }

    it("folds negative values up and leaves others", () => {
      expect([-1, 0, 5].map((value) => fold(value, 7))).to.deep.equal([6, 0, 5]);
    });
  });

  for (const primes of [PRIMES.slice(0, 1), PRIMES]) {
    const name = `with ${primes.length} prime(s)`;
    const ring = new Ring(16, primes);
    const q = BigInt(ring.modulus);
    const integer = fc.integer({ min: -(2 ** 20), max: 2 ** 20 });
    const polynomial = fc.array(integer, { minLength: 16, maxLength: 16 });

    it(`${name} multiplies as the schoolbook does`, () => {
      const property = fc.property(polynomial, polynomial, (a, b) => {
        const [left, right] = [a, b].map((one) => ring.evaluate(ring.fromIntegers(one)));
        const product = lift(ring, ring.interpolate(ring.multiply(left, right)));
        expect(product).to.deep.equal(multiply(a.map(BigInt), b.map(BigInt), q));
      });
      fc.assert(property, { numRuns: 200 });
    });

    it(`${name} adds, subtracts and scales`, () => {
      const property = fc.property(polynomial, polynomial, fc.nat(2 ** 25), (a, b, factor) => {
        const [left, right] = [a, b].map((one) => ring.fromIntegers(one));
        const expected = (op: (x: bigint, y: bigint) => bigint) =>
          a.map((value, at) => mod(op(BigInt(value), BigInt(b[at])), q));
        expect(lift(ring, ring.add(left, right))).to.deep.equal(expected((x, y) => x + y));
        expect(lift(ring, ring.subtract(left, right))).to.deep.equal(expected((x, y) => x - y));
        const scaled = ring.scale(
          left,
          primes.map((prime) => factor % prime),
        );
        expect(lift(ring, scaled)).to.deep.equal(a.map((value) => mod(BigInt(value) * BigInt(factor), q)));
      });
      fc.assert(property, { numRuns: 200 });
    });

    it(`${name} lifts to integers around zero, at the ends of the range too`, () => {
      const half = (ring.modulus - 1) / 2;
      const values = [0, 1, -1, half, -half, half - 1, 1 - half];
      expect(Array.from(ring.toIntegers(ring.fromIntegers(values))).slice(0, 7)).to.deep.equal(values);
      expect(Number(centred(BigInt(half) + 1n, q))).to.equal(-half);
      expect(ring.toIntegers(ring.fromIntegers([half + 1]))[0]).to.equal(-half);
    });

    it(`${name} reads back what it writes (I-L1), whole or the lowest coefficients`, () => {
      const property = fc.property(polynomial, (a) => {
        const element = ring.fromIntegers(a);
        const bytes = ring.encode(element);
        expect(bytes.length).to.equal(ring.encodedLength());
        expect(ring.decode("element", bytes)).to.deep.equal(element);
        const part = element.map((residues) => residues.slice(0, 5));
        expect(ring.decode("element", ring.encode(part), 5)).to.deep.equal(part);
      });
      fc.assert(property, { numRuns: 100 });
    });

    it(`${name} refuses residues past the prime, bits past the end and other lengths`, () => {
      const element = primes.map((prime) => new Int32Array(5).fill(prime - 1));
      expect(ring.decode("element", ring.encode(element), 5)).to.deep.equal(element);
      element.at(-1)![3] += 1;
      const beyond = { field: "element", got: ">= q", expected: "< q" };
      expectRefusal(() => ring.decode("element", ring.encode(element), 5), "E_BAD_ENCODING", beyond);
      const trailing = ring.encode(ring.fromIntegers([]).map((residues) => residues.slice(0, 5)));
      trailing[trailing.length - 1] |= 0x80;
      const bits = { field: "element", got: "1", expected: "0" };
      expectRefusal(() => ring.decode("element", trailing, 5), "E_BAD_ENCODING", bits);
      const got = { field: "element", got: trailing.length, expected: ring.encodedLength(6) };
      expectRefusal(() => ring.decode("element", trailing, 6), "E_BAD_ENCODING", got);
    });
  }

  it("of both profiles multiplies x^(n-1) by x to -1", () => {
    for (const { degree, primes } of [LWE_1024, LWE_2048]) {
      const ring = new Ring(degree, primes);
      const monomial = (power: number) => {
        const integers = new Float64Array(degree);
        integers[power] = 1;
        return ring.evaluate(ring.fromIntegers(integers));
      };
      const product = ring.toIntegers(ring.interpolate(ring.multiply(monomial(degree - 1), monomial(1))));
      expect(product[0]).to.equal(-1);
      expect(product.slice(1).every((value) => value === 0)).to.equal(true);
    }
  });
});
