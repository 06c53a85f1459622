/**
 * Sealing and opening whole objects: hybrid encryption (eq 3 to 7) with the producer's signature inside the plaintext (II.C), so
 * that nobody can tell who wrote an object before it is decrypted.
 *
 * body = STREAM(verifying key 33 ‖ content ‖ signature 64)
 *
 * The signature is over SHA-256(header) ‖ verifying key ‖ SHA-256(content) for the purpose "nkms/v1/object". The header holds the
 * path's key and a commitment to the dek, so a signature cannot be moved to another path or another object.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat } from "../bytes";
import type { Engine, KeyPair, RandomSource } from "../crypto/engine";
import { CryptoError } from "../crypto/errors";
import { deriveFileKeys, openFileKeys } from "../crypto/keyCommitment";
import { draw } from "../crypto/random";
import { sealTo } from "../crypto/sealedBox";
import { wipe } from "../crypto/secrets";
import { sign, verifySignature } from "../crypto/signature";
import { decryptBytes, encryptBytes } from "../crypto/stream";
import { encodeHeader, encodeHeaderPrefix, type EngineName, type SplitObject, type Suite } from "./edek";

const PURPOSE = "nkms/v1/object";
const VERIFYING_KEY_LENGTH = 33;
const SIGNATURE_LENGTH = 64;
const DEK_LENGTH = 32;

export interface SealOptions {
  readonly engine: Engine;
  /** Whoever holds its secret key, or is shared the path, can read. */
  readonly pathPublicKey: Uint8Array;
  /** The producer's signing pair. */
  readonly signing: KeyPair;
  readonly suite: Suite;
  readonly random: RandomSource;
}

/** An object's content and the verifying key of who wrote it, whose signature held. */
export interface OpenedObject {
  readonly content: Uint8Array;
  readonly producer: Uint8Array;
}

/** Encrypts content under a fresh dek, and the dek to the path's key. */
export function sealObject(content: Uint8Array, options: SealOptions): Uint8Array {
  const { engine, pathPublicKey, signing, suite, random } = options;
  const dek = draw(random, DEK_LENGTH);
  const edek = sealTo(engine, pathPublicKey, dek, random);
  const unsealed = { engine: engine.properties.name as EngineName, suite, pathPublicKey, edek };
  const { encryptionKey, commitment } = deriveFileKeys(dek, sha256(encodeHeaderPrefix(unsealed)));
  const header = encodeHeader({ ...unsealed, commitment });
  const signature = sign(signing.secretKey, PURPOSE, signedMessage(header, signing.publicKey, content), random);
  const body = encryptBytes(suite, encryptionKey, concat(signing.publicKey, content, signature));
  wipe(dek, encryptionKey);
  return concat(header, body);
}

/** Opens an object with its dek. Throws E_TAMPERED or E_TRUNCATED; nothing is released before the whole of it holds. */
export function openObject({ header, ciphertext }: SplitObject, dek: Uint8Array): OpenedObject {
  const { encryptionKey } = openFileKeys(dek, sha256(encodeHeaderPrefix(header)), header.commitment);
  const plaintext = decryptBytes(header.suite, encryptionKey, ciphertext);
  wipe(encryptionKey);
  if (plaintext.length < VERIFYING_KEY_LENGTH + SIGNATURE_LENGTH) throw unsigned(plaintext.length);
  const producer = plaintext.slice(0, VERIFYING_KEY_LENGTH);
  const content = plaintext.slice(VERIFYING_KEY_LENGTH, -SIGNATURE_LENGTH);
  const signature = plaintext.slice(-SIGNATURE_LENGTH);
  verifySignature(producer, PURPOSE, signedMessage(encodeHeader(header), producer, content), signature);
  return { content, producer };
}

function signedMessage(header: Uint8Array, producer: Uint8Array, content: Uint8Array): Uint8Array {
  return concat(sha256(header), producer, sha256(content));
}

function unsigned(length: number): CryptoError {
  return new CryptoError("E_BAD_SIGNATURE", "The object's plaintext is too short to hold a signature.", {
    why: "Whoever wrote it did not follow the format.",
    fix: "Ask its producer to write it again.",
    data: { length, expected: VERIFYING_KEY_LENGTH + SIGNATURE_LENGTH },
  });
}
