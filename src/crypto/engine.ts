/**
 * The one interface of all re-encryption engines (paper II.A.3, II.B, III.B).
 *
 * An engine is a key encapsulation mechanism whose capsule nodes can turn from the owner's key to the recipient's.
 * Everything crosses it as canonical bytes: one encoding per value, no trailing bytes; a malformed value is refused by a
 * CryptoError before anything is computed. Randomness is a parameter; production passes `osRandom`.
 */
import type { Point } from "./backend";

/** Returns `length` fresh random bytes. Production uses `osRandom`; only tests and vectors pass a seeded source. */
export type RandomSource = (length: number) => Uint8Array;

/** What a scheme can do and what it cannot: the rows of docs/engines.md. */
export interface EngineProperties {
  readonly name: string;
  /** Rekeying needs both secret keys (eq 20) rather than the owner's secret and the recipient's public key (eq 21). */
  readonly interactive: boolean;
  /** re_ba cannot be computed from re_ab. */
  readonly unidirectional: boolean;
  /** How many re-encryptions one capsule survives. */
  readonly maxHops: number;
  /** Recipient and nodes together do not learn the owner's scope key. */
  readonly collusionResistant: boolean;
  /** A re-encryption key does not reveal whose keys it links. */
  readonly keyPrivate: boolean;
  /** m-of-n fractions. */
  readonly threshold: boolean;
  /** Who detects a wrong answer: whoever holds the public values, or only the recipient, who opens it. */
  readonly verifiable: "by anyone" | "by the recipient";
  /** A wrong answer can be shown to a contract. */
  readonly onChainVerifiable: boolean;
  /** log2 of a bound on the probability that an honest capsule does not open after `maxHops`; -Infinity where there is no noise. */
  readonly failureLog2: number;
  /**
   * How many capsules one re-encryption key may turn before the owner's key has to be renewed, because the recipient learns something of it from
   * each. It holds for capsules that were made honestly, and against recipients who keep all answers, work together and know what the capsules were
   * made of, but chose none. Against one who chooses them a few answers are too many, and 0 says that a few honest ones are. An engine keeps no
   * count and knows no producer: whoever holds a fraction does, by `CountedFraction`.
   */
  readonly maxAnswers: number;
}

export interface KeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A fresh capsule and the 32-byte symmetric key inside it. */
export interface Encapsulation {
  readonly capsule: Uint8Array;
  readonly key: Uint8Array;
}

export interface RekeyRequest {
  /** The owner's secret key of one path. */
  readonly ownerSecretKey: Uint8Array;
  readonly recipientPublicKey: Uint8Array;
  /** Only interactive schemes take it, and need it (eq 20). */
  readonly recipientSecretKey?: Uint8Array;
  /** The owner's signing key, of secp256k1 with every engine: never an encryption key. */
  readonly signerSecretKey: Uint8Array;
  /** How many answers open a capsule, 1 to `shares` (the paper's m). */
  readonly threshold: number;
  /** How many fractions are made, 1 to 32 (the paper's n). */
  readonly shares: number;
}

/**
 * What a policy fixes on chain about one fraction (design 5): `digest` is 32 bytes, `point` the 20-byte Ethereum address of the
 * fraction's public point, so that a contract can check a product with one ecrecover.
 */
export interface ShareCommitment {
  readonly digest: Uint8Array;
  readonly point: Uint8Array;
}

/** One node's fraction of a re-encryption key with its public commitment. The fraction is secret. */
export interface Fraction {
  readonly kfrag: Uint8Array;
  readonly commitment: ShareCommitment;
}

/** The public keys a fraction is bound to. */
export interface FractionKeys {
  readonly ownerPublicKey: Uint8Array;
  readonly recipientPublicKey: Uint8Array;
  readonly signerPublicKey: Uint8Array;
}

/** The public values an answer is checked against. The commitment is the one the policy fixed on chain. */
export interface AnswerContext {
  readonly capsule: Uint8Array;
  readonly commitment: ShareCommitment;
  readonly ownerPublicKey: Uint8Array;
  readonly recipientPublicKey: Uint8Array;
  /**
   * The owner's verifying key, where the recipient knows it. In `umbral` and `afgh` what the owner signed is then checked by `verify`, in `ecies` by
   * `combine`, because it lies in the box (II.C). In the other engines the owner signs nothing, and this says nothing.
   */
  readonly signerPublicKey?: Uint8Array;
}

declare const verified: unique symbol;

/** An answer that passed `verify`; `combine` takes nothing else (invariant I-L2). */
export interface VerifiedAnswer {
  readonly cfrag: Uint8Array;
  readonly [verified]: true;
}

/** A re-encryption engine. All byte arrays are canonical encodings of the scheme named in `properties`. */
export interface Engine {
  readonly properties: EngineProperties;
  /** The curve back-end the engine runs on, named in output. */
  readonly backend: string;
  /** Length in bytes of every capsule `encapsulate` makes. */
  readonly capsuleLength: number;
  keygen(random: RandomSource): KeyPair;
  publicKeyOf(secretKey: Uint8Array): Uint8Array;
  /** Makes a key only the owner of `publicKey` can open (eq 5). */
  encapsulate(publicKey: Uint8Array, random: RandomSource): Encapsulation;
  /** Opens a capsule with the owner's own key (eq 6). Checks the capsule first. */
  decapsulate(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array;
  /** Checks a capsule's own proof; nodes call it before they touch a capsule. */
  verifyCapsule(capsule: Uint8Array): void;
  /** Splits the right to read into `shares` fractions (eq 8, III.B). */
  rekey(request: RekeyRequest, random: RandomSource): Fraction[];
  /** Checks a fraction against its keys and returns its commitment, for the node to compare with the policy's. */
  verifyFraction(kfrag: Uint8Array, keys: FractionKeys): ShareCommitment;
  /**
   * Turns the capsule towards the recipient (eq 9) and proves it. Checks the capsule first, which on a lattice engine tells nothing of who made it: there
   * an answer to a capsule of the recipient's choice gives him a part of the owner's secret key, and a few give him all.
   * Turn what others ask for by `CountedFraction` alone.
   */
  reencrypt(kfrag: Uint8Array, capsule: Uint8Array, random: RandomSource): Uint8Array;
  /** Checks an answer's proof against the capsule and the on-chain commitment. Throws E_BAD_PROOF. */
  verify(cfrag: Uint8Array, context: AnswerContext): VerifiedAnswer;
  /**
   * Opens a capsule with `threshold` verified answers. For lattice engines `ownerPublicKey` is the key the capsule was first made for. Throws
   * E_NOT_ENOUGH_SHARES, E_WRONG_KEY or E_TAMPERED.
   */
  combine(
    recipientSecretKey: Uint8Array,
    ownerPublicKey: Uint8Array,
    capsule: Uint8Array,
    answers: readonly VerifiedAnswer[],
  ): Uint8Array;
}

/** A rekeying whose fractions may be given to nodes that are not told whose keys they link. */
export interface UmbralRekeyRequest extends RekeyRequest {
  /** Whether what the owner signs for the node names the keys. Default: both. What is signed for the recipient always does. */
  readonly proxySignature?: { readonly ownerKey: boolean; readonly recipientKey: boolean };
}

/** What a node knows that checks a fraction by what was signed for it alone. */
export interface ProxyKeys {
  readonly signerPublicKey: Uint8Array;
  readonly ownerPublicKey?: Uint8Array;
  readonly recipientPublicKey?: Uint8Array;
}

/** An answer, and what it is checked against. */
export interface Checkable {
  readonly cfrag: Uint8Array;
  readonly context: AnswerContext;
}

/**
 * What a contract needs to see that an answer's proof fails or holds, without multiplying points: the points of the three equations and the
 * products in them, 65 bytes uncompressed each, and what makes the owner's signature name its key. Names are those of the proof.
 */
export interface Evidence {
  readonly points: Readonly<Record<EvidencePoint, Point>>;
  /** 32 bytes, what the owner signed for the recipient. */
  readonly messageHash: Uint8Array;
  /** Whether the y of the signature's nonce point is odd: v = 28 rather than 27. */
  readonly oddNonce: boolean;
}

/** Of the equations z*E = E2 + h*E1, z*V = V2 + h*V1, z*U = U2 + h*U1: e is E, ez is z*E, e1h is h*E1, and so on. */
export type EvidencePoint = EquationPoint<"e"> | EquationPoint<"v"> | Exclude<EquationPoint<"u">, "u">;

type EquationPoint<Base extends string> = Base | `${Base}z` | `${Base}1` | `${Base}1h` | `${Base}2`;

/** What Umbral has beyond the common interface. */
export interface UmbralEngine extends Engine {
  rekey(request: UmbralRekeyRequest, random: RandomSource): Fraction[];
  /**
   * Checks a fraction as a node does that knows only some of the keys: the commitment, and what the owner signed for the node. What he signed for
   * the recipient it cannot check, so it also compares the commitment with the policy's. Throws
   * E_BAD_PROOF, E_BAD_SIGNATURE, or E_WRONG_KEY {field} where a key is signed and not given.
   */
  verifyProxySignature(kfrag: Uint8Array, keys: ProxyKeys): ShareCommitment;
  /**
   * `verify` of many answers, whose proofs are checked in one equation. Where it fails each is checked alone, and the error of the first that
   * fails has its `index`. Saves doublings where the back-end shares them: of 16 answers two thirds of the time on noble, nothing on native.
   */
  verifyMany(answers: readonly Checkable[], random: RandomSource): VerifiedAnswer[];
  /** What shows an answer to a contract, right or wrong. Throws E_BAD_SIGNATURE if the owner did not sign its fraction for these keys. */
  evidence(cfrag: Uint8Array, capsule: Uint8Array, keys: FractionKeys): Evidence;
}

/** A re-encryption key between two secret keys: 32 secret bytes, and the point R = rk*G that identifies its turns. */
export interface HopKey {
  readonly key: Uint8Array;
  /** 33 bytes. */
  readonly point: Uint8Array;
}

/**
 * An engine whose capsules can be turned again and again (eq 22, V.G). A turned capsule is the original followed by one proven turn
 * per hop; every function of `Engine` takes it in place of the original.
 */
export interface MultiHopEngine extends Engine {
  /** The key from one secret key to another (eq 20): an owner's two versions, or a chain of holders. */
  hopKey(fromSecretKey: Uint8Array, toSecretKey: Uint8Array, random: RandomSource): HopKey;
  /** rk_ac = rk_ab * rk_bc (eq 23). */
  compose(first: Uint8Array, second: Uint8Array): HopKey;
  /** rk_ba from rk_ab alone: these schemes are bi-directional. */
  reverse(key: Uint8Array, random: RandomSource): HopKey;
  /** Turns a capsule once more, having checked all earlier turns. Always the same bytes for the same input. */
  hop(key: Uint8Array, capsule: Uint8Array): Uint8Array;
  /** Checks that a capsule was turned by the keys with these points, in order, and by no others. Throws E_BAD_PROOF. */
  verifyHops(capsule: Uint8Array, points: readonly Uint8Array[]): void;
  /** Replaces all turns by one of their product key. Throws E_WRONG_KEY if it is another key. */
  collapse(productKey: Uint8Array, capsule: Uint8Array): Uint8Array;
}

/** An engine with a second kind of capsule, for one recipient only: no node can turn it (AFGH's first level). */
export interface LevelledEngine extends Engine {
  /** Makes a key only the owner of `publicKey` can ever open. */
  encapsulateFirstLevel(publicKey: Uint8Array, random: RandomSource): Encapsulation;
  decapsulateFirstLevel(secretKey: Uint8Array, capsule: Uint8Array): Uint8Array;
}

/**
 * An engine on noisy capsules, whose turns nothing proves. Whoever opens a capsule makes it again and compares (Fujisaki and Okamoto 1999), and
 * for that needs the public key it was first made for. A turned capsule is the original followed by its last turn; `reencrypt` and `hop` take
 * it in place of the original until it was turned `maxHops` times.
 */
export interface LatticeEngine extends Engine {
  /** log2 of a bound on the probability that an honest capsule does not open after so many hops. */
  failureLog2(hops: number): number;
  /**
   * Turns a capsule by the only fraction of a rekeying from its holder to the next. Always the same bytes for the same input. Like `reencrypt` it
   * gives the holder's secret key to a next holder who chooses capsules.
   */
  hop(kfrag: Uint8Array, capsule: Uint8Array): Uint8Array;
  /** Opens a turned capsule with its last holder's secret key; `originPublicKey` is its first holder's. Throws E_TAMPERED. */
  decapsulateTurned(secretKey: Uint8Array, originPublicKey: Uint8Array, capsule: Uint8Array): Uint8Array;
}
