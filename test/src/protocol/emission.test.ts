import { expect } from "chai";

import { emission, expectedIncome } from "../../../src/protocol/emission";

const TOKEN = 10n ** 18n;
const OUTLOOK = { remainingSupply: 2_890_000_000n * TOKEN, decayPeriods: 1053n, checkShareBps: 0n };

describe("emission", () => {
  it("allocates R / T in each period and takes it from R (eq 31, 32)", () => {
    const steps = [...emission({ remainingSupply: 1000n, decayPeriods: 10n }, 3)];
    expect(steps).to.deep.equal([
      { period: 0, allocated: 100n, remaining: 900n },
      { period: 1, allocated: 90n, remaining: 810n },
      { period: 2, allocated: 81n, remaining: 729n },
    ]);
  });

  it("follows R (1 - 1/T)^k, which is close to R exp(-k/T)", () => {
    const last = [...emission(OUTLOOK, 1053)].at(-1)!;
    const closedForm = 2_890_000_000 * (1 - 1 / 1053) ** 1053;
    expect(Number(last.remaining) / 1e18).to.be.closeTo(closedForm, closedForm * 1e-9);
    expect(Number(last.remaining) / 1e18 / 2_890_000_000).to.be.closeTo(Math.exp(-1), 2e-4);
  });

  it("gives a staker its part of each allocation (eq 30)", () => {
    const sole = expectedIncome(OUTLOOK, TOKEN, TOKEN, 30);
    const all = [...emission(OUTLOOK, 30)].reduce((sum, { allocated }) => sum + allocated, 0n);
    expect(sole).to.equal(all);
    expect(expectedIncome({ ...OUTLOOK, remainingSupply: 1000n, decayPeriods: 10n }, 1n, 4n, 2)).to.equal(25n + 22n);
  });

  it("leaves the health checkers' part out and promises nothing where nothing is locked", () => {
    const outlook = { remainingSupply: 1000n, decayPeriods: 10n, checkShareBps: 1_000n };
    expect(expectedIncome(outlook, 1n, 1n, 1)).to.equal(90n);
    expect(expectedIncome(outlook, 0n, 0n, 1)).to.equal(0n);
  });
});
