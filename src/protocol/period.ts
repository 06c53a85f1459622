/** Periods, the clock of staking (VI). The twin of `contracts/libraries/Periods.sol`; periods and seconds are bigint. */

/** Ends of locks are multiples of this many periods. */
export const END_GRID = 7n;

/** The period that a Unix second lies in: floor(timestamp / length). */
export function periodAt(timestamp: bigint, length: bigint): bigint {
  return timestamp / length;
}

/** First second of a period. */
export function startOfPeriod(period: bigint, length: bigint): bigint {
  return period * length;
}

/** The one interval rule: what lasts until `end` is over from `end` on. */
export function isOver(end: bigint, current: bigint): boolean {
  return current >= end;
}

/** Where a lock of `lock` periods ends if winding down starts in `period`: period + 1 + lock, rounded up to the grid. */
export function endOfLock(period: bigint, lock: bigint): bigint {
  return alignUp(period + 1n + lock);
}

/** The most periods up to `count` that are whole steps of the grid of ends. */
export function alignDown(count: bigint): bigint {
  return (count / END_GRID) * END_GRID;
}

/** The first possible end of a lock at or after `period`. */
export function alignUp(period: bigint): bigint {
  return ((period + END_GRID - 1n) / END_GRID) * END_GRID;
}
