/**
 * Fractions of `afgh` (paper eq 21, III.B): the re-encryption key 1/a*Y_B, dealt so that everybody can check every share.
 *
 *   f of degree m-1 with f(0) = 1, rho_i = f(i), A_j = f_j*g1, Gamma_i = rho_i*g1 = g1 + sum i^j*A_j
 *   rk_i = rho_i/a * Y_B, holds if e(X_A, rk_i) = e(Gamma_i, Y_B)
 *
 * kfrag = rk_i 96 ‖ wrapped; wrapped = i 1 ‖ m 1 ‖ X_A 48 ‖ Y_B 96 ‖ A_1 .. A_(m-1) each 48 ‖ signature 64, public, travels with every
 * answer. The signature is the owner's, of all between. n = m is the paper's m-of-m split.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat } from "../../bytes";
import { readShareHeader, SHARE_HEADER_LENGTH, type ShareHeader } from "../dealtShare";
import { defaultBackend } from "../backends";
import { decodePoint, decodeSignature, requireLength, requireMinimum, SIGNATURE_LENGTH } from "../encoding";
import type { Fraction, RandomSource, RekeyRequest, ShareCommitment } from "../engine";
import { badProof } from "../errors";
import type { G1, G2, PairingBackend } from "../pairing";
import { wipe } from "../secrets";
import { sign, verifySignature } from "../signature";
import { eip2537, G1_LENGTH, G2_LENGTH, readG1, readG2 } from "./encoding";
import type { PublicKey } from "./keys";
import type { Reader } from "./remember";
import { evaluateAt, multiply, randomGroupScalar } from "./scalar";

const DOMAIN = "nkms/v1/afgh/dealing";
const KEYS_END = SHARE_HEADER_LENGTH + G1_LENGTH + G2_LENGTH;

export interface Dealing extends ShareHeader {
  readonly wrapped: Uint8Array;
  /** All after i: equal in all fractions of one dealing. */
  readonly common: Uint8Array;
  /** What the owner signed, m ‖ X_A ‖ Y_B ‖ A_1 .. A_(m-1), and the signature. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** X_A and Y_B, encoded and as points. */
  readonly owner: Uint8Array;
  readonly recipient: Uint8Array;
  readonly x: G1;
  readonly y: G2;
  /** Gamma_i. */
  readonly gamma: G1;
}

export interface KFrag {
  /** rk_i, the node's secret: encoded and as a point. */
  readonly encodedKey: Uint8Array;
  readonly key: G2;
  readonly dealing: Dealing;
}

/** Gamma_i from A_1 .. A_(m-1). i^j stays below 32^31 < q. Throws E_IDENTITY. */
function gammaAt(backend: PairingBackend, index: number, coefficients: readonly G1[]): G1 {
  const powers = coefficients.map((_, position) => BigInt(index) ** BigInt(position + 1));
  return backend.combineG1Vartime([backend.g1, ...coefficients], [1n, ...powers]);
}

/** Reads the public side of a fraction. Throws E_BAD_ENCODING or E_IDENTITY. */
export function readDealing(backend: PairingBackend, field: string, bytes: Uint8Array): Dealing {
  const { index, threshold } = readShareHeader(field, bytes);
  const signedEnd = KEYS_END + (threshold - 1) * G1_LENGTH;
  requireLength(field, bytes, signedEnd + SIGNATURE_LENGTH);
  const owner = bytes.subarray(SHARE_HEADER_LENGTH, SHARE_HEADER_LENGTH + G1_LENGTH);
  const recipient = bytes.subarray(SHARE_HEADER_LENGTH + G1_LENGTH, KEYS_END);
  const coefficients = Array.from({ length: threshold - 1 }, (_, position) => {
    const start = KEYS_END + position * G1_LENGTH;
    return readG1(backend, `${field}.coefficients[${position}]`, bytes.subarray(start, start + G1_LENGTH));
  });
  return {
    wrapped: bytes,
    index,
    threshold,
    common: bytes.subarray(1),
    signed: bytes.subarray(1, signedEnd),
    signature: decodeSignature(`${field}.signature`, bytes.subarray(signedEnd)),
    owner,
    recipient,
    x: readG1(backend, `${field}.owner`, owner),
    y: readG2(backend, `${field}.recipient`, recipient),
    gamma: gammaAt(backend, index, coefficients),
  };
}

/**
 * Lends a kfrag, its public side read by `readShare`, and wipes our copy of its key afterwards; `requireShare` checks that it is what its dealing
 * says. Throws E_BAD_ENCODING.
 */
export function withKFrag<T>(
  backend: PairingBackend,
  bytes: Uint8Array,
  readShare: Reader<Dealing>,
  use: (kfrag: KFrag) => T,
): T {
  requireMinimum("kfrag", bytes, G2_LENGTH, "its key");
  const encodedKey = Uint8Array.from(bytes.subarray(0, G2_LENGTH));
  try {
    const dealing = readShare("kfrag", Uint8Array.from(bytes.subarray(G2_LENGTH)));
    return use({ encodedKey, key: readG2(backend, "kfrag.key", encodedKey), dealing });
  } finally {
    wipe(encodedKey);
  }
}

/**
 * e(X_A, rk_i) = e(Gamma_i, Y_B), so that no owner can frame a node. It does not show who dealt: without a anybody who chooses A_j makes up to
 * m-1 shares that hold, by Gamma_i = k*X_A and rk_i = k*Y_B. m shares that hold would give 1/a*Y_B, so such a dealing opens nothing, and the
 * signature keeps nodes from taking it for the owner's. Throws E_BAD_PROOF.
 */
export function requireShare(backend: PairingBackend, { key, dealing }: KFrag): void {
  if (backend.pairingsEqual([dealing.x, key], [dealing.gamma, dealing.y])) return;
  throw badProof("kfrag", "equation e(X_A, rk) = e(Gamma, Y_B)");
}

/**
 * What a policy fixes on chain: digest = keccak256(Gamma_i 48 ‖ keccak256(wrapped)), point = the last 20 bytes of keccak256 of Gamma_i as
 * EIP-2537 has it.
 */
export function dealingCommitment(backend: PairingBackend, { gamma, wrapped }: Dealing): ShareCommitment {
  const digest = keccak_256(concat(backend.encodeG1(gamma), keccak_256(wrapped)));
  return { digest, point: keccak_256(eip2537(backend, gamma)).slice(12) };
}

/** Checks that this key signed the dealing. Throws E_BAD_ENCODING or E_BAD_SIGNATURE. */
export function requireSigned({ signed, signature }: Dealing, signerPublicKey: Uint8Array): void {
  decodePoint(defaultBackend(), "signerPublicKey", signerPublicKey);
  verifySignature(signerPublicKey, DOMAIN, signed, signature);
}

/** Makes the fractions 1 to `shares` by 1/a. Draws the coefficients of f, then the entropy of the signature. */
export function deal(
  backend: PairingBackend,
  inverse: bigint,
  owner: Uint8Array,
  recipient: PublicKey,
  split: Pick<RekeyRequest, "threshold" | "shares" | "signerSecretKey">,
  random: RandomSource,
): Fraction[] {
  const polynomial = [1n, ...Array.from({ length: split.threshold - 1 }, () => randomGroupScalar(random))];
  const coefficients = polynomial.slice(1).map((one) => backend.encodeG1(backend.multiplyG1(backend.g1, one)));
  const signed = concat(Uint8Array.of(split.threshold), owner, recipient.encodedY, ...coefficients);
  const common = concat(signed, sign(split.signerSecretKey, DOMAIN, signed, random));
  return Array.from({ length: split.shares }, (_, position) => {
    const index = position + 1;
    const key = backend.multiplyG2(recipient.y, multiply(evaluateAt(polynomial, index), inverse));
    const wrapped = concat(Uint8Array.of(index), common);
    const commitment = dealingCommitment(backend, readDealing(backend, "kfrag", wrapped));
    const encodedKey = backend.encodeG2(key);
    const kfrag = concat(encodedKey, wrapped);
    wipe(encodedKey);
    return { kfrag, commitment };
  });
}
