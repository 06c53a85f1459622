/**
 * What the supply law (VII.C) will allocate, for previews: R_{t+1} = R_t - s_t with s_t = R_t / T (eq 31, 32; T = decayPeriods),
 * and of each s_t a staker with deposit d of D locked gets s_t * d / D (eq 30). One step per period, each division rounded
 * down: a forecast never promises more than the escrow pays for the same deposits.
 */

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

/** The next `periods` periods, if something stays locked all the time. */
export function* emission({ remainingSupply, decayPeriods }: SupplyOutlook, periods: number): Generator<EmissionStep> {
  let remaining = remainingSupply;
  for (let period = 0; period < periods; period++) {
    const allocated = remaining / decayPeriods;
    remaining -= allocated;
    yield { period, allocated, remaining };
  }
}

/** What `deposit` out of `totalLocked` (itself included) earns in the next `periods` periods, if the latter stays as it is. */
export function expectedIncome(
  outlook: SupplyOutlook & { readonly checkShareBps: bigint },
  deposit: bigint,
  totalLocked: bigint,
  periods: number,
): bigint {
  if (totalLocked === 0n) return 0n;
  let income = 0n;
  for (const { allocated } of emission(outlook, periods)) {
    const forStakers = allocated - (allocated * outlook.checkShareBps) / 10_000n;
    income += (forStakers * deposit) / totalLocked;
  }
  return income;
}
