/** returnBounty: what an owner escrowed for whoever proves a leak comes back when no proof can come any more (III.C). */
import type { Context } from "./context";
import { policyOf } from "./renewal";

export interface ReturnedBounty {
  readonly id: string;
  /** NKMS wei that went to the policy's owner. */
  readonly amount: bigint;
  /** Hash of the transaction. */
  readonly transaction: string;
}

/**
 * Sends the bounties of all shares that did not leak to the policy's owner; anybody may, once the windows for evidence are over. Throws E_UNKNOWN_POLICY,
 * E_TOO_EARLY {opensAt, timestamp}, E_NOTHING_TO_RETURN.
 */
export async function returnBounty(context: Context, id: string): Promise<ReturnedBounty> {
  const call = context.chain.policyManager.returnBounty(await policyOf(context, id));
  return context.inTurn(async () => {
    const amount = await call.check();
    return { id, amount, transaction: (await call.send()).hash };
  });
}
