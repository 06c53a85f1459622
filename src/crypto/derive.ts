/**
 * All keys of one owner from one master seed: HKDF-SHA-256 (RFC 5869) without salt, the label as info, 64 bytes, mapped to
 * [1, n-1] with a bias below 2^-255. One seed therefore rebuilds every key, and no key tells anything about another.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import type { Scalar } from "./backend";
import { decodeScalar, encodeText, requireText } from "./encoding";
import { badEncoding } from "./errors";
import { reduceToScalar } from "./scalar";
import { wipe } from "./secrets";

const MIN_SEED_LENGTH = 32;
const MAX_SEED_LENGTH = 64;
const PATH_LABEL = "nkms/v1/path/";
const DELEGATING_LABEL = "nkms/v1/delegating/";

function requireSeed(seed: Uint8Array): void {
  const got = seed instanceof Uint8Array ? seed.length : typeof seed;
  if (typeof got === "number" && got >= MIN_SEED_LENGTH && got <= MAX_SEED_LENGTH) return;
  throw badEncoding("seed", "has the wrong length in bytes", got, [MIN_SEED_LENGTH, MAX_SEED_LENGTH]);
}

/** The secret key of a label from a seed of 32 to 64 bytes. Throws E_BAD_ENCODING. */
export function deriveSecretKey(seed: Uint8Array, label: string): Scalar {
  requireSeed(seed);
  const wide = hkdf(sha256, seed, undefined, encodeText("label", label), 64);
  const secretKey = reduceToScalar(wide);
  wipe(wide);
  return secretKey;
}

/**
 * The secret key data under one path is encrypted to, label "nkms/v1/path/" ‖ path. Every path has its own, because a recipient
 * and enough nodes together can learn it. The caller gives the path in its one canonical form.
 */
export function derivePathKey(seed: Uint8Array, canonicalPath: string): Scalar {
  requireText("path", canonicalPath);
  return deriveSecretKey(seed, PATH_LABEL + canonicalPath);
}

/**
 * A key data can be encrypted to, from a secp256k1 key its owner has already, such as a wallet's, label "nkms/v1/delegating/" ‖ label. The
 * key it comes from stays unknown to whoever learns the result, and is never encrypted to itself. Throws E_BAD_ENCODING.
 */
export function delegatingKey(existingSecretKey: Uint8Array, label: string): Scalar {
  requireText("label", label);
  return deriveSecretKey(decodeScalar("existingSecretKey", existingSecretKey), DELEGATING_LABEL + label);
}
