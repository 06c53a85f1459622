/** Parameters of the ring-LWE schemes. */
import { BINOMIAL_VARIANCE, TERNARY_VARIANCE } from "../lattice/sampler";
import { log2Exceeds } from "../lattice/tail";

/** Bits of a message, each in a coefficient of its own. */
export const MESSAGE_BITS = 256;
const RESIDUE_BITS = 26;

export interface LweProfile {
  readonly name: string;
  /** n, a power of two. */
  readonly degree: number;
  /** Primes below 2^26 with 2n dividing each less one; q is their product. */
  readonly primes: readonly number[];
  /** Re-encryption splits coefficients into digits of so many bits. */
  readonly digitBits: number;
  /** log2 of the flooding noise's standard deviation; 40 at most. */
  readonly floodBits: number;
  /** How often a capsule may be turned: as long as it opens but with a probability below 2^-95, or as one byte can count. */
  readonly maxHops: number;
  /** As in `EngineProperties`. */
  readonly maxAnswers: number;
}

/**
 * n = 1024, q of 26 bits. The light one: flooding covers what an answer tells of the owner's key, not the noise of the re-encryption key.
 */
export const LWE_1024: LweProfile = Object.freeze({
  name: "lwe-1024",
  degree: 1024,
  primes: Object.freeze([67_104_769]),
  digitBits: 7,
  floodBits: 19,
  maxHops: 6,
  maxAnswers: 2 ** 8,
});

/** n = 2048, q of 52 bits: flooding covers all noise of a turn, and hops are practically unlimited. */
export const LWE_2048: LweProfile = Object.freeze({
  name: "lwe-2048",
  degree: 2048,
  primes: Object.freeze([67_104_769, 67_084_289]),
  digitBits: 9,
  floodBits: 40,
  maxHops: 255,
  maxAnswers: 2 ** 20,
});

/** All profiles there are. */
export const LWE_PROFILES: readonly LweProfile[] = [LWE_1024, LWE_2048];

/** Widths of the digits of one residue, lowest first; the top digit has what is left. */
export function digitWidths({ digitBits }: LweProfile): number[] {
  const full = Math.ceil(RESIDUE_BITS / digitBits) - 1;
  return [...Array<number>(full).fill(digitBits), RESIDUE_BITS - full * digitBits];
}

/** Variances of the noise in one coefficient. */
export interface Noise {
  /** Of a fresh capsule, r*e + e2*s + e3: binomial times ternary twice, n terms each. */
  readonly fresh: number;
  /** Of one turn, of the digits times the rows' noise: a digit of w bits has variance 4^w / 12. */
  readonly switching: number;
  /** Of one turn, of the encryption of zero that is added: v*E + f*s. */
  readonly randomising: number;
  /** Of one turn, of the flood. */
  readonly flooding: number;
}

/** The noise of a profile, where secrets are ternary and errors centred binomial. */
export function noiseOf(profile: LweProfile): Noise {
  const { degree: n, primes, floodBits } = profile;
  const fresh = BINOMIAL_VARIANCE * (2 * n * TERNARY_VARIANCE + 1);
  const digits = digitWidths(profile).reduce((sum, width) => sum + 4 ** width / 12, 0);
  return {
    fresh,
    switching: n * primes.length * digits * fresh,
    randomising: n * TERNARY_VARIANCE * (fresh + BINOMIAL_VARIANCE),
    flooding: 4 ** floodBits,
  };
}

/** log2 of a bound on the probability that an honest capsule does not open after so many hops: some coefficient's noise passes q/4. */
export function failureLog2(profile: LweProfile, hops: number): number {
  const { fresh, switching, randomising, flooding } = noiseOf(profile);
  const modulus = profile.primes.reduce((product, prime) => product * prime);
  return log2Exceeds(MESSAGE_BITS, modulus / 4, fresh + hops * (switching + randomising + flooding));
}

/**
 * What `answers` answers give away through the flood, as Renyi divergence of order 2 in nats: 256 * answers * variance / flood variance, for
 * the noise that is to be hidden. An advantage eps without them is at most sqrt(eps * e^divergence) with them: far below 1 it is no help.
 */
export function divergence({ floodBits }: LweProfile, hidden: number, answers: number): number {
  return (MESSAGE_BITS * answers * hidden) / 4 ** floodBits;
}
