import { expect } from "chai";

import { NodeDraw, type Sample } from "../../../src/client/drawNodes";
import { NkmsError } from "../../../src/errors";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const UNTIL = 1_900_000_000n;

describe("drawNodes", () => {
  const random = seededRandom("drawNodes");
  const exhausted = () => new NkmsError("E_RANDOMS_EXHAUSTED", "Too few.");

  /** The contract's rule on a line of weights: points fall by stake, repeats are void. */
  function sampler(weights: Record<string, number>): Sample {
    const line = Object.entries(weights).flatMap(([node, weight]) => Array.from({ length: weight }, () => node));
    return async (count, randoms, until) => {
      expect(until).to.equal(UNTIL);
      const drawn = new Set<string>();
      for (const point of randoms) {
        if (drawn.size < count) drawn.add(line[Number(point % BigInt(line.length))]);
      }
      if (drawn.size < count) throw exhausted();
      return [...drawn];
    };
  }

  it("never draws a node twice, and ends when there are no more", async () => {
    const draw = new NodeDraw(sampler({ "0xA": 5, "0xB": 3, "0xC": 1, "0xD": 1 }), random, UNTIL);
    const batches = [await draw.next(2), await draw.next(1), await draw.next(5), await draw.next(1)];
    expect(batches.map((batch) => batch.length)).to.deep.equal([2, 1, 1, 0]);
    expect(batches.flat()).to.have.members(["0xA", "0xB", "0xC", "0xD"]);
  });

  it("draws the remaining nodes by their stake", async () => {
    const rounds = 1_000;
    const sample = sampler({ "0xA": 60, "0xB": 30, "0xC": 10 });
    let secondIsB = 0;
    for (let round = 0; round < rounds; round++) {
      const draw = new NodeDraw(sample, random, UNTIL);
      const [first] = await draw.next(1);
      const [second] = await draw.next(1);
      if (first === "0xA" && second === "0xB") secondIsB++;
    }
    // P(first A) * P(then B among B, C) = 0.6 * 0.75; four standard deviations of a binomial
    const expected = 0.45 * rounds;
    expect(secondIsB, "seed drawNodes").to.be.closeTo(expected, 4 * Math.sqrt(expected * 0.55));
  });

  it("gives fresh uniform 256-bit points, more than nodes", async () => {
    const seen: (readonly bigint[])[] = [];
    const draw = new NodeDraw(
      async (_count, randoms) => {
        seen.push(randoms);
        throw exhausted();
      },
      random,
      UNTIL,
    );
    expect(await draw.next(2)).to.deep.equal([]);
    expect(seen.map(({ length }) => length)).to.deep.equal([64, 64, 48, 48]);
    expect(new Set(seen.flat()).size).to.equal(224);
    expect(seen.flat().some((point) => point >> 250n > 0n)).to.equal(true);
  });

  it("passes on every other failure", async () => {
    const failure = new NkmsError("E_RPC_FAILED", "Gone.");
    const draw = new NodeDraw(() => Promise.reject(failure), random, UNTIL);
    expect(await rejection(draw.next(1))).to.equal(failure);
  });
});
