/** The back-end that runs everywhere, on @noble/curves. It is the oracle the native one is tested against. */
import { mulAddUnsafe } from "@noble/curves/abstract/curve.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { concat } from "../bytes";
import { identityError, type CurveBackend, type Point, type Scalar } from "./backend";
import { fromBigInt, ORDER, toBigInt } from "./scalar";

const Curve = secp256k1.Point;
type CurvePoint = typeof Curve.BASE;

/** Window of the table behind `fixedBase`: a few milliseconds to build, a quarter of the time per multiplication. */
const TABLE_WINDOW = 6;

function load(point: Point): CurvePoint {
  return Curve.fromBytes(point);
}

function store(point: CurvePoint): Point {
  if (point.is0()) throw identityError();
  return point.toBytes(false) as Uint8Array as Point;
}

/** Up to so many points take less time in pairs, whose scalars the curve's endomorphism halves. */
const MOST_IN_PAIRS = 4;

/** One chain of doublings for two points, or for all. */
function combineVartime(points: readonly Point[], scalars: readonly Scalar[]): Point {
  const bases = points.map(load);
  const factors = scalars.map(toBigInt);
  if (bases.length > MOST_IN_PAIRS) return store(mulAddUnsafe(Curve, bases, factors));
  let sum = Curve.ZERO;
  for (let index = 0; index < bases.length; index += 2) {
    const [first, second] = bases.slice(index, index + 2);
    const [k1, k2] = factors.slice(index, index + 2);
    sum = sum.add(second ? first.mulAddUnsafe(k1, second, k2) : first.multiplyUnsafe(k1));
  }
  return store(sum);
}

function commitmentVartime(s: Scalar, challenge: Scalar, point: Point): Point | undefined {
  const commitment = Curve.BASE.multiply(toBigInt(s)).subtract(load(point).multiplyUnsafe(toBigInt(challenge)));
  return commitment.is0() ? undefined : store(commitment);
}

function decompress(encoded: Uint8Array): Point | undefined {
  try {
    return store(Curve.fromBytes(encoded));
  } catch {
    return undefined;
  }
}

function addScalars(a: Scalar, b: Scalar): Scalar {
  const sum = (toBigInt(a) + toBigInt(b)) % ORDER;
  if (sum === 0n) throw identityError();
  return fromBigInt(sum);
}

function signRecoverable(digest: Uint8Array, secretKey: Scalar): Uint8Array {
  const recovered = secp256k1.sign(digest, secretKey, { prehash: false, lowS: true, format: "recovered" });
  return concat(recovered.subarray(1), recovered.subarray(0, 1));
}

function recover(signature: Uint8Array, digest: Uint8Array): Point | undefined {
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), "compact").addRecoveryBit(signature[64]);
    return store(parsed.recoverPublicKey(digest));
  } catch {
    return undefined;
  }
}

export const nobleBackend: CurveBackend = {
  name: "noble",
  decompress,
  multiplyBase: (scalar) => store(Curve.BASE.multiply(toBigInt(scalar))),
  multiply: (point, scalar) => store(load(point).multiply(toBigInt(scalar))),
  fixedBase: (point) => {
    const table = load(point).precompute(TABLE_WINDOW);
    return (scalar) => store(table.multiply(toBigInt(scalar)));
  },
  combineVartime,
  commitmentVartime,
  add: (...points) => store(points.reduce((sum, point) => sum.add(load(point)), Curve.ZERO)),
  multiplyScalars: (a, b) => fromBigInt((toBigInt(a) * toBigInt(b)) % ORDER),
  addScalars,
  sign: (digest, secretKey, entropy) =>
    secp256k1.sign(digest, secretKey, { prehash: false, lowS: true, extraEntropy: entropy }),
  verify: (signature, digest, publicKey) =>
    secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true }),
  signRecoverable,
  recover,
};
