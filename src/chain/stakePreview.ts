/** What staking an amount would mean, before anything is sent. */
import { expectedIncome } from "../protocol/emission";
import { endOfLock, startOfPeriod } from "../protocol/period";
import type { Chain } from "./connection";

/** Base units and Unix seconds. */
export interface StakePreview {
  /** When the tokens can be withdrawn at the earliest, if winding down starts in this period. */
  withdrawableAt: bigint;
  /** The paper's D of the next period, the new stake included. */
  totalLocked: bigint;
  /** Mined income over one lock by eq 30 to 32, if D stays as it is. */
  income: bigint;
}

/** The outlook of a stake of `amount` with a lock of `lockPeriods`. Whether the contract would take it is not checked here. */
export async function previewStake(
  { stakingEscrow }: Chain,
  amount: bigint,
  lockPeriods: bigint,
): Promise<StakePreview> {
  const [rules, { currentPeriod, remainingSupply }] = await Promise.all([
    stakingEscrow.parameters(),
    stakingEscrow.supply(),
  ]);
  const totalLocked = (await stakingEscrow.totalLockedAt(currentPeriod + 1n)) + amount;
  const freePeriod = endOfLock(currentPeriod, lockPeriods) + rules.unbondingPeriods;
  return {
    withdrawableAt: startOfPeriod(freePeriod, rules.periodLength),
    totalLocked,
    income: expectedIncome({ ...rules, remainingSupply }, amount, totalLocked, lockPeriods),
  };
}
