/**
 * Encryption of bytes to a public key: capsule ‖ nonce 24 ‖ ciphertext ‖ tag 16, by XChaCha20-Poly1305 under the capsule's key with
 * the capsule as associated data. On the Umbral engine this is byte for byte what other Umbral libraries make and take.
 */
import { concat } from "../bytes";
import { requireMinimum } from "./encoding";
import type { Engine, RandomSource } from "./engine";
import { draw } from "./random";
import { wipe } from "./secrets";
import { NONCE_LENGTH, open, seal, TAG_LENGTH } from "./symmetric";

const AEAD = "xchacha20-poly1305";
const OVERHEAD = NONCE_LENGTH[AEAD] + TAG_LENGTH;

/** Encrypts to a public key. Only its owner, or a recipient the owner made fractions for, can open it. */
export function sealTo(engine: Engine, publicKey: Uint8Array, plaintext: Uint8Array, random: RandomSource): Uint8Array {
  const { capsule, key } = engine.encapsulate(publicKey, random);
  const nonce = draw(random, NONCE_LENGTH[AEAD]);
  const ciphertext = seal(AEAD, key, nonce, plaintext, capsule);
  wipe(key);
  return concat(capsule, nonce, ciphertext);
}

/** The capsule of a sealed box, which is what nodes re-encrypt. Throws E_BAD_ENCODING if the box is too short to be one. */
export function capsuleOf(engine: Engine, sealed: Uint8Array): Uint8Array {
  requireMinimum("sealed", sealed, engine.capsuleLength + OVERHEAD, "an empty box");
  return sealed.slice(0, engine.capsuleLength);
}

/** Opens a box with the key of its capsule, as `combine` returns it. Throws E_BAD_ENCODING or E_TAMPERED. */
export function openWithKey(engine: Engine, key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const capsule = capsuleOf(engine, sealed);
  const body = sealed.subarray(capsule.length);
  const nonce = body.subarray(0, NONCE_LENGTH[AEAD]);
  return open(AEAD, key, nonce, body.subarray(NONCE_LENGTH[AEAD]), capsule);
}

/** Opens a box with the secret key it was sealed to. Throws E_BAD_ENCODING, E_BAD_PROOF or E_TAMPERED. */
export function openSealed(engine: Engine, secretKey: Uint8Array, sealed: Uint8Array): Uint8Array {
  const key = engine.decapsulate(secretKey, capsuleOf(engine, sealed));
  try {
    return openWithKey(engine, key, sealed);
  } finally {
    wipe(key);
  }
}
