/**
 * Capsules of `afgh`.
 *
 * Second level, to be re-encrypted:
 *   C = r*X, V = u*X, h = H(X, C, V), s = u + r*h     X 48 ‖ C 48 ‖ V 48 ‖ s 32, 176 bytes
 *   K = HKDF(Z^r, capsule), Z = e(g1, g2); the owner has Z^r = e(1/a*C, g2)
 * The proof s*X = V + h*C is of knowledge of r to base X, so whoever answers has to see that X is the owner's: to another base anybody
 * can prove any point.
 *
 * First level, for one recipient and no other:
 *   W = r*Y, 96 bytes, K = HKDF(Z^r, W), Z^r = e(g1, 1/b*W)
 * W is in G2, where re-encryption keys are, and no pairing takes two points of G2.
 */
import { concat, equalBytes } from "../../bytes";
import { SCALAR_LENGTH, splitFields } from "../encoding";
import type { Encapsulation, RandomSource } from "../engine";
import { badProof } from "../errors";
import type { G1, G2, PairingBackend } from "../pairing";
import { requireUnlike } from "../random";
import { wipe } from "../secrets";
import { deriveKey, G1_LENGTH, G2_LENGTH, hashPoints, readG1, readG2 } from "./encoding";
import { add, decodeGroupScalar, encodeScalar, invertGroupSecret, multiply, negate, randomGroupScalar } from "./scalar";

export const CAPSULE_LENGTH = 176;

/** A capsule whose proof holds. */
export interface Capsule {
  readonly bytes: Uint8Array;
  /** X, 48 bytes, and as a point. */
  readonly owner: Uint8Array;
  readonly x: G1;
  /** C. */
  readonly c: G1;
}

/** Makes a second-level capsule. Draws r, then u. */
export function encapsulate(backend: PairingBackend, ownerKey: G1, random: RandomSource): Encapsulation {
  const r = randomGroupScalar(random);
  const u = randomGroupScalar(random);
  requireOther(r, u);
  const c = backend.multiplyG1(ownerKey, r);
  const v = backend.multiplyG1(ownerKey, u);
  const s = add(u, multiply(r, hashPoints(backend, "capsule", [ownerKey, c, v])));
  const capsule = concat(...[ownerKey, c, v].map((point) => backend.encodeG1(point)), encodeScalar(s));
  const shared = backend.pairingProduct([[backend.multiplyG1(backend.g1, r), backend.g2]]);
  return { capsule, key: deriveKey("second", shared, capsule) };
}

/** `requireUnlike` of scalars. Throws E_BAD_RANDOM. */
function requireOther(first: bigint, second: bigint): void {
  const encoded = [encodeScalar(first), encodeScalar(second)] as const;
  requireUnlike(...encoded);
  wipe(...encoded);
}

/** Reads a second-level capsule and checks its proof. Throws E_BAD_ENCODING, E_IDENTITY, or E_BAD_PROOF with field "capsule". */
export function readCapsule(backend: PairingBackend, bytes: Uint8Array): Capsule {
  const [owner, c48, v48, s32] = splitFields("capsule", bytes, [
    G1_LENGTH,
    G1_LENGTH,
    G1_LENGTH,
    SCALAR_LENGTH,
  ]) as Four;
  const [x, c, v] = [owner, c48, v48].map((part, index) => readG1(backend, `capsule.${"xcv"[index]}`, part)) as Points;
  const s = decodeGroupScalar("capsule.s", s32);
  const h = hashPoints(backend, "capsule", [x, c, v]);
  const expected = backend.encodeG1(backend.combineG1Vartime([x, c], [s, negate(h)]));
  if (!equalBytes(expected, v48)) throw badProof("capsule", "equation s*X = V + h*C");
  return { bytes: concat(owner, c48, v48, s32), owner, x, c };
}

/** The key of a second-level capsule by the owner's secret. Draws the blinding of an inversion from `blinding`. */
export function openCapsule(
  backend: PairingBackend,
  secret: bigint,
  { bytes, c }: Capsule,
  blinding: bigint,
): Uint8Array {
  const inverse = invertGroupSecret(secret, blinding);
  return deriveKey("second", backend.pairingProduct([[backend.multiplyG1(c, inverse), backend.g2]]), bytes);
}

/** Makes a first-level capsule. Draws r. */
export function encapsulateFirst(backend: PairingBackend, recipientKey: G2, random: RandomSource): Encapsulation {
  const r = randomGroupScalar(random);
  const capsule = backend.encodeG2(backend.multiplyG2(recipientKey, r));
  const shared = backend.pairingProduct([[backend.multiplyG1(backend.g1, r), backend.g2]]);
  return { capsule, key: deriveKey("first", shared, capsule) };
}

/** The key of a first-level capsule by the recipient's secret. Throws E_BAD_ENCODING. */
export function openFirst(backend: PairingBackend, secret: bigint, bytes: Uint8Array, blinding: bigint): Uint8Array {
  const [copy] = splitFields("capsule", bytes, [G2_LENGTH]);
  const w = readG2(backend, "capsule", copy);
  const shared = backend.pairingProduct([[backend.g1, backend.multiplyG2(w, invertGroupSecret(secret, blinding))]]);
  return deriveKey("first", shared, copy);
}

type Bytes = Uint8Array;
type Four = [Bytes, Bytes, Bytes, Bytes];
type Points = [G1, G1, G1];
