/**
 * Capsules: an ephemeral key under the owner's public key with a proof that its maker knows what is inside.
 *
 *   E = r*G, V = u*G, h = H(E, V), s = u + r*h        capsule E 33 ‖ V 33 ‖ s 32, 98 bytes
 *   K = (r + u)*pk = sk*(E + V)                       key = HKDF-SHA-256(K), 32 bytes
 *
 * Without the proof s*G = V + h*E a node would be an oracle that strips the owner's key off any point, so no function here
 * returns a capsule which has not passed it.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { concat } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { decodePoint, decodeScalar, encodePoint, POINT_LENGTH, SCALAR_LENGTH, splitFields } from "../encoding";
import type { Encapsulation, RandomSource } from "../engine";
import { badProof } from "../errors";
import { requireUnlike } from "../random";
import { randomScalar } from "../scalar";
import { provesLogarithmVartime } from "../schnorr";
import { wipe } from "../secrets";
import { hashCapsule } from "./params";

export const CAPSULE_LENGTH = 98;

/** A capsule whose proof holds. */
export interface Capsule {
  readonly bytes: Uint8Array;
  readonly e: Point;
  readonly v: Point;
  /** E + V. */
  readonly sum: Point;
  readonly s: Scalar;
  /** h, the challenge of its proof. */
  readonly challenge: Scalar;
}

/** K's 33 bytes to the 32-byte symmetric key. */
export function deriveKey(shared: Point): Uint8Array {
  const seed = encodePoint(shared);
  const key = hkdf(sha256, seed, undefined, undefined, 32);
  wipe(seed, shared);
  return key;
}

/** Makes a fresh capsule and the key inside. Draws r, then u. */
export function encapsulate(backend: CurveBackend, ownerKey: Point, random: RandomSource): Encapsulation {
  const r = randomScalar(random);
  const u = randomScalar(random);
  requireUnlike(r, u);
  const e = encodePoint(backend.multiplyBase(r));
  const v = encodePoint(backend.multiplyBase(u));
  const product = backend.multiplyScalars(r, hashCapsule(e, v));
  const s = backend.addScalars(product, u);
  const exponent = backend.addScalars(r, u);
  const key = deriveKey(backend.multiply(ownerKey, exponent));
  wipe(r, u, product, exponent);
  return { capsule: concat(e, v, s), key };
}

/** Reads a capsule and checks its proof. Throws E_BAD_ENCODING, or E_BAD_PROOF with field "capsule". */
export function readCapsule(backend: CurveBackend, bytes: Uint8Array): Capsule {
  const [e33, v33, s] = splitFields("capsule", bytes, [POINT_LENGTH, POINT_LENGTH, SCALAR_LENGTH]) as Triple;
  const e = decodePoint(backend, "capsule.e", e33);
  const v = decodePoint(backend, "capsule.v", v33);
  decodeScalar("capsule.s", s);
  const challenge = hashCapsule(e33, v33);
  if (!provesLogarithmVartime(backend, e, v, challenge, s)) throw badProof("capsule", "equation s*G = V + h*E");
  return { bytes: concat(e33, v33, s), e, v, sum: backend.add(e, v), s, challenge };
}

/** Opens a capsule by the key it was made for. A wrong key gives a wrong key back: only the ciphertext can tell. */
export function openCapsule(backend: CurveBackend, secretKey: Scalar, capsule: Capsule): Uint8Array {
  return deriveKey(backend.multiply(capsule.sum, secretKey));
}

type Triple = [Uint8Array, Uint8Array, Uint8Array];
