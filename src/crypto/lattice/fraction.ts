/**
 * What nodes of the lattice schemes hold and answer.
 *
 *   kfrag      root 32 ‖ salt 32 ‖ body, root = keccak256(body)
 *   commitment digest = keccak256(root ‖ salt), point = its last 20 bytes, because there is no public point
 *   cfrag      hops 1 ‖ ciphertext ‖ binding 32, binding = SHA-256(domain ‖ digest ‖ capsule ‖ hops ‖ ciphertext)
 *
 * All fractions of a rekeying have the same body and hence the same answers; the salt makes each node's its own, so that a leaked one names its
 * node. The binding proves nothing: whoever wants to lie computes it. It makes sure that an answer is not taken for another capsule's or
 * another share's, and that no changed one is taken at all.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, equalBytes, utf8 } from "../../bytes";
import { splitFields } from "../encoding";
import type { Fraction, RandomSource, ShareCommitment } from "../engine";
import { badProof } from "../errors";
import { draw } from "../random";
import { wipe } from "../secrets";

const ROOT_LENGTH = 32;
const SALT_LENGTH = 32;
export const BINDING_LENGTH = 32;

export interface KFrag {
  readonly root: Uint8Array;
  readonly body: Uint8Array;
  readonly commitment: ShareCommitment;
}

function commitmentOf(root: Uint8Array, salt: Uint8Array): ShareCommitment {
  const digest = keccak_256(concat(root, salt));
  return { digest, point: pointOf(digest) };
}

/** What stands in a commitment for the public point. */
export const pointOf = (digest: Uint8Array): Uint8Array => digest.slice(12);

/** The fractions of one re-encryption key. Draws a salt for each. */
export function makeFractions(body: Uint8Array, shares: number, random: RandomSource): Fraction[] {
  const root = keccak_256(body);
  return Array.from({ length: shares }, () => {
    const salt = draw(random, SALT_LENGTH);
    return { kfrag: concat(root, salt, body), commitment: commitmentOf(root, salt) };
  });
}

/**
 * Lends a kfrag whose body has this length, and wipes our copy of the body afterwards; `requireRoot` checks that the root is the body's. Throws
 * E_BAD_ENCODING.
 */
export function withKFrag<T>(bytes: Uint8Array, bodyLength: number, use: (kfrag: KFrag) => T): T {
  const [root, salt, body] = splitFields("kfrag", bytes, [ROOT_LENGTH, SALT_LENGTH, bodyLength]) as Three;
  try {
    return use({ root, body, commitment: commitmentOf(root, salt) });
  } finally {
    wipe(body);
  }
}

/** Refuses a kfrag that is not the one committed to. Throws E_BAD_PROOF. */
export function requireRoot({ root, body }: KFrag): void {
  if (!equalBytes(keccak_256(body), root)) throw badProof("kfrag", "hash of the key");
}

/** What ties a turn to what it was made of: an answer to its share's digest and its capsule, a turned capsule to its original. */
export function bindingOf(domain: string, ...parts: Uint8Array[]): Uint8Array {
  return sha256(concat(sha256(utf8(domain)), ...parts));
}

type Three = [Uint8Array, Uint8Array, Uint8Array];
