/**
 * Capsules of ECIES re-encryption (paper II.A.3, [14]): an ephemeral key with a proof that its maker knows it.
 *
 *   E = r*G, V = u*G, h = H(E, V), s = u + r*h        E 33 ‖ V 33 ‖ s 32, 98 bytes
 *   K = HKDF-SHA-256(r*pk, info: domain ‖ capsule)    32 bytes
 *
 * The paper calls the scheme CCA-secure; as a re-encryption scheme it is not without the proof. A recipient who wants E* opened
 * has the node turn E* + t*G and takes t*pk off the answer. To prove E* + t*G he would have to know r* + t. So no function here
 * returns a capsule whose proof s*G = V + h*E does not hold.
 *
 * In a multi-hop scheme the 98 bytes are followed by the turns made so far, each proven (`turn.ts`); K stays bound to the 98.
 */
import { concat } from "../../bytes";
import type { CurveBackend, Point } from "../backend";
import {
  decodePoint,
  decodeScalar,
  encodePoint,
  POINT_LENGTH,
  requireLength,
  SCALAR_LENGTH,
  splitFields,
} from "../encoding";
import type { Encapsulation, RandomSource } from "../engine";
import { badProof } from "../errors";
import { requireUnlike } from "../random";
import { randomScalar } from "../scalar";
import { provesLogarithmVartime } from "../schnorr";
import { wipe } from "../secrets";
import type { Scheme } from "./scheme";
import { decodeTurn, TURN_LENGTH, verifyTurn, type Turn } from "./turn";

export const CAPSULE_LENGTH = 98;

/** A capsule whose proof holds, and the proofs of all its turns. */
export interface Capsule {
  readonly bytes: Uint8Array;
  /** The first 98 bytes, which K is bound to. */
  readonly original: Uint8Array;
  readonly turns: readonly Turn[];
  /** The point the next turn multiplies: E, or the last turn's E'. */
  readonly point: Point;
}

/** Makes a fresh capsule and the key inside. Draws r, then u. */
export function encapsulate(
  backend: CurveBackend,
  scheme: Scheme,
  ownerKey: Point,
  random: RandomSource,
): Encapsulation {
  const r = randomScalar(random);
  const u = randomScalar(random);
  requireUnlike(r, u);
  const e = encodePoint(backend.multiplyBase(r));
  const v = encodePoint(backend.multiplyBase(u));
  const product = backend.multiplyScalars(r, scheme.hashCapsule(e, v));
  const capsule = concat(e, v, backend.addScalars(product, u));
  const key = scheme.deriveKey(backend.multiply(ownerKey, r), capsule);
  wipe(r, u, product);
  return { capsule, key };
}

function readOriginal(backend: CurveBackend, scheme: Scheme, bytes: Uint8Array): Point {
  const [e33, v33, s] = splitFields("capsule", bytes, [POINT_LENGTH, POINT_LENGTH, SCALAR_LENGTH]) as Triple;
  const e = decodePoint(backend, "capsule.e", e33);
  const v = decodePoint(backend, "capsule.v", v33);
  decodeScalar("capsule.s", s);
  if (!provesLogarithmVartime(backend, e, v, scheme.hashCapsule(e33, v33), s)) {
    throw badProof("capsule", "equation s*G = V + h*E");
  }
  return e;
}

/**
 * Reads a capsule with up to `maxTurns` turns and checks every proof in it. Throws E_BAD_ENCODING, or E_BAD_PROOF with field
 * "capsule" or "capsule.turns[i]".
 */
export function readCapsule(backend: CurveBackend, scheme: Scheme, bytes: Uint8Array, maxTurns: number): Capsule {
  const count = countTurns(bytes, maxTurns);
  const copy = Uint8Array.from(bytes);
  const original = copy.subarray(0, CAPSULE_LENGTH);
  let point = readOriginal(backend, scheme, original);
  const turns = Array.from({ length: count }, (_, index) => {
    const start = CAPSULE_LENGTH + index * TURN_LENGTH;
    const field = `capsule.turns[${index}]`;
    const turn = decodeTurn(backend, field, copy.subarray(start, start + TURN_LENGTH));
    verifyTurn(backend, scheme, field, point, turn);
    point = turn.output;
    return turn;
  });
  return { bytes: copy, original, turns, point };
}

function countTurns(bytes: Uint8Array, maxTurns: number): number {
  const count = bytes instanceof Uint8Array ? Math.floor((bytes.length - CAPSULE_LENGTH) / TURN_LENGTH) : 0;
  const turns = Math.min(Math.max(count, 0), maxTurns);
  requireLength("capsule", bytes, CAPSULE_LENGTH + turns * TURN_LENGTH);
  return turns;
}

type Triple = [Uint8Array, Uint8Array, Uint8Array];
