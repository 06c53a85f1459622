/**
 * Keys from one 32-byte seed the way other Umbral libraries derive them (umbral-pre's SecretKeyFactory), so that their keys can be
 * moved here. Everything is HKDF-SHA-256 of the seed without salt; labels are bytes of any length.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { be32, concat, utf8 } from "../bytes";
import type { Scalar } from "./backend";
import { requireBytes, requireLength } from "./encoding";
import { reduceToScalar } from "./scalar";
import { wipe } from "./secrets";

export const FACTORY_SEED_LENGTH = 32;

function expand(seed: Uint8Array, purpose: string, label: Uint8Array, length: number): Uint8Array {
  requireLength("seed", seed, FACTORY_SEED_LENGTH);
  requireBytes("label", label);
  return hkdf(sha256, seed, undefined, concat(utf8(purpose), label), length);
}

/** 64 secret bytes of a label. */
export function factorySecret(seed: Uint8Array, label: Uint8Array): Uint8Array {
  return expand(seed, "SECRET_DERIVATION/", label, 64);
}

/** The 32-byte seed of a factory one level down. */
export function factorySeed(seed: Uint8Array, label: Uint8Array): Uint8Array {
  return expand(seed, "FACTORY_DERIVATION/", label, FACTORY_SEED_LENGTH);
}

/** The secret key of a label: the expanded bytes hashed to a scalar under their own info as domain. */
export function factoryKey(seed: Uint8Array, label: Uint8Array): Scalar {
  const wide = expand(seed, "KEY_DERIVATION/", label, 64);
  const domain = concat(utf8("KEY_DERIVATION/"), label);
  const secretKey = reduceToScalar(sha256(concat(be32(domain.length), domain, wide)));
  wipe(wide);
  return secretKey;
}
