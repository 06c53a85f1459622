/**
 * XSalsa20-Poly1305 as NaCl's secretbox (Bernstein, Cryptography in NaCl, section 9 and 10): for data of other systems that use it.
 * Output is 16-byte tag ‖ ciphertext. There is no associated data, and like the other AEADs it does not commit to its key. No runtime
 * has it built in, so it always runs on noble.
 */
import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";

import { requireBytes, requireLength } from "./encoding";
import { KEY_LENGTH, notOpening } from "./symmetric";

export const SECRETBOX_NONCE_LENGTH = 24;

/** Encrypts under a 32-byte key. A (key, 24-byte nonce) pair must never repeat. Throws E_BAD_ENCODING on wrong lengths. */
export function sealSecretbox(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  requireLength("key", key, KEY_LENGTH);
  requireLength("nonce", nonce, SECRETBOX_NONCE_LENGTH);
  requireBytes("plaintext", plaintext);
  return xsalsa20poly1305(key, nonce).encrypt(plaintext);
}

/** Opens tag ‖ ciphertext. Throws E_TAMPERED where the tag does not hold, which a wrong key causes too. */
export function openSecretbox(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  requireLength("key", key, KEY_LENGTH);
  requireLength("nonce", nonce, SECRETBOX_NONCE_LENGTH);
  requireBytes("sealed", sealed);
  try {
    return xsalsa20poly1305(key, nonce).decrypt(sealed);
  } catch {
    throw notOpening(sealed.length);
  }
}
