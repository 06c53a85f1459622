/**
 * One turn of a capsule by a re-encryption key rk with the public point R = rk*G (paper eq 9, 14), and the proof that R and E' hide
 * the same rk (Chaum and Pedersen 1992).
 *
 *   E' = rk*E, T1 = t*G, T2 = t*E, h = H(R, E, E', T1, T2), z = t + h*rk
 *   holds if z*G = T1 + h*R and z*E = T2 + h*E'
 *
 * E' 33 ‖ R 33 ‖ T1 33 ‖ T2 33 ‖ z 32, 164 bytes. The nonce t is derived, so a turn is a function of rk and E: nodes can be tested
 * with prepared answers (VI). The points stand in the proof rather than h because a contract checks both equations by
 * `ecrecover`, which compares addresses: it takes them, with both in one hash, but cannot compute them.
 */
import { concat, equalBytes } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { decodePoint, decodeScalar, encodePoint, splitFields } from "../encoding";
import { badProof } from "../errors";
import { provesLogarithmVartime } from "../schnorr";
import { wipe } from "../secrets";
import type { Scheme } from "./scheme";

export const TURN_LENGTH = 164;

const LAYOUT = [33, 33, 33, 33, 32];

export interface Turn {
  readonly bytes: Uint8Array;
  /** E'. */
  readonly output: Point;
  /** R. */
  readonly commitment: Point;
  readonly t1: Point;
  readonly t2: Point;
  readonly z: Scalar;
}

/** Turns a point and proves it; always the same bytes for the same key and point. */
export function makeTurn(backend: CurveBackend, scheme: Scheme, key: Scalar, point: Point): Uint8Array {
  const output = encodePoint(backend.multiply(point, key));
  const commitment = encodePoint(backend.multiplyBase(key));
  const input = encodePoint(point);
  const nonce = scheme.deriveNonce(key, commitment, input, output);
  const t1 = encodePoint(backend.multiplyBase(nonce));
  const t2 = encodePoint(backend.multiply(point, nonce));
  const product = backend.multiplyScalars(key, scheme.hashTurn(commitment, input, output, t1, t2));
  const z = backend.addScalars(product, nonce);
  wipe(nonce, product);
  return concat(output, commitment, t1, t2, z);
}

/** Reads a turn's encoding; it proves nothing yet. Throws E_BAD_ENCODING. */
export function decodeTurn(backend: CurveBackend, field: string, bytes: Uint8Array): Turn {
  const [output, commitment, t1, t2, z] = splitFields(field, bytes, LAYOUT) as Fields;
  return {
    bytes,
    output: decodePoint(backend, `${field}.output`, output),
    commitment: decodePoint(backend, `${field}.commitment`, commitment),
    t1: decodePoint(backend, `${field}.t1`, t1),
    t2: decodePoint(backend, `${field}.t2`, t2),
    z: decodeScalar(`${field}.z`, z),
  };
}

/** Checks both equations for the point that was turned. Throws E_BAD_PROOF naming the equation. */
export function verifyTurn(backend: CurveBackend, scheme: Scheme, field: string, point: Point, turn: Turn): void {
  const { output, commitment, t1, t2, z } = turn;
  const challenge = scheme.hashTurn(...[commitment, point, output, t1, t2].map(encodePoint));
  if (!provesLogarithmVartime(backend, commitment, t1, challenge, z)) throw badProof(field, "equation z*G = T1 + h*R");
  const expectedE = backend.add(t2, backend.combineVartime([output], [challenge]));
  if (!equalBytes(backend.combineVartime([point], [z]), expectedE)) throw badProof(field, "equation z*E = T2 + h*E'");
}

type Bytes = Uint8Array;
type Fields = [Bytes, Bytes, Bytes, Bytes, Bytes];
