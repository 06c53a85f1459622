/** Constants and hashes of the Umbral wire dialect "v8" (umbral-pre 0.8 and later). */
import { sha256 } from "@noble/hashes/sha2.js";

import { be32, concat, fromHex, utf8 } from "../../bytes";
import type { Point, Scalar } from "../backend";
import { encodePoint } from "../encoding";
import { reduceToScalar } from "../scalar";

/** The most fractions one policy can have (the paper's n). */
export const MAX_SHARES = 32;

/**
 * U, the second generator: RFC 9380 hash_to_curve, suite secp256k1_XMD:SHA-256_SSWU_RO_, DST "PARAMETERS", message "POINT_U".
 * Nobody knows its logarithm to base G. Recomputed by a test.
 */
export const U = fromHex(
  "0x04079390d0fbe220fc34aab8ecbf49098098036820fadb98c03143e55db8ec73cd" +
    "7ea50b219da86a70e8489413e4b9388afb63ac6f26e5ec2cfdd983b83f0e84e7",
) as Point;

export const U_ENCODED = encodePoint(U);

/** Hash to scalar: (SHA-256(be32(len dst) ‖ dst ‖ parts) mod (n-1)) + 1. */
function hasher(tag: string): (...parts: Uint8Array[]) => Scalar {
  const dst = utf8(tag);
  const prefix = concat(be32(dst.length), dst);
  return (...parts) => reduceToScalar(sha256(concat(prefix, ...parts)));
}

/** h of a capsule, over E ‖ V. */
export const hashCapsule = hasher("CAPSULE_POINTS");
/** The Shamir index of a share, over X_A ‖ pk_B ‖ DH ‖ id. */
export const hashShareIndex = hasher("POLYNOMIAL_ARG");
/** d, the secret that binds a rekeying to its recipient, over X_A ‖ pk_B ‖ DH. */
export const hashSharedSecret = hasher("SHARED_SECRET");
/** The challenge of a re-encryption proof, over E ‖ E1 ‖ E2 ‖ V ‖ V1 ‖ V2 ‖ U ‖ U1 ‖ U2. */
export const hashProof = hasher("CFRAG_VERIFICATION");
