/**
 * The note: at most 96 bytes in the policy's event, encrypted by the owner to herself, so that her policies can be rebuilt
 * from the chain and her seed (design 5).
 *
 * nonce 24 ‖ XChaCha20-Poly1305(note key, nonce, path) ‖ tag 16
 *
 * A path over 56 bytes does not fit: its note is empty and its policy is known by the key id alone. The length of a note is
 * the length of its path: that much the chain learns.
 */
import { concat, utf8 } from "../bytes";
import type { RandomSource } from "../crypto/engine";
import { draw } from "../crypto/random";
import { NONCE_LENGTH, open, seal, TAG_LENGTH } from "../crypto/symmetric";
import { canonicalPath } from "./path";
import { MAX_NOTE_BYTES } from "./policy";

const AEAD = "xchacha20-poly1305";

/** The longest path, in UTF-8 bytes, that a note holds. */
export const MAX_NOTED_PATH_BYTES = MAX_NOTE_BYTES - NONCE_LENGTH[AEAD] - TAG_LENGTH;

/** The note of a path; empty if the path does not fit. */
export function sealNote(noteKey: Uint8Array, path: string, random: RandomSource): Uint8Array {
  const plaintext = utf8(canonicalPath(path));
  if (plaintext.length > MAX_NOTED_PATH_BYTES) return new Uint8Array();
  const nonce = draw(random, NONCE_LENGTH[AEAD]);
  return concat(nonce, seal(AEAD, noteKey, nonce, plaintext));
}

/** The path of one's own note; undefined if it is empty or was not written under this key: notes are hints, not evidence. */
export function openNote(noteKey: Uint8Array, note: Uint8Array): string | undefined {
  if (note.length <= NONCE_LENGTH[AEAD] + TAG_LENGTH || note.length > MAX_NOTE_BYTES) return undefined;
  try {
    const plaintext = open(AEAD, noteKey, note.slice(0, NONCE_LENGTH[AEAD]), note.slice(NONCE_LENGTH[AEAD]));
    return canonicalPath(new TextDecoder("utf-8", { fatal: true }).decode(plaintext));
  } catch {
    return undefined;
  }
}
