/**
 * The proofs of many answers in one equation (small exponents test of Bellare, Garay and Rabin 1998). With random weights a, b, c of 128 bits for
 * every answer and equation,
 *
 *   sum a*z*E + b*z*V + c*z*U = sum a*h*E1 + b*h*V1 + c*h*U1 + a*E2 + b*V2 + c*U2
 *
 * A wrong proof among them passes with probability 2^-128. Answers for one capsule share the products of E and V, all share that of U.
 */
import { equalBytes, toHex } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { encodePoint } from "../encoding";
import type { RandomSource } from "../engine";
import { draw } from "../random";
import { fromBigInt, ORDER, toBigInt } from "../scalar";
import type { Capsule } from "./capsule";
import { proofChallenge, type CFrag } from "./cfrag";
import { U } from "./params";

/** An answer with the capsule it was given for, both read. */
export interface ReadAnswer {
  readonly capsule: Capsule;
  readonly cfrag: CFrag;
}

const WEIGHT_LENGTH = 16;

/** A sum of multiples of points, in which a point may come again. */
class Terms {
  readonly #factors = new Map<string, { point: Point; factor: bigint }>();

  add(point: Point, factor: bigint): void {
    const name = toHex(point);
    const before = this.#factors.get(name)?.factor ?? 0n;
    this.#factors.set(name, { point, factor: (before + factor) % ORDER });
  }

  sum(backend: CurveBackend): Point {
    const terms = [...this.#factors.values()];
    const scalars: Scalar[] = terms.map(({ factor }) => fromBigInt(factor));
    return backend.combineVartime(
      terms.map(({ point }) => point),
      scalars,
    );
  }
}

/** Whether all proofs hold. Draws three weights for every answer. */
export function proofsHold(backend: CurveBackend, answers: readonly ReadAnswer[], random: RandomSource): boolean {
  const [left, right] = [new Terms(), new Terms()];
  for (const { capsule, cfrag } of answers) {
    const { e, v } = capsule;
    const z = toBigInt(cfrag.fields.z);
    const h = toBigInt(proofChallenge(encodePoint(e), encodePoint(v), cfrag.fields));
    for (const [base, first, second] of [
      [e, cfrag.e1, cfrag.e2],
      [v, cfrag.v1, cfrag.v2],
      [U, cfrag.u1, cfrag.u2],
    ]) {
      const weight = toBigInt(draw(random, WEIGHT_LENGTH)) + 1n;
      left.add(base, weight * z);
      right.add(first, weight * h);
      right.add(second, weight);
    }
  }
  return equalBytes(left.sum(backend), right.sum(backend));
}
