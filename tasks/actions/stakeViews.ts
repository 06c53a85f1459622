import { previewStake } from "../../src/chain/stakePreview";
import type { Position, StakingParameters } from "../../src/chain/stakingEscrow";
import { formatAmount, parseAmount, parsePeriods } from "../../src/protocol/amount";
import { expectedIncome } from "../../src/protocol/emission";
import { isOver, startOfPeriod } from "../../src/protocol/period";
import { curve } from "../support/curve";
import type { Outcome } from "../support/run";
import { type Session, usage } from "../support/session";
import { amount as shown, grouped, nkms, percent, rows, table, utc } from "../support/show";

const SHOWN_STEPS = 6;
const CURVE_COLUMNS = 60;

/** Lists the positions of a staker. */
export async function listPositions(session: Session): Promise<Outcome> {
  const staker = await session.subject();
  const { stakingEscrow } = await session.connect();
  const [positions, parameters, currentPeriod] = await Promise.all([
    stakingEscrow.positions(staker),
    stakingEscrow.parameters(),
    stakingEscrow.currentPeriod(),
  ]);
  const listed = positions.map((position) => describe(position, parameters, currentPeriod));
  return {
    result: { staker, currentPeriod: Number(currentPeriod), positions: listed },
    text: table(
      ["id", "amount", "lock", "state", "withdrawable"],
      positions.map((position, row) => [
        `${position.index}`,
        nkms(position.amount),
        `${position.lockPeriods}p`,
        listed[row].state,
        position.endPeriod ? utc(BigInt(listed[row].withdrawableAt!)) : "after stake:winddown",
      ]),
      `${staker} has no positions.`,
    ),
  };
}

/** Forecasts what a stake would mine by eq 30 to 32, while D stays: a table, a curve, and when it is free. */
export async function simulate(session: Session): Promise<Outcome> {
  const amount = parseAmount(session.required("amount"));
  const lockPeriods = parsePeriods(session.required("lock"));
  const periods = session.wholeNumber("periods", 1, 360);
  const chain = await session.connect();
  const preview = await previewStake(chain, { amount, lockPeriods, endPeriod: 0n, added: amount });
  const totalLocked = totalOf(session, amount) ?? preview.totalLocked;
  const [rules, { remainingSupply }] = await Promise.all([
    chain.stakingEscrow.parameters(),
    chain.stakingEscrow.supply(),
  ]);
  const mined = (after: number) => expectedIncome({ ...rules, remainingSupply }, amount, totalLocked, BigInt(after));
  const steps = spread(periods, SHOWN_STEPS).map((after) => ({ periods: after, mined: mined(after) }));
  return {
    result: {
      amount: formatAmount(amount),
      lockPeriods: Number(lockPeriods),
      totalLocked: formatAmount(totalLocked),
      withdrawableAt: Number(preview.withdrawableAt),
      steps: steps.map((step) => ({ periods: step.periods, mined: formatAmount(step.mined) })),
    },
    text: [
      ...rows([
        ["amount", nkms(amount)],
        ["share", `${percent(amount, totalLocked)} of D = ${nkms(totalLocked)}, which stays`],
        ["free", `${utc(preview.withdrawableAt)} at the earliest, if it winds down at once`],
        ["rate", `halves in ${grouped(Math.round(Number(rules.decayPeriods) * Math.LN2))} periods (T ln 2)`],
      ]),
      ...table(
        ["periods", "mined, fees apart", "of the stake"],
        steps.map((step) => [grouped(step.periods), shown(step.mined), percent(step.mined, amount)]),
        "Nothing.",
      ),
      `  ${curve(spread(periods, CURVE_COLUMNS).map((after) => Number(mined(after))))}  mined, up to ${grouped(periods)} periods`,
    ],
  };
}

/** --total, which cannot be less than the stake that it includes. Throws E_USAGE. */
function totalOf(session: Session, amount: bigint): bigint | undefined {
  const text = session.optional("total");
  if (text === undefined) return undefined;
  const total = parseAmount(text);
  if (total >= amount) return total;
  throw usage(`--total is "${text}", less than the stake.`, `It includes the stake: at least ${formatAmount(amount)}.`);
}

/** At most `count` whole numbers from 1 to `last`, evenly far apart; the last one is `last`. */
function spread(last: number, count: number): number[] {
  const steps = Math.min(last, count);
  return Array.from({ length: steps }, (_, step) => Math.round(((step + 1) * last) / steps));
}

function describe(position: Position, rules: StakingParameters, currentPeriod: bigint) {
  const { index, amount, lockPeriods, endPeriod, retired } = position;
  const { periodLength, unbondingPeriods } = rules;
  const free = endPeriod ? startOfPeriod(endPeriod + unbondingPeriods, periodLength) : undefined;
  return {
    id: index,
    amount: formatAmount(amount),
    lockPeriods: Number(lockPeriods),
    state: stateOf(position, rules, currentPeriod),
    retired,
    endPeriod: endPeriod ? Number(endPeriod) : undefined,
    withdrawableAt: free === undefined ? undefined : Number(free),
  };
}

/** A position that ended unbonds until it can be withdrawn; a retired one, which a slash left below the minimum, waits for its lock before. */
function stateOf({ endPeriod, retired }: Position, { unbondingPeriods }: StakingParameters, current: bigint): string {
  if (endPeriod === 0n) return "re-locking";
  if (isOver(endPeriod + unbondingPeriods, current)) return "withdrawable";
  if (isOver(endPeriod, current)) return "unbonding";
  return retired ? "retired" : "winding down";
}
