/**
 * The supply law and reward shares (VII.C, eq 30 to 32) in whole periods, to the wei as the escrow computes them. The twin of
 * `contracts/libraries/RewardMath.sol`, where roundings are derived.
 *
 *     R(t + k) = ceil(R(t) phi^k),  phi = 1 - 1/T,  R = S_max - S;    reward = floor(d s / D)
 *
 * phi is a fraction of 2^128, rounded up, as is every product: never more is allocated than the formula allows.
 */
const ONE = 1n << 128n;
const ACCUMULATOR_BITS = 96n;

/** phi for `decayPeriods`, the paper's T, at least 2. */
export function decayFactor(decayPeriods: bigint): bigint {
  return (ONE * (decayPeriods - 1n) + decayPeriods - 1n) / decayPeriods;
}

/** R after `periods` more periods in which something was locked all the time. */
export function remainingAfter(remaining: bigint, factor: bigint, periods: bigint): bigint {
  return multiplyUp(remaining, power(factor, periods));
}

/** The paper's s: what the first of the coming periods allocates. */
export function rewardRate(remaining: bigint, factor: bigint): bigint {
  return remaining - remainingAfter(remaining, factor, 1n);
}

/** Tokens per base unit of weight, 96 fractional bits, down; `locked` is the paper's D, above 0. */
export function perWeight(allocated: bigint, locked: bigint): bigint {
  return (allocated << ACCUMULATOR_BITS) / locked;
}

/** What a weight earns while the accumulator grows by `growth`, down. */
export function earned(weight: bigint, growth: bigint): bigint {
  return (weight * growth) >> ACCUMULATOR_BITS;
}

/** phi^k by squaring. */
function power(factor: bigint, exponent: bigint): bigint {
  let result = ONE;
  for (let base = factor, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = multiplyUp(result, base);
    base = multiplyUp(base, base);
  }
  return result;
}

function multiplyUp(a: bigint, b: bigint): bigint {
  return (a * b + ONE - 1n) >> 128n;
}
