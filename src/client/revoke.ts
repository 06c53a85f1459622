/** revoke: ends a policy at once; what was not served is refunded to its payer (VII.C). */
import { shareIndexOf } from "../chain/policyView";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { fittingRevocation } from "./consentToRevoke";
import type { Context, Transaction } from "./context";
import { ownPolicy } from "./ownPolicy";
import { policyOf } from "./renewal";

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
  /** What `consentToRevoke` gave the owner: then we send the revocation of a policy that need not be ours. */
  readonly consent?: string;
}

/**
 * Revokes a policy of ours, or one of its nodes, from any process that has our store. Nodes then delete their fractions; what a recipient decrypted
 * before stays with them. With an owner's `consent` anybody revokes the whole policy. Throws E_UNKNOWN_POLICY if neither store nor, with a consent, chain
 * knows the id, E_NOT_IN_POLICY, E_BAD_CONSENT, E_CONSENT_MISMATCH, E_BAD_OPTION for a node with a consent, and why the contract refuses.
 */
export async function revoke(context: Context, id: string, options: RevokeOptions = {}): Promise<Revoked> {
  const { policyManager } = context.chain;
  const call = await revocation(context, id, options);
  const { hash, receipt } = await context.inTurn(() => call.send());
  const { end, refund } = policyManager.revocationIn(receipt);
  const until = end ?? (await policyManager.policyState(id)).end;
  return { id, end: new Date(Number(until) * 1000), refund, transaction: hash };
}

async function revocation(context: Context, id: string, { node, consent }: RevokeOptions): Promise<Transaction<void>> {
  const { policyManager } = context.chain;
  if (consent === undefined) {
    const record = await ownPolicy(context, id);
    return node === undefined
      ? policyManager.revoke(record)
      : policyManager.revokeNode(record, shareIndexOf(record, node));
  }
  if (node !== undefined) throw nodeWithConsent(node);
  const policy = await policyOf(context, id);
  return policyManager.revokeBySignature(policy, fittingRevocation(context, consent, id, policy).signature);
}

function nodeWithConsent(got: Address): NkmsError {
  return new NkmsError("E_BAD_OPTION", `The option node names ${got}, but a consent ends the whole policy.`, {
    why: "A node is taken out by the owner's own transaction. Nothing was sent.",
    fix: "Leave out node, or let the owner revoke it.",
    data: { option: "node", got },
  });
}
