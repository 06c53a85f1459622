/**
 * What an adversary can try against each engine, with what he would hold. An attack returns what it got; whether that is what he
 * wanted is for the caller to see.
 */
import type { Engine, KeyPair, ShareCommitment } from "../../src/crypto/engine";

/** One rekeying of threshold 1 from owner to recipient, all of whose values the adversary has but the owner's secret key. */
export interface Loot {
  readonly engine: Engine;
  readonly kfrag: Uint8Array;
  readonly commitment: ShareCommitment;
  readonly ownerPublicKey: Uint8Array;
  readonly recipient: KeyPair;
}

export interface Attacks {
  /** The recipient's secret and the node's key together: a candidate for what `secretOf` gives of the owner's secret key. */
  collude(loot: Loot): Uint8Array;
  /** The secret behind a secret key, in the form `collude` finds it: the key itself unless this says otherwise. */
  secretOf?(secretKey: Uint8Array): Uint8Array;
  /** re_ba from re_ab: a candidate for the scalar, in lattice schemes the kfrag, that turns the recipient's capsules into the owner's. */
  reverse(loot: Loot): Uint8Array | undefined;
  /** Whether the key seems to link this owner and this recipient: all relations to public keys that a node can try. */
  links(loot: Loot, ownerPublicKey: Uint8Array, recipientPublicKey: Uint8Array): boolean;
  /** Whether two keys of different rekeyings seem to link the same pair. */
  recognises?(kfrag: Uint8Array, other: Uint8Array): boolean;
  /** A wrong answer for this capsule that a node can make, beside the answer to another capsule. */
  forge?(loot: Loot, capsule: Uint8Array): Uint8Array;
}
