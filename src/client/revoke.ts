/** revoke: ends a policy at once; what was not served is refunded to its payer (VII.C). */
import { NkmsError } from "../errors";
import type { Context } from "./context";

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
export async function revoke({ chain, inTurn, store }: Context, id: string): Promise<Revoked> {
  const record = await store.get(id);
  if (record === undefined) throw unknownPolicy(id);
  const { hash, receipt } = await inTurn(() => chain.policyManager.revoke(record).send());
  const { end, refund } = chain.policyManager.revocationIn(receipt);
  return { id, end: new Date(Number(end) * 1000), refund, transaction: hash };
}

function unknownPolicy(id: string): NkmsError {
  return new NkmsError("E_UNKNOWN_POLICY", `No policy ${id} is in this identity's store.`, {
    why: "It was made by another identity, on another chain, or the store was lost. Nothing was sent.",
    fix: "Call rebuildPolicies() to restore the store from the chain, or readPolicies() to see what is there.",
    data: { id },
  });
}
