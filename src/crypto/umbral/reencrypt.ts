/**
 * Turns a capsule towards the recipient and proves it (paper eq 9; Umbral's ReEncapsulation).
 *
 *   E1 = rk*E, V1 = rk*V, t random, E2 = t*E, V2 = t*V, U2 = t*U
 *   h = H(E, E1, E2, V, V1, V2, U, U1, U2), z = t + h*rk
 *
 * The proof shows one rk behind E1, V1 and the committed U1 without revealing it.
 */
import type { CurveBackend, Point, Scalar } from "../backend";
import { encodePoint } from "../encoding";
import type { RandomSource } from "../engine";
import { randomScalar } from "../scalar";
import { wipe } from "../secrets";
import type { Capsule } from "./capsule";
import { proofChallenge, type CFragFields } from "./cfrag";
import type { KFrag } from "./kfrag";

/** Answers for one capsule with one fraction. Draws t. */
export function reencryptCapsule(
  backend: CurveBackend,
  multiplyU: (scalar: Scalar) => Point,
  kfrag: KFrag,
  capsule: Capsule,
  random: RandomSource,
): CFragFields {
  const nonce = randomScalar(random);
  const share = {
    e1: encodePoint(backend.multiply(capsule.e, kfrag.key)),
    v1: encodePoint(backend.multiply(capsule.v, kfrag.key)),
    id: kfrag.id,
    precursor: kfrag.precursor,
    e2: encodePoint(backend.multiply(capsule.e, nonce)),
    v2: encodePoint(backend.multiply(capsule.v, nonce)),
    commitment: kfrag.commitment,
    u2: encodePoint(multiplyU(nonce)),
    recipientSignature: kfrag.recipientSignature,
  };
  const challenge = proofChallenge(encodePoint(capsule.e), encodePoint(capsule.v), share);
  const product = backend.multiplyScalars(kfrag.key, challenge);
  const z = backend.addScalars(product, nonce);
  wipe(nonce, product);
  return { ...share, z };
}
