/** What public bytes and public points have to do with each other. */
import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";

import { toHex } from "../../src/bytes";

const { Point } = secp256k1;
type CurvePoint = typeof Point.BASE;

/** So many bytes are not the same by chance. */
const RUN = 8;

/** All runs of so many bytes, in order. */
export function runsOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString("latin1");
  return Array.from({ length: Math.max(0, text.length - RUN + 1) }, (_, at) => text.slice(at, at + RUN));
}

/** x of each point, which P and -P share; empty at infinity. */
const coordinates = (points: CurvePoint[]) =>
  normalizeZ(Point, points).map((point) => (point.is0() ? "" : toHex(point.toBytes(true).slice(1))));

/**
 * The relations x*P = ±y*Q, P ± Q = ±x*R and P ± Q = 0 among points, where x and y are one or among the scalars: each by its places in the lists, so
 * that the same relation of other points has the same name.
 */
export function pointRelations(points: readonly CurvePoint[], scalars: readonly bigint[]): string[] {
  const sums = points.flatMap((first, at) =>
    points.slice(at + 1).flatMap((second) => [first.add(second), first.subtract(second)]),
  );
  const multiples = [1n, ...scalars].flatMap((scalar) => points.map((point) => point.multiply(scalar)));
  const known = ["", ...coordinates(multiples)];
  return [...known, ...coordinates(sums)].flatMap((x, at) =>
    known.flatMap((other, place) => (x === other && place < at ? [`${at} is ${place}`] : [])),
  );
}
