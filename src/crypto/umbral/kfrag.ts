/**
 * KFrags, fractions of a re-encryption key. One encoding, 260 bytes:
 * id 32 ‖ rk 32 ‖ X_A 33 ‖ U1 33 ‖ proxy signature 64 ‖ recipient signature 64 ‖ flag pk_A 1 ‖ flag pk_B 1.
 *
 * Both signatures are the owner's, by ECDSA over SHA-256 of id ‖ U1 ‖ X_A ‖ key A ‖ key B, where a key is 01 ‖ 33 bytes or 00
 * if left out. The proxy's leaves out what its flags say; the recipient's has both. We always include both.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equalBytes } from "../../bytes";
import type { CurveBackend, Point, Scalar } from "../backend";
import { decodePoint, decodeScalar, decodeSignature, splitFields } from "../encoding";
import { badEncoding, badProof, CryptoError } from "../errors";

const LAYOUT = [32, 32, 33, 33, 64, 64, 1, 1];
const PRESENT = Uint8Array.of(1);
const ABSENT = Uint8Array.of(0);

export interface KFrag {
  readonly id: Uint8Array;
  /** rk, the node's secret. */
  readonly key: Scalar;
  /** X_A, 33 bytes: the ephemeral point all fractions of one rekeying share. */
  readonly precursor: Uint8Array;
  /** U1 = rk*U, 33 bytes: the public commitment to rk. */
  readonly commitment: Uint8Array;
  /** U1 as a point. */
  readonly u1: Point;
  readonly proxySignature: Uint8Array;
  readonly recipientSignature: Uint8Array;
  readonly signsOwnerKey: boolean;
  readonly signsRecipientKey: boolean;
}

/** The public keys of a rekeying, read. */
export interface RekeyKeys {
  readonly owner: Uint8Array;
  readonly recipient: Uint8Array;
  readonly signer: Point;
}

/** SHA-256 of the message a fraction's signatures cover; a key left out is undefined. */
export function fractionDigest(
  share: Pick<KFrag, "id" | "precursor" | "commitment">,
  owner?: Uint8Array,
  recipient?: Uint8Array,
): Uint8Array {
  const keys = [owner, recipient].flatMap((key) => (key ? [PRESENT, key] : [ABSENT]));
  return sha256(concat(share.id, share.commitment, share.precursor, ...keys));
}

export function encodeKFrag(kfrag: KFrag): Uint8Array {
  return concat(
    kfrag.id,
    kfrag.key,
    kfrag.precursor,
    kfrag.commitment,
    kfrag.proxySignature,
    kfrag.recipientSignature,
    kfrag.signsOwnerKey ? PRESENT : ABSENT,
    kfrag.signsRecipientKey ? PRESENT : ABSENT,
  );
}

function decodeFlag(field: string, flag: number): boolean {
  if (flag > 1) throw badEncoding(field, "is not a flag", flag, [0, 1]);
  return flag === 1;
}

/** Reads a kfrag's encoding; its signatures and commitment are checked by `verifyKFrag`. Throws E_BAD_ENCODING. */
export function decodeKFrag(backend: CurveBackend, bytes: Uint8Array): KFrag {
  const parts = splitFields("kfrag", bytes, LAYOUT);
  const [id, key, precursor, commitment, proxySignature, recipientSignature, owner, recipient] = parts as Parts;
  decodeScalar("kfrag.key", key);
  decodePoint(backend, "kfrag.precursor", precursor);
  const u1 = decodePoint(backend, "kfrag.commitment", commitment);
  decodeSignature("kfrag.proxySignature", proxySignature);
  decodeSignature("kfrag.recipientSignature", recipientSignature);
  const signsOwnerKey = decodeFlag("kfrag.signsOwnerKey", owner[0]);
  const signsRecipientKey = decodeFlag("kfrag.signsRecipientKey", recipient[0]);
  return { id, key, precursor, commitment, u1, proxySignature, recipientSignature, signsOwnerKey, signsRecipientKey };
}

/** Checks that U1 = rk*U. Throws E_BAD_PROOF. */
export function verifyKFragCommitment(multiplyU: (scalar: Scalar) => Point, kfrag: KFrag): void {
  if (!equalBytes(multiplyU(kfrag.key), kfrag.u1)) throw badProof("kfrag", "commitment U1 = rk*U");
}

/**
 * Checks that the owner signed this fraction for these keys and that U1 = rk*U. Throws E_BAD_PROOF or E_BAD_SIGNATURE.
 * Where both keys are signed the two messages are one, and equal signatures are checked once.
 */
export function verifyKFrag(
  backend: CurveBackend,
  multiplyU: (scalar: Scalar) => Point,
  kfrag: KFrag,
  keys: RekeyKeys,
): void {
  verifyKFragCommitment(multiplyU, kfrag);
  const digest = fractionDigest(kfrag, keys.owner, keys.recipient);
  requireSignature(backend, "recipientSignature", kfrag.recipientSignature, digest, keys.signer);
  const sameMessage = kfrag.signsOwnerKey && kfrag.signsRecipientKey;
  if (sameMessage && equalBytes(kfrag.proxySignature, kfrag.recipientSignature)) return;
  verifyProxySignature(backend, kfrag, keys);
}

/**
 * Checks what the owner signed for the node, which names the keys that the flags say. Throws E_BAD_SIGNATURE, or E_WRONG_KEY where such a key
 * is not given.
 */
export function verifyProxySignature(
  backend: CurveBackend,
  kfrag: KFrag,
  keys: Partial<RekeyKeys> & Pick<RekeyKeys, "signer">,
): void {
  const digest = fractionDigest(
    kfrag,
    kfrag.signsOwnerKey ? requireKey("ownerPublicKey", keys.owner) : undefined,
    kfrag.signsRecipientKey ? requireKey("recipientPublicKey", keys.recipient) : undefined,
  );
  requireSignature(backend, "proxySignature", kfrag.proxySignature, digest, keys.signer);
}

function requireKey(field: string, key: Uint8Array | undefined): Uint8Array {
  if (key) return key;
  throw new CryptoError("E_WRONG_KEY", "The fraction is signed for a key that is not given.", {
    fix: "Give the key, or ask the owner for a fraction whose signature does not name it.",
    data: { field },
  });
}

function requireSignature(
  backend: CurveBackend,
  field: string,
  signature: Uint8Array,
  digest: Uint8Array,
  signer: Point,
): void {
  if (backend.verify(signature, digest, signer)) return;
  throw new CryptoError("E_BAD_SIGNATURE", "The owner did not sign this fraction for these keys.", {
    data: { field: `kfrag.${field}` },
  });
}

type Bytes = Uint8Array;
type Parts = [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes];
