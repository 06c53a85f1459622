/**
 * The core-SVP estimate of the primal attack (Alkim, Ducas, Poppelmann and Schwabe 2016): a lattice reduction of block size b costs 2^(0.292*b)
 * and finds the short vector of n LWE equations if
 *
 *   error * sqrt(b) <= delta^(2b - d - 1) * (q^m * (error/secret)^n)^(1/d), d = m + n + 1, for some number m of samples
 *
 * with the secret scaled up to the size of the error (Bai and Galbraith 2014). It knows nothing of hybrid and dual attacks, nor of what sparse secrets
 * give away, and no constants: it compares parameters and promises nothing.
 */

export interface Instance {
  readonly dimension: number;
  readonly log2Modulus: number;
  /** Standard deviations of the coefficients. */
  readonly error: number;
  readonly secret: number;
}

const MIN_BLOCK = 60;

/** ln of the root Hermite factor that block size b reaches. */
function lnDelta(block: number): number {
  const base = (Math.log(Math.PI * block) / block + Math.log(block / (2 * Math.PI * Math.E))) / (2 * (block - 1));
  return base;
}

function succeeds({ dimension, log2Modulus, error, secret }: Instance, block: number, samples: number): boolean {
  const d = samples + dimension + 1;
  const volume = (samples * log2Modulus * Math.LN2 + dimension * Math.log(error / secret)) / d;
  return Math.log(error) + Math.log(block) / 2 <= (2 * block - d - 1) * lnDelta(block) + volume;
}

/** Bits of classical work, rounded down. */
export function coreSvpBits(instance: Instance): number {
  const { dimension } = instance;
  const samples = Array.from({ length: 200 }, (_, at) => Math.floor((dimension * (at + 50)) / 100));
  let block = MIN_BLOCK;
  while (!samples.some((count) => succeeds(instance, block, count))) block++;
  return Math.floor(0.292 * block);
}
