/** The demo's deployment: periods of ten minutes and a supply that decays fast, so that an afternoon shows years. */
import { parseAmount } from "../../src/protocol/amount";
import type { SystemParameters } from "../../deploy/parameters";

export const PERIOD_SECONDS = 600n;
export const DECAY_PERIODS = 24n;
export const INITIAL_SUPPLY = parseAmount("10000000");
export const MAX_SUPPLY = parseAmount("12000000");
export const MIN_DEPOSIT = parseAmount("15000");

export const DEMO_PARAMETERS: SystemParameters = {
  token: { initialSupply: INITIAL_SUPPLY, maxSupply: MAX_SUPPLY },
  staking: {
    periodLength: PERIOD_SECONDS,
    decayPeriods: DECAY_PERIODS,
    minDeposit: MIN_DEPOSIT,
    minLockPeriods: 7n,
    maxLockPeriods: 2_016n,
    unbondingPeriods: 7n,
    checkShareBps: 0n,
    vestPeriods: 0n,
  },
  policy: {
    collateralPerKey: parseAmount("100"),
    minFee: parseAmount("0.1"),
    minPaid: 3_600n,
    maxDuration: 604_800n,
    challengeWindow: 1_200n,
    revealWindow: 600n,
    leakBurnBps: 5_000n,
  },
  payments: { closeDelay: 86_400n },
};
