/**
 * What a policy fixes (design 5): the TypeScript twin of `IPolicyManager.Terms`, field for field. Addresses and hashes are
 * lower-case 0x hex; times are seconds since 1970; amounts are NKMS base units.
 */
export interface Terms {
  /** Whose data it is; may revoke. */
  readonly owner: string;
  /** Who paid, and gets every refund. */
  readonly payer: string;
  /** The address that signs the recipient's requests. */
  readonly recipientSigner: string;
  /** How many answers open a capsule, 1 to the number of nodes (the paper's m). */
  readonly threshold: number;
  /** keccak256 of the 33-byte public key of the path. */
  readonly pathKeyId: string;
  /** keccak256 of the recipient's 33-byte encryption key. */
  readonly recipientKeyId: string;
  /** First second of service. */
  readonly start: bigint;
  /** First second without service. */
  readonly end: bigint;
  /** Up to where `end` may be renewed. */
  readonly maxEnd: bigint;
  /** The policy is created before this second or never. */
  readonly acceptBy: bigint;
  /** Base units per node and second. */
  readonly feeRate: bigint;
  /** Base units per share, 0 for none. */
  readonly bounty: bigint;
  /** keccak256 of the condition's bytes, zero for none. */
  readonly conditionHash: string;
  /** keccak256 of the note in the event. */
  readonly noteHash: string;
}
