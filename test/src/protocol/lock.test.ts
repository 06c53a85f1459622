import { expect } from "chai";

import { endPeriod, periodStart, withdrawablePeriod } from "../../../src/protocol/lock";

const RULES = { periodLength: 86_400n, unbondingPeriods: 30n };

describe("lock", () => {
  it("rounds the end up to a multiple of 7", () => {
    const cases: [period: bigint, lock: bigint, end: bigint][] = [
      [0n, 6n, 7n],
      [0n, 7n, 14n],
      [5n, 1n, 7n],
      [6n, 28n, 35n],
      [7n, 28n, 42n],
    ];
    for (const [period, lock, end] of cases) expect(endPeriod(period, lock), `${period} ${lock}`).to.equal(end);
  });

  it("adds the unbonding time and counts seconds from the epoch", () => {
    expect(withdrawablePeriod(35n, RULES)).to.equal(65n);
    expect(periodStart(65n, RULES)).to.equal(5_616_000n);
  });
});
