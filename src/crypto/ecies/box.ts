/**
 * The box inside a dealing: capsule 98 ‖ nonce 24 ‖ ciphertext ‖ tag 16, by XChaCha20-Poly1305.
 *
 * Its capsule has a domain of its own, `nkms/v1/ecies/box`, so that nobody can submit it as data. Were it a capsule like any other, the nodes
 * the recipient delegated to would turn it, and whoever he shares with would open it: they would read what was shared with him alone, and with
 * one node of that dealing compute the owner's secret key. The associated data are the capsule and what the dealing is of, so that a box
 * means nothing in another dealing.
 */
import { concat } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import type { RandomSource } from "../engine";
import { draw } from "../random";
import { wipe } from "../secrets";
import { NONCE_LENGTH, open, seal, TAG_LENGTH } from "../symmetric";
import { CAPSULE_LENGTH, encapsulate, readCapsule } from "./capsule";
import { schemeNamed } from "./scheme";

const AEAD = "xchacha20-poly1305";
const NONCE_END = CAPSULE_LENGTH + NONCE_LENGTH[AEAD];

/** What a box is longer than its plaintext. */
export const BOX_OVERHEAD = NONCE_END + TAG_LENGTH;

const scheme = schemeNamed("ecies/box");

/** Encrypts to a recipient, bound to a context. Draws r and u of the capsule, then the nonce. */
export function sealBox(
  backend: CurveBackend,
  recipient: Point,
  plaintext: Uint8Array,
  context: Uint8Array,
  random: RandomSource,
): Uint8Array {
  const { capsule, key } = encapsulate(backend, scheme, recipient, random);
  const nonce = draw(random, NONCE_LENGTH[AEAD]);
  const ciphertext = seal(AEAD, key, nonce, plaintext, concat(capsule, context));
  wipe(key);
  return concat(capsule, nonce, ciphertext);
}

/** Opens a box of a context; the dealing's reader has seen to its length. Throws E_BAD_ENCODING or E_BAD_PROOF for its capsule, E_TAMPERED for another recipient or context. */
export function openBox(
  backend: CurveBackend,
  recipientSecretKey: Scalar,
  box: Uint8Array,
  context: Uint8Array,
): Uint8Array {
  const { original, point } = readCapsule(backend, scheme, box.subarray(0, CAPSULE_LENGTH), 0);
  const key = scheme.deriveKey(backend.multiply(point, recipientSecretKey), original);
  try {
    return open(AEAD, key, box.subarray(CAPSULE_LENGTH, NONCE_END), box.subarray(NONCE_END), concat(original, context));
  } finally {
    wipe(key);
  }
}
