import { expect } from "chai";
import fc from "fast-check";
import { createCipheriv, createHash, hkdfSync } from "node:crypto";

import { derive, expand } from "../../../../src/crypto/lattice/expand";
import {
  BINOMIAL_VARIANCE,
  centredBinomial,
  fixedWeight,
  flood,
  ternary,
} from "../../../../src/crypto/lattice/sampler";
import { sortInPlace } from "../../../../src/crypto/lattice/sort";
import { log2Exceeds } from "../../../../src/crypto/lattice/tail";
import { seededRandom } from "../../../support/seededRandom";

const random = seededRandom("samplers");

/** Mean, variance and kurtosis. */
function moments(values: ArrayLike<number>) {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const central = (power: number) => list.reduce((sum, value) => sum + (value - mean) ** power, 0) / list.length;
  return { mean, variance: central(2), kurtosis: central(4) / central(2) ** 2 };
}

const words = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [...Buffer.from(le32(value))]));
const le32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

describe("samplers of lattice schemes", () => {
  context("expand", () => {
    it("is ChaCha20 under HKDF-SHA-256, as node:crypto has them", () => {
      const seed = random(32);
      const context = createHash("sha256").update("").digest();
      const info = Buffer.concat([Buffer.from("nkms/v1/x/y"), context]);
      const key = Buffer.from(hkdfSync("sha256", seed, "", info, 32));
      const cipher = createCipheriv("chacha20", key, Buffer.alloc(16));
      expect(Buffer.from(expand("nkms/v1/x/y", seed, 500))).to.deep.equal(cipher.update(Buffer.alloc(500)));
    });

    it("tells uses and contexts apart", () => {
      const seed = random(32);
      const keys = [derive("a", seed), derive("b", seed), derive("a", seed, seed), derive("a", random(32))];
      expect(new Set(keys.map(String)).size).to.equal(4);
    });
  });

  context("ternary values", () => {
    it("are thirds of the range of a word", () => {
      const third = Math.ceil(2 ** 32 / 3);
      const values = ternary(words(0, third - 1, third, 2 * third - 2, 2 * third, 2 ** 32 - 1));
      expect([...values]).to.deep.equal([-1, -1, 0, 0, 1, 1]);
    });

    it("are equally likely", () => {
      const { mean, variance } = moments(ternary(random(4 * 30_000)));
      expect(mean).to.be.within(-0.03, 0.03);
      expect(variance).to.be.within(0.65, 0.685);
    });
  });

  context("centred binomial values", () => {
    it("are the ones of 21 bits less those of 21 others", () => {
      const all = 2 ** 32 - 1;
      expect([...centredBinomial(words(all, 0, 0, all, 0b1011, 0x80000001, 1 << 21, 0))]).to.deep.equal([
        21, -21, 2, 0,
      ]);
    });

    it("have variance 21/2 and the kurtosis of a binomial, 3 - 2/42", () => {
      const { mean, variance, kurtosis } = moments(centredBinomial(random(8 * 40_000)));
      expect(mean).to.be.within(-0.1, 0.1);
      expect(variance / BINOMIAL_VARIANCE).to.be.within(0.96, 1.04);
      expect(kurtosis).to.be.within(2.8, 3.1);
    });
  });

  context("flood", () => {
    for (const bits of [19, 40]) {
      it(`of ${bits} bits has that standard deviation and the kurtosis of twelve uniforms, 2.9`, () => {
        const { mean, variance, kurtosis } = moments(flood(random(72 * 20_000), bits));
        expect(mean / 2 ** bits).to.be.within(-0.05, 0.05);
        expect(Math.sqrt(variance) / 2 ** bits).to.be.within(0.98, 1.02);
        expect(kurtosis).to.be.within(2.75, 3.05);
      });

      it(`of ${bits} bits stays within six standard deviations`, () => {
        const ends = flood(
          Uint8Array.from({ length: 144 }, (_, at) => (at < 72 ? 0 : 255)),
          bits,
        );
        expect([...ends]).to.deep.equal([-6 * 2 ** bits, 6 * 2 ** bits - 12]);
      });
    }
  });

  context("fixed weight", () => {
    it("has exactly its ones and minus ones, in places that depend on every word", () => {
      const counts = new Float64Array(50);
      for (let round = 0; round < 2000; round++) {
        const values = fixedWeight(random(200), 7, 5);
        expect(values.filter((value) => value === 1).length).to.equal(7);
        expect(values.filter((value) => value === -1).length).to.equal(5);
        values.forEach((value, at) => (counts[at] += Math.abs(value)));
      }
      for (const count of counts) expect(count / 2000).to.be.within(0.18, 0.3);
    });

    it("orders by the random bits, ties by tag", () => {
      expect([...fixedWeight(words(40, 30, 20, 10), 1, 1)]).to.deep.equal([0, 0, -1, 1]);
      expect([...fixedWeight(words(8, 8, 8), 1, 1)]).to.deep.equal([0, 1, -1]);
    });
  });

  it("wipe the bytes they used", () => {
    const samplers = [
      (bytes: Uint8Array) => ternary(bytes),
      (bytes: Uint8Array) => centredBinomial(bytes),
      (bytes: Uint8Array) => flood(bytes, 19),
      (bytes: Uint8Array) => fixedWeight(bytes, 1, 1),
    ];
    for (const sample of samplers) {
      const bytes = random(72);
      sample(bytes);
      expect([...bytes].every((byte) => byte === 0)).to.equal(true);
    }
  });

  it("sort by a network, extreme values too", () => {
    const word = fc.oneof(fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0, -1), fc.integer());
    const property = fc.property(fc.array(word, { maxLength: 70 }), (values) => {
      const sorted = Int32Array.from(values);
      sortInPlace(sorted);
      expect([...sorted]).to.deep.equal([...values].sort((a, b) => a - b));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("bound the tail of the normal distribution: 1.97e-9 outside six sd, 3.05e-23 outside ten", () => {
    for (const [z, probability] of [
      [6, 1.973e-9],
      [10, 1.524e-23],
    ]) {
      const bound = log2Exceeds(1, z, 1);
      expect(bound).to.be.within(Math.log2(probability), Math.log2(probability) + 0.05);
    }
    expect(log2Exceeds(8, 6, 1)).to.be.closeTo(3 + log2Exceeds(1, 12, 4), 1e-9);
  });
});
