import { expect } from "chai";

import { emissionAt, expectedIncome } from "../../../src/protocol/emission";

const TOKEN = 10n ** 18n;
const OUTLOOK = { remainingSupply: 2_890_000_000n * TOKEN, decayPeriods: 1053n, checkShareBps: 0n };
const SMALL = { remainingSupply: 1000n * TOKEN, decayPeriods: 10n, checkShareBps: 0n };
/** Rounding up in Q128 keeps at most a few base units more in the reserve. */
const SLACK = 10n;

function near(got: bigint, expected: bigint): void {
  expect(got <= expected && expected - got <= SLACK, `${got} is not ${expected}`).to.equal(true);
}

describe("emission", () => {
  it("allocates R / T in each period and takes it from R (eq 31, 32)", () => {
    near(emissionAt(SMALL, 0).allocated, 100n * TOKEN);
    near(emissionAt(SMALL, 1).allocated, 90n * TOKEN);
    const third = emissionAt(SMALL, 2);
    near(third.allocated, 81n * TOKEN);
    near(-third.remaining, -729n * TOKEN);
  });

  it("follows R (1 - 1/T)^k, which is close to R exp(-k/T)", () => {
    const { remaining } = emissionAt(OUTLOOK, 1052);
    const closedForm = 2_890_000_000 * (1 - 1 / 1053) ** 1053;
    expect(Number(remaining) / 1e18).to.be.closeTo(closedForm, closedForm * 1e-9);
    expect(Number(remaining) / 1e18 / 2_890_000_000).to.be.closeTo(Math.exp(-1), 2e-4);
  });

  it("gives a staker its part of all allocations (eq 30)", () => {
    near(expectedIncome(SMALL, TOKEN, TOKEN, 3n), 271n * TOKEN);
    near(expectedIncome(SMALL, TOKEN, 4n * TOKEN, 2n), (190n * TOKEN) / 4n);
  });

  it("leaves the health checkers' part out and promises nothing where nothing is locked", () => {
    near(expectedIncome({ ...SMALL, checkShareBps: 1_000n }, 1n, 1n, 1n), 90n * TOKEN);
    expect(expectedIncome(SMALL, 0n, 0n, 1n)).to.equal(0n);
  });
});
