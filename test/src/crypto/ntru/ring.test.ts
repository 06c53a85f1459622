import { expect } from "chai";
import fc from "fast-check";

import { NTRU_1087, NTRU_1499 } from "../../../../src/crypto/ntru/parameters";
import { invert, multiply } from "../../../../src/crypto/ntru/ring";
import { inMemory, leftovers } from "../../../support/leftovers";
import { seededRandom } from "../../../support/seededRandom";

/** Schoolbook product modulo x^n - 1 and 2^32. */
function schoolbook(a: readonly number[], b: readonly number[]): number[] {
  const sum = a.map(() => 0n);
  a.forEach((left, i) => b.forEach((right, j) => (sum[(i + j) % a.length] += BigInt(left) * BigInt(right))));
  return sum.map((value) => Number(BigInt.asIntN(32, value)));
}

describe("ring of ntru", () => {
  it("multiplies as the schoolbook does, at every length modulo four", () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const pair = fc
      .integer({ min: 1, max: 23 })
      .chain((n) => fc.tuple(...[0, 1].map(() => fc.array(word, { minLength: n, maxLength: n }))));
    const property = fc.property(pair, ([a, b]) => {
      expect(Array.from(multiply(Int32Array.from(a), Int32Array.from(b)))).to.deep.equal(schoolbook(a, b));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("leaves no copy of a factor", () => {
    const secret = Int32Array.of(1, 2, 3, 4, 5, 6, 7);
    const product = () => multiply(Int32Array.of(1, 0, 0, 0, 0, 0, 1), secret);
    for (const values of [secret, secret.slice().reverse()])
      expect(leftovers(inMemory(values), [], product)).to.equal(0);
  });

  for (const { name, degree, order } of [NTRU_1087, NTRU_1499]) {
    it(`inverts modulo 2^16 at the size of ${name}`, () => {
      const random = seededRandom(`inverse ${name}`);
      const f = Int32Array.from(random(degree), (byte) => 3 * ((byte % 3) - 1));
      f[0] += 1 - f.reduce((sum, value) => sum + value, 0);
      const product = multiply(f, invert(f, order)).map((value) => value & 0xffff);
      expect(product[0]).to.equal(1);
      expect(product.slice(1).every((value) => value === 0)).to.equal(true);
    });
  }

  it("inverts in a small ring: 2 has order 10 modulo 11", () => {
    const f = Int32Array.from([1, 3, 0, -3, 0, 0, 3, 0, 0, -3, 0]);
    expect(Array.from(multiply(f, invert(f, 10)), (value) => value & 0xffff)).to.deep.equal([
      1,
      ...Array<number>(10).fill(0),
    ]);
  });
});
