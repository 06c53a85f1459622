/**
 * Hashes of the schemes with capsules E = r*G (`ecies`, `bbs98`). Every use has a domain of its own, `nkms/v1/<scheme>/<use>`, so that a
 * value made for one scheme or purpose means nothing to another. What a contract has to recompute is keccak256.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, utf8 } from "../../bytes";
import type { Point, Scalar } from "../backend";
import { encodePoint } from "../encoding";
import { reduceToScalar } from "../scalar";
import { wipe } from "../secrets";

export interface Scheme {
  readonly name: string;
  /** h of a capsule, over E ‖ V. */
  hashCapsule(...parts: Uint8Array[]): Scalar;
  /** h of a turn's proof, over R ‖ E ‖ E' ‖ T1 ‖ T2. */
  hashTurn(...parts: Uint8Array[]): Scalar;
  /** The 32-byte key behind a shared point, bound to the whole capsule it came with. */
  deriveKey(shared: Point, capsule: Uint8Array): Uint8Array;
  /** The nonce of a turn's proof: a function of the key and of what is proven, so that equal requests get equal answers. */
  deriveNonce(key: Scalar, ...parts: Uint8Array[]): Scalar;
}

/** Hash to scalar: (keccak256(keccak256(domain) ‖ parts) mod (n-1)) + 1. */
function hasher(domain: string): (...parts: Uint8Array[]) => Scalar {
  const prefix = keccak_256(utf8(domain));
  return (...parts) => reduceToScalar(keccak_256(concat(prefix, ...parts)));
}

/** The hashes of the scheme of this name. */
export function schemeNamed(name: string): Scheme {
  const domain = (use: string) => `nkms/v1/${name}/${use}`;
  const keyInfo = utf8(domain("key"));
  const nonceInfo = utf8(domain("nonce"));
  return {
    name,
    hashCapsule: hasher(domain("capsule")),
    hashTurn: hasher(domain("turn")),
    deriveKey(shared, capsule) {
      const seed = encodePoint(shared);
      const key = hkdf(sha256, seed, undefined, concat(keyInfo, capsule), 32);
      wipe(seed, shared);
      return key;
    },
    deriveNonce(key, ...parts) {
      const wide = hkdf(sha256, key, undefined, concat(nonceInfo, ...parts), 64);
      const nonce = reduceToScalar(wide);
      wipe(wide);
      return nonce;
    },
  };
}
