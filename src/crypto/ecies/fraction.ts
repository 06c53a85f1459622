/** KFrags of the dealt schemes: rk_i 32 ‖ wrapped. The first 32 bytes are the node's secret, the rest is public. */
import { concat, equalBytes } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { decodeScalar, requireMinimum, SCALAR_LENGTH } from "../encoding";
import type { Fraction } from "../engine";
import { badProof } from "../errors";
import { randomScalar } from "../scalar";
import { wipe } from "../secrets";
import { evaluate } from "../umbral/rekey";
import type { RandomSource } from "../engine";
import { commitmentAt, decodeDealing, dealingCommitment, encodeDealing, indexScalar, type Dealing } from "./dealing";

export interface KFrag {
  /** rk_i. */
  readonly key: Scalar;
  readonly dealing: Dealing;
}

/** Reads a kfrag's encoding; `requireCommitted` checks that it belongs to its dealing. Throws E_BAD_ENCODING. */
export function decodeKFrag(backend: CurveBackend, bytes: Uint8Array, sealedLength: number): KFrag {
  requireMinimum("kfrag", bytes, SCALAR_LENGTH, "its key");
  const copy = Uint8Array.from(bytes);
  const key = decodeScalar("kfrag.key", copy.subarray(0, SCALAR_LENGTH));
  return { key, dealing: decodeDealing(backend, "kfrag", copy.subarray(SCALAR_LENGTH), sealedLength) };
}

/**
 * R_i, once it is known to be rk_i*G. An owner who commits to one key and hands out another could have an honest node punished
 * for its answers, so a node accepts nothing that fails here. Throws E_BAD_PROOF.
 */
export function requireCommitted(backend: CurveBackend, { key, dealing }: KFrag): Point {
  const commitment = backend.multiplyBase(key);
  if (!equalBytes(commitment, commitmentAt(backend, dealing))) throw badProof("kfrag", "commitment R = rk*G");
  return commitment;
}

/** What fixes the fractions before they are dealt. */
export interface Secrets {
  /** f(0) = rk, then m-1 random coefficients. */
  readonly coefficients: readonly Scalar[];
  /** F_j. */
  readonly commitments: readonly Point[];
}

/** The polynomial of one rekeying. Draws m-1 coefficients. */
export function drawPolynomial(backend: CurveBackend, key: Scalar, threshold: number, random: RandomSource): Secrets {
  const coefficients = [key, ...Array.from({ length: threshold - 1 }, () => randomScalar(random))];
  return { coefficients, commitments: coefficients.map((coefficient) => backend.multiplyBase(coefficient)) };
}

/** Makes the fractions 1 to `shares` and wipes the polynomial. */
export function deal(backend: CurveBackend, secrets: Secrets, shares: number, sealed: Uint8Array): Fraction[] {
  const fractions = Array.from({ length: shares }, (_, position) => {
    const index = position + 1;
    const key = evaluate(backend, secrets.coefficients, indexScalar(index));
    const wrapped = encodeDealing(index, secrets.commitments, sealed);
    const kfrag = concat(key, wrapped);
    const commitment = dealingCommitment(backend.multiplyBase(key), wrapped);
    wipe(key);
    return { kfrag, commitment };
  });
  wipe(...secrets.coefficients);
  return fractions;
}
