/** renew: prolongs a policy before it ends; nodes and fractions stay as they are (V.A). */
import type { Consent } from "../chain/policyManager";
import { liveShares } from "../chain/policyView";
import { fromHex } from "../bytes";
import type { Context } from "./context";
import { checkBalance, ensureAllowance } from "./funds";
import { ownPolicy } from "./ownPolicy";
import type { PolicyRecord } from "./policyRecord";
import { wholeOption } from "./shareOptions";
import type { Sponsor } from "./sponsor";

export interface RenewOptions {
  /** How many seconds longer; up to the `maxTime` the policy was shared with. */
  readonly time: number;
  /** The policy's sponsor, if it has one. */
  readonly payer?: Sponsor;
  /** False: use the allowance there is, send no approval. */
  readonly approve?: boolean;
}

export interface Renewed {
  readonly id: string;
  readonly expires: Date;
  /** NKMS wei that were added. */
  readonly fee: bigint;
  /** Hash of the transaction. */
  readonly transaction: string;
}

/**
 * Prolongs a policy of ours; its payer pays rate * seconds for each node still in it. Throws E_UNKNOWN_POLICY, E_BAD_OPTION,
 * E_INSUFFICIENT_BALANCE, E_INSUFFICIENT_ALLOWANCE, and why the contract refuses: E_END_ABOVE_MAXIMUM, E_POLICY_ENDED, E_POLICY_CLOSED.
 */
export async function renew(context: Context, id: string, options: RenewOptions): Promise<Renewed> {
  const record = await ownPolicy(context, id);
  const time = BigInt(wholeOption("time", options.time, 1, Number.MAX_SAFE_INTEGER));
  const state = await context.chain.policyManager.policyState(id);
  const renewal = {
    end: state.end + time,
    fee: record.terms.feeRate * BigInt(liveShares(record, state).length) * time,
  };
  const consent = await paymentConsent(context, record, renewal, options.payer);
  const transaction = await sendRenewal(context, record, renewal, { consent, approve: options.approve ?? true });
  return { id, expires: new Date(Number(renewal.end) * 1000), fee: renewal.fee, transaction };
}

interface Renewal {
  readonly end: bigint;
  readonly fee: bigint;
}

async function paymentConsent(
  context: Context,
  { id, terms }: PolicyRecord,
  { end, fee }: Renewal,
  payer?: Sponsor,
): Promise<Consent | undefined> {
  if (payer) return payer.consent({ policyId: fromHex(id), owner: terms.owner, end, amount: fee });
  await checkBalance(context, context.address, fee);
  return undefined;
}

function sendRenewal(
  context: Context,
  record: PolicyRecord,
  { end, fee }: Renewal,
  { consent, approve }: { consent?: Consent; approve: boolean },
): Promise<string> {
  const { policyManager, deployment } = context.chain;
  return context.inTurn(async () => {
    if (consent) return (await policyManager.renewFor(record, end, consent).send()).hash;
    await ensureAllowance(context, deployment.PolicyManager, fee, approve);
    return (await policyManager.renew(record, end).send()).hash;
  });
}
