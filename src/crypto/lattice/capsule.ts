/**
 * Capsules of the lattice schemes: ciphertext ‖ commitment 32, and turned ones with hops 1 ‖ ciphertext ‖ binding 32 after that.
 *
 *   message random, all other randomness from HKDF(message, pk), commitment = HKDF(message, pk ‖ ciphertext), K = HKDF(message, capsule)
 *
 * A capsule is a function of message and public key, so whoever has the message makes it again, and a capsule that was not made like this, or
 * was changed in any bit, opens for nobody. The commitment holds also under a public key that nobody made honestly: a capsule has one key.
 *
 * A turn's ciphertext decrypts to the same message under any change smaller than its noise, so its binding, SHA-256(domain ‖ capsule ‖ hops ‖
 * ciphertext), keeps changed ones out. Like an answer's, it proves nothing: whoever turns computes it.
 */
import { concat, equalBytes } from "../../bytes";
import { requireLength, splitFields } from "../encoding";
import type { EngineProperties, RandomSource } from "../engine";
import { badEncoding, badProof } from "../errors";
import { equalSecrets, wipe } from "../secrets";
import { derive } from "./expand";
import { BINDING_LENGTH, bindingOf } from "./fraction";

const COMMITMENT_LENGTH = 32;

/** A scheme as a lattice engine uses it. All byte arrays have one encoding per value. */
export interface LatticeScheme {
  readonly properties: EngineProperties;
  readonly publicKeyLength: number;
  readonly ciphertextLength: number;
  readonly bodyLength: number;
  failureLog2(hops: number): number;
  publicKeyOf(seed: Uint8Array): Uint8Array;
  /** Throws E_BAD_ENCODING, as do the next two. */
  checkPublicKey(field: string, bytes: Uint8Array): void;
  checkCiphertext(field: string, bytes: Uint8Array): void;
  checkBody(field: string, bytes: Uint8Array): void;
  drawMessage(random: RandomSource): Uint8Array;
  /** A function of its arguments; `seed` is the source of all randomness. */
  encrypt(publicKey: Uint8Array, message: Uint8Array, seed: Uint8Array): Uint8Array;
  /** Some message; the right one if nothing was changed. */
  decrypt(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array;
  /** The secret of a re-encryption key. Throws E_INTERACTIVE or E_WRONG_KEY in interactive schemes. */
  rekey(keys: RekeyKeys, random: RandomSource): Uint8Array;
  /** A function of its arguments. */
  turn(body: Uint8Array, ciphertext: Uint8Array): Uint8Array;
}

export interface RekeyKeys {
  readonly ownerSecretKey: Uint8Array;
  readonly recipientPublicKey: Uint8Array;
  readonly recipientSecretKey?: Uint8Array;
}

export interface Capsule {
  readonly bytes: Uint8Array;
  /** Without turns. */
  readonly original: Uint8Array;
  readonly hops: number;
  /** The last turn's, or the original's. */
  readonly ciphertext: Uint8Array;
}

export const domainOf = ({ properties }: LatticeScheme, use: string): string => `nkms/v1/${properties.name}/${use}`;

/** Length of an original capsule. */
export const capsuleLengthOf = ({ ciphertextLength }: LatticeScheme): number => ciphertextLength + COMMITMENT_LENGTH;

/** The original capsule of a message, and the key inside it. */
export function makeCapsule(scheme: LatticeScheme, publicKey: Uint8Array, message: Uint8Array) {
  const seed = derive(domainOf(scheme, "coins"), message, publicKey);
  const ciphertext = scheme.encrypt(publicKey, message, seed);
  wipe(seed);
  const capsule = concat(ciphertext, derive(domainOf(scheme, "commitment"), message, publicKey, ciphertext));
  return { capsule, key: derive(domainOf(scheme, "key"), message, capsule) };
}

/** The key of a capsule whose ciphertext gave this message, undefined if the message does not make this capsule. */
export function keyOf(
  scheme: LatticeScheme,
  publicKey: Uint8Array,
  original: Uint8Array,
  message: Uint8Array,
): Uint8Array | undefined {
  const { capsule, key } = makeCapsule(scheme, publicKey, message);
  return equalSecrets(capsule, original) ? key : undefined;
}

/** Reads a capsule's encoding; nothing in it is proven. Throws E_BAD_ENCODING, and E_BAD_PROOF where a turn is not the one bound. */
export function readCapsule(scheme: LatticeScheme, bytes: Uint8Array): Capsule {
  const { ciphertextLength, properties } = scheme;
  const originalLength = capsuleLengthOf(scheme);
  if (!(bytes instanceof Uint8Array) || bytes.length <= originalLength) {
    requireLength("capsule", bytes, originalLength);
    const copy = Uint8Array.from(bytes);
    const ciphertext = copy.subarray(0, ciphertextLength);
    scheme.checkCiphertext("capsule", ciphertext);
    return { bytes: copy, original: copy, hops: 0, ciphertext };
  }
  const [original, turn, binding] = splitFields("capsule", bytes, [
    originalLength,
    1 + ciphertextLength,
    BINDING_LENGTH,
  ]) as [Uint8Array, Uint8Array, Uint8Array];
  readCapsule(scheme, original);
  const { hops, ciphertext } = readTurn(scheme, "capsule", turn, properties.maxHops);
  if (!equalBytes(binding, turnBinding(scheme, original, turn))) throw badProof("capsule", "binding of the turn");
  return { bytes: Uint8Array.from(bytes), original, hops, ciphertext };
}

/** The encoding of an original capsule with its last turn, hops 1 ‖ ciphertext. */
export function encodeTurned(scheme: LatticeScheme, original: Uint8Array, turn: Uint8Array): Uint8Array {
  return concat(original, turn, turnBinding(scheme, original, turn));
}

function turnBinding(scheme: LatticeScheme, original: Uint8Array, turn: Uint8Array): Uint8Array {
  return bindingOf(domainOf(scheme, "turned"), original, turn);
}

/** Reads hops 1 ‖ ciphertext. Throws E_BAD_ENCODING. */
export function readTurn(scheme: LatticeScheme, field: string, turn: Uint8Array, maxHops: number) {
  const [hops] = turn;
  if (hops < 1 || hops > maxHops) throw badEncoding(`${field}.hops`, "is out of range", hops, [1, maxHops]);
  const ciphertext = turn.subarray(1);
  scheme.checkCiphertext(field, ciphertext);
  return { hops, ciphertext };
}
