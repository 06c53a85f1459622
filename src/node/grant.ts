/** What a node keeps of a grant beside the fraction itself. Nothing here is secret. */
import { utf8 } from "../bytes";
import { bytes, decode, encode, optional, record, small, text, uint, type Codec } from "../protocol/codec";
import { commitment, MAX_CONDITION_BYTES, ownerKeys, terms, type OwnerKeys } from "../protocol/messages";
import type { Commitment, Terms } from "../protocol/policy";

/** Why a fraction was deleted. */
export type Fate = "expired" | "removed" | "revoked" | "unfunded";

export interface Grant {
  readonly policyId: Uint8Array;
  readonly terms: Terms;
  readonly shareIndex: number;
  /** The commitment of this share. */
  readonly commitment: Commitment;
  readonly ownerKeys: OwnerKeys;
  /** Empty for none. */
  readonly condition: Uint8Array;
  /** What a read costs, in NKMS base units, as it was when the grant was taken; absent if the policy's payer pays. */
  readonly readPrice?: bigint;
  /** Set once the fraction is gone. */
  readonly fate?: Fate;
}

/** A grant as the node knows it now. */
export interface HeldGrant extends Grant {
  /** The policy's end as last seen on chain; undefined as long as it is not seen there. */
  readonly fundedUntil?: bigint;
  /** The network it was granted from; undefined after a restart. */
  readonly network?: string;
}

const grant: Codec<Grant> = record<Grant>({
  policyId: bytes(32),
  terms,
  shareIndex: small(8),
  commitment,
  ownerKeys,
  condition: bytes(0, MAX_CONDITION_BYTES),
  readPrice: optional(uint(128)),
  fate: optional(text(/^(?:expired|removed|revoked|unfunded)$/, 8, "a fate")) as Codec<Fate | undefined>,
});

export function encodeGrant(value: Grant): Uint8Array {
  return utf8(encode(grant, value));
}

/** Throws E_BAD_JSON or E_SCHEMA. */
export function decodeGrant(encoded: Uint8Array): Grant {
  return decode(grant, new TextDecoder().decode(encoded));
}
