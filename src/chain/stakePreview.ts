/** What a position would mean, before anything is sent. */
import { expectedIncome } from "../protocol/emission";
import { endOfLock, isOver, startOfPeriod } from "../protocol/period";
import type { Chain } from "./connection";
import { refusal } from "./refusals";
import type { Position } from "./stakingEscrow";

/** A position as it would be; `added` of its tokens are new to the escrow. `endPeriod` is 0 while it re-locks. */
export interface PlannedPosition {
  amount: bigint;
  lockPeriods: bigint;
  endPeriod: bigint;
  added: bigint;
}

/** Base units and Unix seconds. */
export interface StakePreview {
  /** When the tokens can be withdrawn at the earliest, if winding down starts in this period or has started. */
  withdrawableAt: bigint;
  /** The paper's D of the next period, what is added included. */
  totalLocked: bigint;
  /** Periods that `income` covers: one lock, or what is left until the end. */
  periods: bigint;
  /** Mined income of the whole position by eq 30 to 32, if D stays as it is. */
  income: bigint;
}

/**
 * The outlook of a position. Throws E_LOCK_OUT_OF_RANGE as the contract would, because a lock past 65,535 periods does not even fit into
 * a call; nothing else of what the contract would say is checked here.
 */
export async function previewStake({ stakingEscrow }: Chain, planned: PlannedPosition): Promise<StakePreview> {
  const [rules, { currentPeriod, remainingSupply }] = await Promise.all([
    stakingEscrow.parameters(),
    stakingEscrow.supply(),
  ]);
  const { amount, lockPeriods, endPeriod, added } = planned;
  const { minLockPeriods: minimum, maxLockPeriods: maximum } = rules;
  if (lockPeriods < minimum || lockPeriods > maximum)
    throw refusal("LockOutOfRange", { lockPeriods, minimum, maximum });
  const totalLocked = (await stakingEscrow.totalLockedAt(currentPeriod + 1n)) + added;
  const end = endPeriod || endOfLock(currentPeriod, lockPeriods);
  const periods = endPeriod ? endPeriod - currentPeriod - 1n : lockPeriods;
  return {
    withdrawableAt: startOfPeriod(end + rules.unbondingPeriods, rules.periodLength),
    totalLocked,
    periods,
    income: expectedIncome({ ...rules, remainingSupply }, amount, totalLocked, periods),
  };
}

/**
 * A position that can still be changed. Throws as the contract would: E_NO_SUCH_POSITION, and E_POSITION_ENDED if it has no
 * weight from the next period on.
 */
export async function livePosition({ stakingEscrow }: Chain, staker: string, index: number): Promise<Position> {
  const [positions, currentPeriod] = await Promise.all([
    stakingEscrow.positions(staker),
    stakingEscrow.currentPeriod(),
  ]);
  const position = positions.find((held) => held.index === index);
  if (!position) throw refusal("NoSuchPosition", { staker, index: BigInt(index) });
  const { endPeriod, retired } = position;
  if (retired || (endPeriod > 0n && isOver(endPeriod, currentPeriod + 1n)))
    throw refusal("PositionEnded", { index: BigInt(index), endPeriod, currentPeriod });
  return position;
}
