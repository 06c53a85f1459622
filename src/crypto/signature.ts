/**
 * Signatures of one purpose: secp256k1 ECDSA over SHA-256(be32(len domain) ‖ domain ‖ message), 64 bytes r ‖ s, low-S, nonce by
 * RFC 6979 with fresh entropy mixed in, so that neither a bad generator nor a fault in one signature gives the key away.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { be32, concat } from "../bytes";
import type { CurveBackend } from "./backend";
import { defaultBackend } from "./backends";
import { decodePoint, decodeScalar, decodeSignature, encodeText, requireBytes } from "./encoding";
import type { RandomSource } from "./engine";
import { CryptoError } from "./errors";
import { draw } from "./random";

function digestOf(domain: string, message: Uint8Array): Uint8Array {
  requireBytes("message", message);
  const label = encodeText("domain", domain);
  return sha256(concat(be32(label.length), label, message));
}

/** Signs a message for one purpose, with a key that never encrypts; `domain` names the purpose and must be the same to verify. */
export function sign(
  secretKey: Uint8Array,
  domain: string,
  message: Uint8Array,
  random: RandomSource,
  backend: CurveBackend = defaultBackend(),
): Uint8Array {
  return backend.sign(digestOf(domain, message), decodeScalar("secretKey", secretKey), draw(random, 32));
}

/** Checks a signature. Throws E_BAD_ENCODING (also for high-S) or E_BAD_SIGNATURE. */
export function verifySignature(
  publicKey: Uint8Array,
  domain: string,
  message: Uint8Array,
  signature: Uint8Array,
  backend: CurveBackend = defaultBackend(),
): void {
  const signer = decodePoint(backend, "publicKey", publicKey);
  decodeSignature("signature", signature);
  if (backend.verify(signature, digestOf(domain, message), signer)) return;
  throw new CryptoError("E_BAD_SIGNATURE", "The message is not signed by this key for this purpose.", {
    data: { field: "signature", domain },
  });
}
