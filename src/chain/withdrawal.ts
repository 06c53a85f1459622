/** Which positions can be paid out now, and if none, when. */
import { NkmsError } from "../errors";
import { isOver, startOfPeriod } from "../protocol/period";
import type { Chain } from "./connection";
import { refusal } from "./refusals";
import type { Position } from "./stakingEscrow";

/**
 * The positions of a staker that can be withdrawn together, or just position `id`. Throws E_NOTHING_TO_WITHDRAW if it has none, and as the
 * contract would E_NO_SUCH_POSITION, E_NOT_WINDING_DOWN, E_STILL_LOCKED, the last with the second `withdrawableAt`; for
 * several also E_INSUFFICIENT_COLLATERAL, if what all of them leave does not cover what policies reserve.
 */
export async function findWithdrawable(chain: Chain, staker: string, id?: number): Promise<Position[]> {
  const due = await findDue(chain, staker, id);
  if (due.length === 1) return due; // the contract says it
  const { deposit, reserved } = await chain.stakingEscrow.staker(staker);
  const available = due.reduce((left, { amount }) => left - amount, deposit);
  if (available < reserved) throw refusal("InsufficientCollateral", { node: staker, available, required: reserved });
  return due;
}

async function findDue({ stakingEscrow }: Chain, staker: string, id?: number): Promise<Position[]> {
  const [all, rules, currentPeriod] = await Promise.all([
    stakingEscrow.positions(staker),
    stakingEscrow.parameters(),
    stakingEscrow.currentPeriod(),
  ]);
  const wanted = id === undefined ? all : all.filter(({ index }) => index === id);
  if (wanted.length === 0) throw id === undefined ? nothingToWithdraw(staker) : noSuchPosition(staker, id);
  const ending = wanted.filter(({ endPeriod }) => endPeriod > 0n).sort((a, b) => Number(a.endPeriod - b.endPeriod));
  const due = ending.filter(({ endPeriod }) => isOver(endPeriod + rules.unbondingPeriods, currentPeriod));
  if (due.length) return due;
  if (ending.length === 0) throw refusal("NotWindingDown", { index: BigInt(wanted[0].index) });
  const period = ending[0].endPeriod + rules.unbondingPeriods;
  throw refusal("StillLocked", {
    index: BigInt(ending[0].index),
    withdrawablePeriod: period,
    currentPeriod,
    withdrawableAt: startOfPeriod(period, rules.periodLength),
  });
}

function noSuchPosition(staker: string, index: number): NkmsError {
  return refusal("NoSuchPosition", { staker, index: BigInt(index) });
}

function nothingToWithdraw(staker: string): NkmsError {
  return new NkmsError("E_NOTHING_TO_WITHDRAW", `${staker} has no positions.`, {
    why: "Nothing is staked by this account on this chain.",
    fix: "Check --from and --network.",
    data: { staker },
  });
}
