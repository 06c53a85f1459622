/** The tail of a normal distribution: P(|X| > z * sd) <= 2 * phi(z) / z, phi(z) = exp(-z^2 / 2) / sqrt(2 * pi). */

/**
 * log2 of a bound on the probability that any of `count` normal values of this variance exceeds `limit` (union bound).
 */
export function log2Exceeds(count: number, limit: number, variance: number): number {
  const z = limit / Math.sqrt(variance);
  return Math.log2(count) + 1 - (z * z) / (2 * Math.LN2) - Math.log2(z * Math.sqrt(2 * Math.PI));
}
