import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";

import { concat, toHex } from "../../src/bytes";
import type { CurveBackend, Point, Scalar } from "../../src/crypto/backend";
import { nobleBackend } from "../../src/crypto/backendNoble";
import { loadNativeBackend } from "../../src/crypto/backendNative";
import { fromBigInt, ORDER, randomScalar, toBigInt } from "../../src/crypto/scalar";
import { NkmsError } from "../../src/errors";
import { seededRandom } from "../support/seededRandom";

const DEEP = process.env.NKMS_DEEP !== undefined;
const SEED = process.env.NKMS_SEED ?? `${Date.now()}`;
const RANDOM_POINTS = DEEP ? 12 : 2;
const RANDOM_SCALARS = DEEP ? 20 : 3;

const { Fn, BASE } = secp256k1.Point;
const FIELD = secp256k1.Point.Fp.ORDER;
const pointOf = (k: bigint) => BASE.multiply(k).toBytes(false) as Uint8Array as Point;

const random = seededRandom(`curves ${SEED}`);
const drawn = Array.from({ length: RANDOM_POINTS }, () => toBigInt(randomScalar(random)));
/** Logarithms: around both ends of the group, and with the negative of each. */
const LOGARITHMS = [1n, 2n, 3n, ...drawn].flatMap((k) => [k, ORDER - k]);
const POINTS = LOGARITHMS.map(pointOf);
const KEYS = DEEP ? POINTS : POINTS.slice(0, 4);
const FEW = [1n, ORDER - 1n, toBigInt(randomScalar(random))].map(fromBigInt);
const SCALARS: Scalar[] = [
  ...[1n, 2n, 3n, ORDER - 1n, ORDER - 2n, ORDER / 2n, ORDER / 2n + 1n, 2n ** 128n, 2n ** 255n].map(fromBigInt),
  ...Array.from({ length: RANDOM_SCALARS }, () => randomScalar(random)),
];
const DIGESTS = [0n, 1n, ORDER - 1n, ORDER, 2n ** 256n - 1n].map(fromBigInt).concat(random(32));
/** Of x: no point has 0, 5 or p-1; 1 and n have one; p and more are no field elements. */
const ABSCISSAS = [0n, 1n, 2n, 5n, ORDER - 1n, ORDER, FIELD - 1n, FIELD, FIELD + 1n, 2n ** 256n - 1n];

const pairs = <T>(items: readonly T[]): [T, T][] => items.flatMap((a) => items.map((b): [T, T] => [a, b]));
const negative = (scalar: Scalar) => fromBigInt(ORDER - toBigInt(scalar));

/** r ‖ s for the nonce k, of no particular parity. */
function signature(k: bigint, s: bigint): Uint8Array {
  return concat(pointOf(k).slice(1, 33), fromBigInt(s));
}

type Operation = Exclude<keyof CurveBackend, "name">;
type Outcome = Uint8Array | boolean | undefined;

/** All calls of an operation that are made on each back-end. Inputs are as the interface wants them. */
const CALLS: { readonly [Name in Operation]: (curve: CurveBackend) => (() => Outcome)[] } = {
  decompress: (curve) =>
    [...ABSCISSAS, ...POINTS.map((point) => toBigInt(point.slice(1, 33)))].flatMap((x) =>
      [2, 3].map((prefix) => () => curve.decompress(concat(Uint8Array.of(prefix), fromBigInt(x)))),
    ),
  multiplyBase: (curve) => SCALARS.map((scalar) => () => curve.multiplyBase(scalar)),
  multiply: (curve) => POINTS.flatMap((point) => SCALARS.map((scalar) => () => curve.multiply(point, scalar))),
  fixedBase: (curve) =>
    [POINTS[0], POINTS[1], POINTS[6]].flatMap((point) => {
      const times = curve.fixedBase(point);
      return SCALARS.map((scalar) => () => times(scalar));
    }),
  combineVartime: (curve) => [
    ...pairs(POINTS).flatMap((two) => pairs(FEW).map((factors) => () => curve.combineVartime(two, factors))),
    ...[1, 3, 4, 5, 6].flatMap((count) => [
      () => curve.combineVartime(POINTS.slice(0, count), SCALARS.slice(0, count)),
      // equal points, and points that cancel whatever the factors
      () => curve.combineVartime(Array<Point>(count).fill(POINTS[6]), SCALARS.slice(-count)),
      () => curve.combineVartime([...POINTS.slice(0, 2 * (count >> 1))], Array<Scalar>(2 * (count >> 1)).fill(FEW[2])),
    ]),
  ],
  commitmentVartime: (curve) =>
    POINTS.flatMap((point) => pairs(SCALARS).map((two) => () => curve.commitmentVartime(...two, point))),
  add: (curve) => [
    ...POINTS.map((point) => () => curve.add(point)),
    ...pairs(POINTS).map((two) => () => curve.add(...two)),
    ...pairs(POINTS).map(
      ([a, b]) =>
        () =>
          curve.add(a, b, a),
    ),
    () => curve.add(POINTS[0], POINTS[0], POINTS[3]), // 1 + 1 - 2
    () => curve.add(POINTS[0], POINTS[2], POINTS[5]), // 1 + 2 - 3
  ],
  multiplyScalars: (curve) =>
    pairs(SCALARS).map(
      ([a, b]) =>
        () =>
          curve.multiplyScalars(a, b),
    ),
  addScalars: (curve) =>
    [...pairs(SCALARS), ...SCALARS.map((a): [Scalar, Scalar] => [a, negative(a)])].map(
      ([a, b]) =>
        () =>
          curve.addScalars(a, b),
    ),
  sign: (curve) =>
    DIGESTS.flatMap((digest) =>
      SCALARS.flatMap((key) => [new Uint8Array(32), digest].map((entropy) => () => curve.sign(digest, key, entropy))),
    ),
  signRecoverable: (curve) =>
    DIGESTS.flatMap((digest) => SCALARS.map((key) => () => curve.signRecoverable(digest, key))),
  verify: (curve) => signed().flatMap(({ digest, made }) => KEYS.map((key) => () => curve.verify(made, digest, key))),
  recover: (curve) =>
    signed().flatMap(({ digest, made }) =>
      [0, 1].map((parity) => () => curve.recover(concat(made, Uint8Array.of(parity)), digest)),
    ),
};

/** Signatures: true ones under the points, their high-S twins, and some that belong to no key. */
function signed(): { digest: Uint8Array; made: Uint8Array }[] {
  const honest = DIGESTS.flatMap((digest) =>
    LOGARITHMS.map((key) => ({ digest, made: secp256k1.sign(digest, fromBigInt(key), { prehash: false }) })),
  );
  const high = honest.map(({ digest, made }) => ({
    digest,
    made: concat(made.slice(0, 32), negative(made.slice(32))),
  }));
  const noPoint = DIGESTS.map((digest) => ({ digest, made: concat(fromBigInt(5n), fromBigInt(1n)) }));
  // s*R = z*G, so that the key would be the point at infinity
  const noKey = LOGARITHMS.map((k) => ({ digest: fromBigInt(Fn.mul(k, 9n)), made: signature(k, 9n) }));
  // r = -z/d, so that z*G + r*Q is the point at infinity for whatever s
  const noNonce = LOGARITHMS.map((d) => ({
    digest: fromBigInt(9n),
    made: concat(fromBigInt(Fn.neg(Fn.div(9n, d))), fromBigInt(7n)),
  }));
  return [...honest, ...high, ...noPoint, ...noKey, ...noNonce];
}

/** What came of a call: the value in hex, or the code of a typed refusal. */
function outcome(call: () => Outcome): string {
  try {
    const value = call();
    return value instanceof Uint8Array ? toHex(value) : `${value}`;
  } catch (error) {
    if (error instanceof NkmsError) return error.code;
    throw error;
  }
}

describe(`both curve back-ends, seed ${SEED}`, function () {
  this.timeout(300_000);
  const native = loadNativeBackend();

  before(function () {
    if (!native) this.skip();
  });

  for (const operation of Object.keys(CALLS) as Operation[]) {
    it(`do the same by ${operation}`, function () {
      const [expected, others] = [nobleBackend, native!].map((curve) => CALLS[operation](curve).map(outcome));
      expect(others).to.deep.equal(expected);
      this.test!.title = `do the same by ${operation}: ${expected.length} calls, ${new Set(expected).size} outcomes`;
    });
  }

  it("meet what they can in these calls: no point, no key, the identity, true and false", () => {
    const met = (operation: Operation) => CALLS[operation](native!).map(outcome);
    for (const operation of ["combineVartime", "add", "addScalars"] as const) {
      expect(met(operation), operation).to.include("E_IDENTITY");
    }
    for (const operation of ["decompress", "commitmentVartime", "recover"] as const) {
      expect(met(operation), operation).to.include("undefined");
    }
    expect(met("verify")).to.include.members(["true", "false"]);
  });

  it("make nothing of what is no scalar and no point", () => {
    const [zero, order, most] = [0n, ORDER, 2n ** 256n - 1n].map(fromBigInt);
    const infinity = new Uint8Array(65) as Uint8Array as Point;
    const offCurve = Uint8Array.from(POINTS[0], (byte, at) => (at === 64 ? byte ^ 1 : byte)) as Uint8Array as Point;
    for (const curve of [nobleBackend, native!]) {
      for (const scalar of [zero, order, most]) {
        expect(() => curve.multiplyBase(scalar)).to.throw();
        expect(() => curve.multiply(POINTS[2], scalar)).to.throw();
        expect(() => curve.fixedBase(POINTS[2])(scalar)).to.throw();
        expect(() => curve.combineVartime([POINTS[2]], [scalar])).to.throw();
        expect(() => curve.sign(DIGESTS[5], scalar, zero)).to.throw();
        expect(() => curve.signRecoverable(DIGESTS[5], scalar)).to.throw();
      }
      for (const point of [infinity, infinity.slice(0, 1) as Point, offCurve]) {
        expect(() => curve.multiply(point, SCALARS[2])).to.throw();
        expect(() => curve.fixedBase(point)(SCALARS[2])).to.throw();
        expect(() => curve.combineVartime([point, POINTS[0]], SCALARS.slice(0, 2))).to.throw();
        expect(() => curve.add(POINTS[0], point)).to.throw();
      }
    }
  });
});
