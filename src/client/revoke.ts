/** revoke: ends a policy at once; what was not served is refunded to its payer (VII.C). */
import type { Context } from "./context";
import { ownPolicy } from "./ownPolicy";

export interface Revoked {
  readonly id: string;
  /** When access and fees end; later than now only while the least paid time runs. */
  readonly end: Date;
  /** NKMS wei that went back to the payer. */
  readonly refund: bigint;
  /** Hash of the transaction. */
  readonly transaction: string;
}

/**
 * Revokes a policy of ours, from any process that has our store. Nodes then delete their fractions; what a recipient decrypted
 * before stays with them. Throws E_UNKNOWN_POLICY if the store does not know the id, and why the contract refuses.
 */
export async function revoke(context: Context, id: string): Promise<Revoked> {
  const { chain, inTurn } = context;
  const record = await ownPolicy(context, id);
  const { hash, receipt } = await inTurn(() => chain.policyManager.revoke(record).send());
  const { end, refund } = chain.policyManager.revocationIn(receipt);
  return { id, end: new Date(Number(end) * 1000), refund, transaction: hash };
}
