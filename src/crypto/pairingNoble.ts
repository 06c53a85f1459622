/** The pairing back-end that runs everywhere, on @noble/curves. It is the oracle of the other. */
import { bls12_381 } from "@noble/curves/bls12-381.js";

import { concat } from "../bytes";
import { identityError } from "./backend";
import type { G1, G2, Pair, PairingBackend } from "./pairing";

const Point1 = bls12_381.G1.Point;
const Point2 = bls12_381.G2.Point;
const { Fp, Fp12 } = bls12_381.fields;

type P1 = typeof Point1.BASE;
type P2 = typeof Point2.BASE;

const p1 = (point: G1) => point as unknown as P1;
const p2 = (point: G2) => point as unknown as P2;
const g1 = (point: P1) => point as unknown as G1;
const g2 = (point: P2) => point as unknown as G2;

/** fromBytes checks encoding and curve, assertValidity the subgroup too. */
function attempt<T extends { assertValidity(): void }>(read: () => T): T | undefined {
  try {
    const point = read();
    point.assertValidity();
    return point;
  } catch {
    return undefined;
  }
}

const toPairs = (pairs: readonly Pair[]) => pairs.map(([a, b]) => ({ g1: p1(a), g2: p2(b) }));

export const noblePairing: PairingBackend = {
  name: "noble",
  g1: g1(Point1.BASE),
  g2: g2(Point2.BASE),
  decodeG1: (bytes) => attempt(() => Point1.fromBytes(bytes)) as G1 | undefined,
  decodeG2: (bytes) => attempt(() => Point2.fromBytes(bytes)) as G2 | undefined,
  encodeG1: (point) => p1(point).toBytes(true),
  encodeG2: (point) => p2(point).toBytes(true),
  affineG1: (point) => {
    const { x, y } = p1(point).toAffine();
    return concat(Fp.toBytes(x), Fp.toBytes(y));
  },
  multiplyG1: (point, scalar) => g1(p1(point).multiply(scalar)),
  multiplyG2: (point, scalar) => g2(p2(point).multiply(scalar)),
  combineG1Vartime: (points, scalars) => {
    const sum = points.reduce((all, point, index) => all.add(p1(point).multiplyUnsafe(scalars[index])), Point1.ZERO);
    if (sum.is0()) throw identityError();
    return g1(sum);
  },
  pairingProduct: (pairs) => Fp12.toBytes(bls12_381.pairingBatch(toPairs(pairs))),
  pairingsEqual: ([a1, a2], [b1, b2]) => {
    const product = bls12_381.pairingBatch(
      toPairs([
        [a1, a2],
        [g1(p1(b1).negate()), b2],
      ]),
    );
    return Fp12.eql(product, Fp12.ONE);
  },
};
