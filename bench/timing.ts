/**
 * `npm run bench:timing [-- samples]`: whether the time of an operation tells which secret it used, after dudect (Reparaz, Balasch,
 * Verbauwhede, 2017). Each sample uses by lot an extreme secret (3, the easiest for a leaky implementation to give away) or an
 * ordinary one. The slowest tenth, which is the machine's noise, is cut from both at one common threshold. |t| of Welch's test
 * above 4.5 means that the two can be told apart. The variable-time multiplication is measured too, to show that the test can
 * see a leak. This is evidence about one machine, not a proof.
 *
 * Both secrets are repeated equally often, as in a service that holds one key. A fresh secret for every call is about 0.2 of 57
 * microseconds slower in the native `multiply`, whatever the repeated one is: the processor learns the path of a repeated secret.
 */
import type { CurveBackend, Point, Scalar } from "../src/crypto/backend";
import { backendNamed } from "../src/crypto/backends";
import { osRandom } from "../src/crypto/random";
import { fromBigInt, randomScalar } from "../src/crypto/scalar";

const EXTREME = fromBigInt(3n);
const KEPT = 0.9;

type Operation = (secret: Scalar) => unknown;

function operations(curve: CurveBackend): Record<string, Operation> {
  const point: Point = curve.multiplyBase(randomScalar(osRandom));
  const [digest, entropy, factor] = [osRandom(32), osRandom(32), randomScalar(osRandom)];
  return {
    multiply: (secret) => curve.multiply(point, secret),
    multiplyBase: (secret) => curve.multiplyBase(secret),
    multiplyScalars: (secret) => curve.multiplyScalars(secret, factor),
    sign: (secret) => curve.sign(digest, secret, entropy),
    "combine (variable time)": (secret) => curve.combine([point], [secret]),
  };
}

interface Sample {
  readonly isExtreme: boolean;
  readonly nanoseconds: number;
}

/** All secrets are made before and lie in one buffer, so that nothing but their values differs between the classes. */
function sample(operation: Operation, count: number): Sample[] {
  const secrets = new Uint8Array(32 * count);
  const ordinary = randomScalar(osRandom);
  const isExtreme = Array.from({ length: count }, (_, index) => {
    const lot = (osRandom(1)[0] & 1) === 1;
    secrets.set(lot ? EXTREME : ordinary, 32 * index);
    return lot;
  });
  const nanoseconds = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const secret = secrets.slice(32 * index, 32 * index + 32);
    const start = process.hrtime.bigint();
    operation(secret);
    nanoseconds[index] = Number(process.hrtime.bigint() - start);
  }
  return isExtreme.map((extreme, index) => ({ isExtreme: extreme, nanoseconds: nanoseconds[index] }));
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

function measure(count: number) {
  return (["native", "noble"] as const).flatMap((backend) => {
    const samples = backend === "native" ? count : Math.ceil(count / 20);
    return Object.entries(operations(backendNamed(backend))).map(([operation, run]) => {
      sample(run, 200);
      return { backend, operation, samples, t: Math.round(10 * welch(sample(run, samples))) / 10 };
    });
  });
}

console.table(measure(Number(process.argv[2] ?? 100_000)));
