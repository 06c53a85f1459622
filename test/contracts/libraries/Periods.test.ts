import { expect } from "chai";
import { ethers } from "hardhat";

import { endOfLock, isOver, periodAt, startOfPeriod } from "../../../src/protocol/period";
import { Random } from "../../support/random";

const NONE = 2n ** 32n - 1n;

describe("Periods", () => {
  const deploy = () => ethers.deployContract("Periods__Harness");

  it("puts a second into the period that begins at or before it", async () => {
    const periods = await deploy();
    for (const [timestamp, period] of [
      [0n, 0n],
      [999n, 0n],
      [1_000n, 1n],
      [1_001n, 1n],
    ]) {
      expect(await periods.containing(timestamp, 1_000)).to.equal(period);
      expect(periodAt(timestamp, 1_000n)).to.equal(period);
    }
    expect(startOfPeriod(3n, 1_000n)).to.equal(3_000n);
  });

  it("holds every interval half-open at -1, 0, +1", async () => {
    const periods = await deploy();
    for (const [current, over] of [
      [99n, false],
      [100n, true],
      [101n, true],
    ] as const) {
      expect(await periods.isOver(100, current)).to.equal(over);
      expect(isOver(100n, current)).to.equal(over);
    }
  });

  it("ends a lock on the grid of 7, between 0 and 6 periods after p + 1 + lock", async () => {
    const periods = await deploy();
    for (let lock = 1n; lock <= 15n; ++lock) {
      const end = await periods.endOfLock(20_000, lock);
      expect(end % 7n).to.equal(0n);
      expect(end - 20_001n - lock).to.be.within(0n, 6n);
      expect(endOfLock(20_000n, lock)).to.equal(end);
    }
  });
});

describe("EndSet", () => {
  it("finds the next end as a sorted list does, seed 7", async () => {
    const set = await ethers.deployContract("Periods__Harness");
    const random = new Random(7n);
    const ends = new Set<bigint>();
    for (let i = 0; i < 150; ++i) {
      const end = 7n * (2_500n + random.below(1_200));
      if (random.below(3) === 0n && ends.size > 0) {
        const gone = random.pick([...ends]);
        ends.delete(gone);
        await set.remove(gone);
      } else {
        ends.add(end);
        await set.add(end);
      }
      const from = 17_000n + random.below(9_000);
      const later = [...ends].filter((other) => other / 7n > from / 7n).sort((a, b) => Number(a - b));
      expect(await set.next(from)).to.equal(later[0] ?? NONE);
    }
  });

  it("looks across word boundaries and past the last end", async () => {
    const set = await ethers.deployContract("Periods__Harness");
    const ends = [255n, 256n, 511n, 1_024n].map((number) => number * 7n);
    for (const end of ends) await set.add(end);
    expect(await set.next(0)).to.equal(ends[0]);
    expect(await set.next(ends[0])).to.equal(ends[1]);
    expect(await set.next(ends[1])).to.equal(ends[2]);
    expect(await set.next(ends[2])).to.equal(ends[3]);
    expect(await set.next(ends[3])).to.equal(NONE);
  });
});
