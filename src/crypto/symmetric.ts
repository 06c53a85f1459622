/**
 * Authenticated encryption under a 32-byte key: AES-256-GCM (NIST SP 800-38D), ChaCha20-Poly1305 (RFC 8439) and
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03). Runs on node:crypto where there is one, else on noble: same bytes. Output is
 * ciphertext ‖ 16-byte tag. Nothing is released before the tag holds.
 *
 * None of the three commits to its key: one ciphertext can be made to open under two keys. Formats add a commitment
 * (`keyCommitment.ts`).
 */
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305, hchacha, xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import type * as NodeCrypto from "node:crypto";

import { concat } from "../bytes";
import { requireBytes, requireLength } from "./encoding";
import { CryptoError } from "./errors";
import { nodeCrypto } from "./nodeCrypto";
import { wipe } from "./secrets";

export type AeadName = "aes-256-gcm" | "chacha20-poly1305" | "xchacha20-poly1305";

export const KEY_LENGTH = 32;
export const TAG_LENGTH = 16;
export const NONCE_LENGTH: Readonly<Record<AeadName, number>> = {
  "aes-256-gcm": 12,
  "chacha20-poly1305": 12,
  "xchacha20-poly1305": 24,
};

const NOTHING = new Uint8Array(0);

/** The two ways to run a cipher; `open` returns undefined where the tag does not hold. */
export interface AeadProvider {
  readonly name: "node" | "noble";
  seal(aead: AeadName, key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array;
  open(aead: AeadName, key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array | undefined;
}

const NOBLE = { "aes-256-gcm": gcm, "chacha20-poly1305": chacha20poly1305, "xchacha20-poly1305": xchacha20poly1305 };

/** The provider for browsers, and the oracle of the other. */
export const nobleProvider: AeadProvider = {
  name: "noble",
  seal: (aead, key, nonce, plaintext, aad) => NOBLE[aead](key, nonce, aad).encrypt(plaintext),
  open: (aead, key, nonce, sealed, aad) => {
    try {
      return NOBLE[aead](key, nonce, aad).decrypt(sealed);
    } catch {
      return undefined;
    }
  },
};

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(4 * index, true));
}

function bytesOf(numbers: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, index) => view.setUint32(4 * index, number, true));
  return bytes;
}

const SIGMA = words(new TextEncoder().encode("expand 32-byte k"));

/** XChaCha20 is ChaCha20 under HChaCha20(key, first 16 nonce bytes) with the nonce 0000 ‖ last 8. */
function reduceXChaCha(key: Uint8Array, nonce: Uint8Array): [Uint8Array, Uint8Array] {
  const subkey = new Uint32Array(8);
  hchacha(SIGMA, words(key), words(nonce.subarray(0, 16)), subkey);
  return [bytesOf(subkey), concat(new Uint8Array(4), nonce.subarray(16))];
}

/** Resolves an AEAD to one node:crypto knows, with its key and nonce. */
function plainCipher(aead: AeadName, key: Uint8Array, nonce: Uint8Array) {
  if (aead !== "xchacha20-poly1305") return { cipher: aead, cipherKey: key, cipherNonce: nonce };
  const [cipherKey, cipherNonce] = reduceXChaCha(key, nonce);
  return { cipher: "chacha20-poly1305" as const, cipherKey, cipherNonce };
}

function nodeProvider(crypto: typeof NodeCrypto): AeadProvider {
  const options = { authTagLength: TAG_LENGTH };
  // node types AES-GCM and ChaCha20-Poly1305 in separate overloads although both are called alike
  const encryptor = crypto.createCipheriv as (...args: CipherArguments) => NodeCrypto.CipherGCM;
  const decryptor = crypto.createDecipheriv as (...args: CipherArguments) => NodeCrypto.DecipherGCM;
  return {
    name: "node",
    seal(aead, key, nonce, plaintext, aad) {
      const { cipher, cipherKey, cipherNonce } = plainCipher(aead, key, nonce);
      const encrypt = encryptor(cipher, cipherKey, cipherNonce, options);
      encrypt.setAAD(aad);
      const ciphertext = encrypt.update(plaintext);
      encrypt.final();
      return concat(ciphertext, encrypt.getAuthTag());
    },
    open(aead, key, nonce, sealed, aad) {
      const { cipher, cipherKey, cipherNonce } = plainCipher(aead, key, nonce);
      const decrypt = decryptor(cipher, cipherKey, cipherNonce, options);
      decrypt.setAAD(aad);
      decrypt.setAuthTag(sealed.subarray(sealed.length - TAG_LENGTH));
      const plaintext = decrypt.update(sealed.subarray(0, sealed.length - TAG_LENGTH));
      try {
        decrypt.final();
      } catch {
        wipe(plaintext);
        return undefined;
      }
      return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length);
    },
  };
}

type CipherArguments = [string, Uint8Array, Uint8Array, { authTagLength: number }];

/** The provider in use: node:crypto where the runtime has it. */
export const provider: AeadProvider = nodeCrypto ? nodeProvider(nodeCrypto) : nobleProvider;

/** Encrypts to ciphertext ‖ tag. A (key, nonce) pair must never repeat. Throws E_BAD_ENCODING on wrong lengths. */
export function seal(
  aead: AeadName,
  key: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array = NOTHING,
): Uint8Array {
  requireLength("key", key, KEY_LENGTH);
  requireLength("nonce", nonce, NONCE_LENGTH[aead]);
  requireBytes("plaintext", plaintext);
  requireBytes("aad", aad);
  return provider.seal(aead, key, nonce, plaintext, aad);
}

/** Opens ciphertext ‖ tag. Throws E_TAMPERED where the tag does not hold, which a wrong key causes too. */
export function open(
  aead: AeadName,
  key: Uint8Array,
  nonce: Uint8Array,
  sealed: Uint8Array,
  aad: Uint8Array = NOTHING,
): Uint8Array {
  requireLength("key", key, KEY_LENGTH);
  requireLength("nonce", nonce, NONCE_LENGTH[aead]);
  requireBytes("sealed", sealed);
  requireBytes("aad", aad);
  const plaintext = sealed.length < TAG_LENGTH ? undefined : provider.open(aead, key, nonce, sealed, aad);
  if (plaintext) return plaintext;
  throw notOpening(sealed.length);
}

/** E_TAMPERED {length}: a tag that does not hold. */
export function notOpening(length: number): CryptoError {
  return new CryptoError("E_TAMPERED", "The ciphertext does not open under this key.", {
    why: "The key is another one, or the ciphertext or what is bound to it was changed.",
    data: { length },
  });
}
