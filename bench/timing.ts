/**
 * `npm run bench:timing [-- samples] [--json]`: whether the time of an operation tells which secret it used, after dudect (Reparaz, Balasch,
 * Verbauwhede, 2017). Each sample uses by lot an extreme secret (3, the easiest for a leaky implementation to give away) or an
 * ordinary one. The slowest tenth, which is the machine's noise, is cut from both at one common threshold. |t| of Welch's test
 * above 4.5 means that the two can be told apart. The variable-time multiplication is measured too, to show that the test can
 * see a leak. This is evidence about one machine, not a proof. Of the lattice schemes the extreme is a secret of zeros, or the bytes a
 * sampler reads.
 *
 * Both secrets are repeated equally often, as in a service that holds one key. A fresh secret for every call is about 0.2 of 57
 * microseconds slower in the native `multiply`, whatever the repeated one is: the processor learns the path of a repeated secret.
 */
import type { CurveBackend, Point, Scalar } from "../src/crypto/backend";
import { backendNamed } from "../src/crypto/backends";
import { centredBinomial, fixedWeight, ternary } from "../src/crypto/lattice/sampler";
import { LWE_1024 } from "../src/crypto/lwe/profile";
import { Ring } from "../src/crypto/lwe/ring";
import { LweScheme } from "../src/crypto/lwe/scheme";
import { NTRU_1087 } from "../src/crypto/ntru/parameters";
import { invert, multiply } from "../src/crypto/ntru/ring";
import { osRandom } from "../src/crypto/random";
import { fromBigInt, randomScalar } from "../src/crypto/scalar";

const EXTREME = fromBigInt(3n);
const KEPT = 0.9;

/** An operation on a secret, and the two secrets it is timed with. */
interface Subject<Secret extends Uint8Array | Int32Array> {
  readonly run: (secret: Secret) => unknown;
  readonly extreme: Secret;
  readonly ordinary: Secret;
}

function curveSubjects(curve: CurveBackend): Record<string, Subject<Scalar>> {
  const point: Point = curve.multiplyBase(randomScalar(osRandom));
  const [digest, entropy, factor] = [osRandom(32), osRandom(32), randomScalar(osRandom)];
  const ordinary = randomScalar(osRandom);
  const subject = (run: (secret: Scalar) => unknown) => ({ run, extreme: EXTREME, ordinary });
  return {
    multiply: subject((secret) => curve.multiply(point, secret)),
    multiplyBase: subject((secret) => curve.multiplyBase(secret)),
    multiplyScalars: subject((secret) => curve.multiplyScalars(secret, factor)),
    sign: subject((secret) => curve.sign(digest, secret, entropy)),
    "combine (variable time)": subject((secret) => curve.combineVartime([point], [secret])),
  };
}

function polynomialSubjects(): Record<string, Subject<Int32Array>> {
  const scheme = new LweScheme(new Ring(LWE_1024.degree, LWE_1024.primes), LWE_1024);
  const [secret] = scheme.secret(osRandom(32));
  const ciphertext = scheme.encrypt(scheme.publicKey(osRandom(32)), osRandom(32), osRandom(32));
  const { degree, weight, order } = NTRU_1087;
  const one = new Int32Array(degree);
  one[0] = 1;
  const sparse = fixedWeight(osRandom(4 * degree), weight, weight).map((value) => 3 * value);
  sparse[0] += 1;
  const dense = ternary(osRandom(4 * degree));
  return {
    "lwe decrypt": {
      run: (values) => scheme.decrypt([values], ciphertext),
      extreme: new Int32Array(secret.length),
      ordinary: secret,
    },
    "ntru multiply": { run: (f) => multiply(f, dense), extreme: one, ordinary: sparse },
    "ntru invert": { run: (f) => invert(f, order), extreme: one, ordinary: sparse },
  };
}

function samplerSubjects(): Record<string, Subject<Uint8Array>> {
  const { degree, weight } = NTRU_1087;
  const subject = (length: number, run: (stream: Uint8Array) => unknown) => ({
    run,
    extreme: new Uint8Array(length),
    ordinary: osRandom(length),
  });
  return {
    ternary: subject(4 * degree, ternary),
    "centred binomial": subject(8 * degree, centredBinomial),
    "fixed weight": subject(4 * degree, (stream) => fixedWeight(stream, weight, weight)),
  };
}

interface Sample {
  readonly isExtreme: boolean;
  readonly nanoseconds: number;
}

/** All secrets are copied before and each once more for its call, so that nothing but their values differs between the classes. */
function sample<Secret extends Uint8Array | Int32Array>(subject: Subject<Secret>, count: number): Sample[] {
  const lots = Array.from({ length: count }, () => (osRandom(1)[0] & 1) === 1);
  const secrets = lots.map((isExtreme) => (isExtreme ? subject.extreme : subject.ordinary).slice() as Secret);
  return lots.map((isExtreme, index) => {
    const secret = secrets[index].slice() as Secret;
    const start = process.hrtime.bigint();
    subject.run(secret);
    return { isExtreme, nanoseconds: Number(process.hrtime.bigint() - start) };
  });
}

function moments(values: number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: variance / values.length };
}

function welch(samples: Sample[]): number {
  const sorted = samples.map(({ nanoseconds }) => nanoseconds).sort((a, b) => a - b);
  const threshold = sorted[Math.floor(sorted.length * KEPT)];
  const kept = samples.filter(({ nanoseconds }) => nanoseconds < threshold);
  const [extreme, ordinary] = [true, false].map((isExtreme) =>
    moments(kept.filter((one) => one.isExtreme === isExtreme).map(({ nanoseconds }) => nanoseconds)),
  );
  return (extreme.mean - ordinary.mean) / Math.sqrt(extreme.error + ordinary.error);
}

function measure<Secret extends Uint8Array | Int32Array>(
  backend: string,
  subjects: Record<string, Subject<Secret>>,
  samples: number,
) {
  return Object.entries(subjects).map(([operation, subject]) => {
    sample(subject, 200);
    return { backend, operation, samples, t: Math.round(10 * welch(sample(subject, samples))) / 10 };
  });
}

const count = Number(process.argv.slice(2).find((argument) => argument !== "--json") ?? 100_000);
const slow = Math.ceil(count / 20);
const timing = [
  ...measure("native", curveSubjects(backendNamed("native")), count),
  ...measure("noble", curveSubjects(backendNamed("noble")), slow),
  ...measure("portable", polynomialSubjects(), slow),
  ...measure("portable", samplerSubjects(), slow),
];
if (process.argv.includes("--json")) console.log(JSON.stringify({ timing }, undefined, 2));
else console.table(timing);
