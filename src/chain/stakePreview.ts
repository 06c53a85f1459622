/** What a position would mean, before anything is sent. */
import { expectedIncome } from "../protocol/emission";
import { alignDown, endOfLock, isOver, startOfPeriod } from "../protocol/period";
import type { Chain } from "./connection";
import { refusal } from "./refusals";
import type { Position } from "./stakingEscrow";
import { nkms } from "./texts/text";

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
 * The outlook of a position. Throws E_DEPOSIT_BELOW_MINIMUM, E_DEPOSIT_ABOVE_MAXIMUM and E_LOCK_OUT_OF_RANGE as the contract would, because an
 * amount past 128 bits or a lock past 16 does not even fit into a call; nothing else of what the contract would say is checked here.
 */
export async function previewStake(chain: Chain, planned: PlannedPosition): Promise<StakePreview> {
  const { stakingEscrow, nkmsToken } = chain;
  const [rules, { currentPeriod, remainingSupply }, maxSupply] = await Promise.all([
    stakingEscrow.parameters(),
    stakingEscrow.supply(),
    nkmsToken.maxSupply(),
  ]);
  const { amount, lockPeriods, endPeriod, added } = planned;
  checkDeposit(amount, { minimum: rules.minDeposit, maximum: maxSupply });
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

/** What a position may hold. Throws as the contract would: E_DEPOSIT_BELOW_MINIMUM, E_DEPOSIT_ABOVE_MAXIMUM. */
export function checkDeposit(amount: bigint, { minimum, maximum }: { minimum: bigint; maximum: bigint }): void {
  if (amount < minimum) throw refusal("DepositBelowMinimum", { amount, minimum });
  if (amount > maximum) throw refusal("DepositAboveMaximum", { amount, maximum });
}

/**
 * Whether `amount` may be split off a position of `whole`: both parts must hold the minimum. Throws as the contract would, and says what
 * may be split off: E_DEPOSIT_BELOW_MINIMUM, E_DEPOSIT_ABOVE_MAXIMUM.
 */
export function checkDivision(amount: bigint, whole: bigint, minimum: bigint): void {
  const rest = whole - amount;
  const fix =
    whole < 2n * minimum
      ? `A position can be divided from ${nkms(2n * minimum)} on: increase it first.`
      : `Split off at least ${nkms(minimum)} and at most ${nkms(whole - minimum)}.`;
  const why = `Each of two parts must hold at least the minimum deposit of ${nkms(minimum)}.`;
  if (amount < minimum) throw refusal("DepositBelowMinimum", { amount, minimum }, { why, fix });
  if (rest < 0n) throw refusal("DepositAboveMaximum", { amount, maximum: whole }, { why, fix });
  const message = `${nkms(amount)} split off ${nkms(whole)} would leave ${nkms(rest)}.`;
  if (rest < minimum) throw refusal("DepositBelowMinimum", { amount: rest, minimum }, { message, why, fix });
}

/**
 * Whether a lock may become `wanted` periods long: longer than it is, and not past the maximum, towards which the lock of a position that winds
 * down grows by whole steps of the grid of ends. Throws as the contract would, and says what may be asked for: E_LOCK_NOT_LONGER, E_LOCK_OUT_OF_RANGE.
 */
export function checkProlongation(
  wanted: bigint,
  { index, lockPeriods: current, endPeriod }: Pick<Position, "lockPeriods" | "endPeriod"> & { index: bigint },
  { minimum, maximum }: { minimum: bigint; maximum: bigint },
): void {
  if (wanted <= current) throw refusal("LockNotLonger", { index, lockPeriods: wanted, current });
  const longest = endPeriod ? current + alignDown(maximum - current) : maximum;
  if (wanted <= longest) return;
  const fix =
    longest > current
      ? `Use at least --lock ${current + 1n}p and at most --lock ${longest}p.`
      : "The lock is as long as it can be: leave it as it is.";
  throw refusal("LockOutOfRange", { lockPeriods: wanted, minimum, maximum }, { fix });
}

/** A node's part of the stake line, in whole units of `unit` base units; `rest` is less than one, earns, and is not drawn. */
export interface LinePart {
  unit: bigint;
  units: bigint;
  rest: bigint;
}

/** What a staker with `added` more at stake has on the stake line from the next period on. */
export async function partOfLine({ stakingEscrow }: Chain, staker: string, added: bigint): Promise<LinePart> {
  const [unit, currentPeriod] = await Promise.all([stakingEscrow.unit(), stakingEscrow.currentPeriod()]);
  const weight = (await stakingEscrow.lockedAt(staker, currentPeriod + 1n)) + added;
  return { unit, units: weight / unit, rest: weight % unit };
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
