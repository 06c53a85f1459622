/** Parameter sets of NTRU (EESS 1, X9.98) as used for re-encryption, and what noise they bear. All have q = 2048 and p = 3. */
import { TERNARY_VARIANCE } from "../lattice/sampler";
import { log2Exceeds } from "../lattice/tail";

export const MODULUS_BITS = 11;
export const MODULUS = 2 ** MODULUS_BITS;

export interface NtruSet {
  readonly name: string;
  /** N, a prime. */
  readonly degree: number;
  /** F, s and e have so many ones and as many minus ones (df, which is dr too). */
  readonly weight: number;
  /** g has one more one than minus ones, which are so many (dg). */
  readonly keyWeight: number;
  /** The least k > 0 with 2^k = 1 mod N. */
  readonly order: number;
  /** How often a capsule may be turned. */
  readonly maxHops: number;
}

/** EES1087EP2. */
export const NTRU_1087: NtruSet = Object.freeze({
  name: "ntru-1087",
  degree: 1087,
  weight: 120,
  keyWeight: 362,
  order: 543,
  maxHops: 1,
});

/** EES1499EP1. */
export const NTRU_1499: NtruSet = Object.freeze({
  name: "ntru-1499",
  degree: 1499,
  weight: 79,
  keyWeight: 499,
  order: 1498,
  maxHops: 3,
});

/** All sets there are. */
export const NTRU_SETS: readonly NtruSet[] = [NTRU_1087, NTRU_1499];

/**
 * Variance of a coefficient of f*c after so many hops. f*c = 3*g*s + m + 3*F*m + (3*e + 9*F*e for each hop), and the coefficient of a product has
 * the variance of one factor's coefficients times the number of the other's that are not zero.
 */
export function noiseVariance({ degree, weight, keyWeight }: NtruSet, hops: number): number {
  const nonzero = 2 * weight;
  const fresh = (9 * nonzero * (2 * keyWeight + 1)) / degree + (1 + 9 * nonzero) * TERNARY_VARIANCE;
  return fresh + (hops * (9 + 81 * nonzero) * nonzero) / degree;
}

/** log2 of a bound on the probability that some coefficient passes q/2, so that the message comes out wrong. */
export function failureLog2(set: NtruSet, hops: number): number {
  return log2Exceeds(set.degree, MODULUS / 2, noiseVariance(set, hops));
}
