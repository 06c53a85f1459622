/**
 * Capsules that a counting node turns. Who may choose a ciphertext makes each answer a noisy multiple of as many secret coefficients of its holder as
 * it has, and no flood covers that: a handful of answers are the whole secret. Nothing in a capsule shows that it was made honestly, so whoever
 * made it says so, by a signature that the node knows, and the node turns nothing else.
 *
 *   signature  over SHA-256(public key of the holder) 32 ‖ capsule, by a secp256k1 key that does nothing else
 *
 * The capsule is signed as it stands: of a turned one also the turn, by whoever turned it.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat } from "../../bytes";
import { decodeScalar, requireBytes } from "../encoding";
import type { LatticeEngine, RandomSource } from "../engine";
import { CryptoError } from "../errors";
import { sign, verifySignature } from "../signature";

const domainOf = ({ properties }: LatticeEngine) => `nkms/v1/${properties.name}/capsule`;

function messageOf(capsule: Uint8Array, holderPublicKey: Uint8Array): Uint8Array {
  requireBytes("holderPublicKey", holderPublicKey);
  return concat(sha256(holderPublicKey), capsule);
}

/**
 * Signs a capsule that the caller made or turned himself, for a node that turns it from its holder's key. Never sign one that came from
 * somebody else: with four answers to chosen capsules a recipient has the holder's secret key.
 */
export function signCapsule(
  engine: LatticeEngine,
  capsule: Uint8Array,
  holderPublicKey: Uint8Array,
  producerSecretKey: Uint8Array,
  random: RandomSource,
): Uint8Array {
  engine.verifyCapsule(capsule);
  const secretKey = decodeScalar("producerSecretKey", producerSecretKey);
  return sign(secretKey, domainOf(engine), messageOf(capsule, holderPublicKey), random);
}

/** Checks that one of these producers signed a capsule for this holder. Throws E_BAD_ENCODING or E_BAD_SIGNATURE. */
export function verifySignedCapsule(
  engine: LatticeEngine,
  capsule: Uint8Array,
  signature: Uint8Array,
  holderPublicKey: Uint8Array,
  producers: readonly Uint8Array[],
): void {
  engine.verifyCapsule(capsule);
  const message = messageOf(capsule, holderPublicKey);
  if (producers.some((producer) => isSigned(producer, domainOf(engine), message, signature))) return;
  throw new CryptoError("E_BAD_SIGNATURE", "No producer that is trusted signed this capsule.", {
    why: "A recipient who chooses capsules computes the secret key of their holder from a few answers.",
    fix: "Ask whoever made the capsule to sign it, by a key that the node was told of.",
    data: { field: "signature", producers: producers.length },
  });
}

function isSigned(producer: Uint8Array, domain: string, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    verifySignature(producer, domain, message, signature);
    return true;
  } catch (error) {
    if (error instanceof CryptoError && error.code === "E_BAD_SIGNATURE") return false;
    throw error;
  }
}
