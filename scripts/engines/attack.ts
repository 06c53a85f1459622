/**
 * What an adversary can try against each engine, with what he would hold. An attack returns what it got; whether that is what he
 * wanted is for the caller to see.
 */
import type { Engine, KeyPair, RandomSource, ShareCommitment } from "../../src/crypto/engine";

/** One rekeying of threshold 1 from owner to recipient, as the recipient sees it. */
export interface Sight {
  readonly engine: Engine;
  readonly commitment: ShareCommitment;
  readonly ownerPublicKey: Uint8Array;
  readonly recipient: KeyPair;
  readonly random: RandomSource;
}

/** The same with the node's key: all values but the owner's secret key. */
export interface Loot extends Sight {
  readonly kfrag: Uint8Array;
  /** Who signs for both, so that no attack fails for want of a signature. */
  readonly signerSecretKey: Uint8Array;
}

/** An honest node: the answers to capsules of somebody's choice, one by one. Throws where the node refuses a capsule. */
export type Node = (capsule: Uint8Array) => Uint8Array;

/** A wrong answer. */
export interface Forgery {
  readonly cfrag: Uint8Array;
  /** What is wrong with it: as the engine calls the check that is broken, if it has one. */
  readonly part: string;
}

export interface Attacks {
  /** The recipient's secret and the node's key together: a candidate for what `secretOf` gives of the owner's secret key. */
  collude(loot: Loot): Uint8Array;
  /** Fractions of one rekeying as one: the fraction of threshold 1 that they are together, if they are enough. Missing where one is all. */
  join?(kfrags: readonly Uint8Array[], sight: Sight): Uint8Array;
  /** The secret behind a secret key, in the form `collude` finds it: the key itself unless this says otherwise. */
  secretOf?(secretKey: Uint8Array): Uint8Array;
  /** Where colluders get something else than a secret key: the keys to which that can open a capsule, of whatever level. */
  open?(got: Uint8Array, loot: Loot, capsule: Uint8Array): Uint8Array[];
  /** The recipient alone, with a node's answers to capsules he chooses: candidates for what `collude` gives. */
  choose(sight: Sight, node: Node): Uint8Array[];
  /** The same with capsules that were made as they should be, where such an attack is known. */
  readonly wait?: (sight: Sight, node: Node) => Uint8Array;
  /** re_ba from re_ab: candidates, each the scalar or the kfrag that turns the recipient's capsules into the owner's. */
  reverse(loot: Loot): Uint8Array[];
  /** What in the key, beside its bytes, may have to do with these public keys: all that a node can try, each by a name of its own. */
  relations(loot: Loot, ownerPublicKey: Uint8Array, recipientPublicKey: Uint8Array): string[];
  /** The parts, by name, in which two keys are the same, though not to the byte. */
  alike?(kfrag: Uint8Array, other: Uint8Array): string[];
  /** An answer in the form of a capsule for the recipient, where no turned capsule is one; for the nodes of his own recipients. */
  disguise?(cfrag: Uint8Array, capsule: Uint8Array, recipientPublicKey: Uint8Array): Uint8Array;
  /** Wrong answers to this capsule that a node can make, each of which breaks one check and passes all others. */
  forgeries(loot: Loot, capsule: Uint8Array): Forgery[];
}
