/** revoke: ends a policy at once; what was not served is refunded to its payer (VII.C). */
import { shareIndexOf } from "../chain/policyView";
import type { Address } from "../protocol/abi";
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

export interface RevokeOptions {
  /** Takes out this node alone, by staker address; with fewer nodes than the threshold left, the policy ends. */
  readonly node?: Address;
}

/**
 * Revokes a policy of ours, or one of its nodes, from any process that has our store. Nodes then delete their fractions; what a recipient decrypted
 * before stays with them. Throws E_UNKNOWN_POLICY if the store does not know the id, E_NOT_IN_POLICY, and why the contract refuses.
 */
export async function revoke(context: Context, id: string, { node }: RevokeOptions = {}): Promise<Revoked> {
  const { policyManager } = context.chain;
  const record = await ownPolicy(context, id);
  const call =
    node === undefined ? policyManager.revoke(record) : policyManager.revokeNode(record, shareIndexOf(record, node));
  const { hash, receipt } = await context.inTurn(() => call.send());
  const { end, refund } = policyManager.revocationIn(receipt);
  const until = end ?? (await policyManager.policyState(id)).end;
  return { id, end: new Date(Number(until) * 1000), refund, transaction: hash };
}
