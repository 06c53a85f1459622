/**
 * Forecasts by the supply law (VII.C, `supply.ts`): what coming periods allocate if something stays locked all the time, and a
 * staker's part of it by eq 30. Rounded as the law rounds; a staker's part down, so that no more is promised than is paid.
 */
import { decayFactor, remainingAfter, rewardRate } from "./supply";

/** Where the supply stands: `remainingSupply` (the paper's R, base units) and `decayPeriods` (T). */
export interface SupplyOutlook {
  readonly remainingSupply: bigint;
  readonly decayPeriods: bigint;
}

/** One period of a forecast, counted from 0: what it allocates, and what then remains. Base units. */
export interface EmissionStep {
  readonly period: number;
  readonly allocated: bigint;
  readonly remaining: bigint;
}

/** The period that lies `period` periods ahead; 0 is the present one. */
export function emissionAt({ remainingSupply, decayPeriods }: SupplyOutlook, period: number): EmissionStep {
  const factor = decayFactor(decayPeriods);
  const before = remainingAfter(remainingSupply, factor, BigInt(period));
  const allocated = rewardRate(before, factor);
  return { period, allocated, remaining: before - allocated };
}

/** What `deposit` out of `totalLocked` (itself included) earns in the next `periods` periods, if the latter stays as it is. */
export function expectedIncome(
  { remainingSupply, decayPeriods, checkShareBps }: SupplyOutlook & { readonly checkShareBps: bigint },
  deposit: bigint,
  totalLocked: bigint,
  periods: bigint,
): bigint {
  if (totalLocked === 0n) return 0n;
  const allocated = remainingSupply - remainingAfter(remainingSupply, decayFactor(decayPeriods), periods);
  const forStakers = allocated - (allocated * checkShareBps) / 10_000n;
  return (forStakers * deposit) / totalLocked;
}
