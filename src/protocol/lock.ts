/** When locks end: the arithmetic of the staking escrow (design 4), periods as whole numbers. */

/** Ends of locks fall on multiples of this many periods. */
const END_STEP = 7n;

/** The choices of a deployment that decide about times. */
export interface LockRules {
  /** Seconds in a period. */
  readonly periodLength: bigint;
  readonly unbondingPeriods: bigint;
}

/** First period without weight if winding down starts in `period`: period + 1 + lock, rounded up to a multiple of 7. */
export function endPeriod(period: bigint, lockPeriods: bigint): bigint {
  const end = period + 1n + lockPeriods;
  return end + ((END_STEP - (end % END_STEP)) % END_STEP);
}

/** First period in which a position that ends with `end` can be withdrawn. */
export function withdrawablePeriod(end: bigint, rules: LockRules): bigint {
  return end + rules.unbondingPeriods;
}

/** First second of a period. */
export function periodStart(period: bigint, rules: LockRules): bigint {
  return period * rules.periodLength;
}
