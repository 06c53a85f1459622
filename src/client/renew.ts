/** renew: prolongs a policy before it ends; nodes and fractions stay as they are (V.A). Owner and payer agree to it, and either sends it. */
import type { Consent, Consents } from "../chain/policyManager";
import { refusal } from "../chain/refusals";
import { fromHex } from "../bytes";
import { type Address, isSameAddress } from "../protocol/abi";
import type { Policy } from "../protocol/policy";
import { decodeConsent } from "../protocol/renewalConsent";
import { requireAbleNodes } from "./ableNodes";
import { requireFitting } from "./consentToRenew";
import type { Context } from "./context";
import { approveIfMissing, checkBalance, namingPayer } from "./funds";
import { type Renewal, renewalOf } from "./renewal";
import type { Sponsor } from "./sponsor";

export interface RenewOptions {
  /** How many seconds longer; up to the `maxTime` the policy was shared with. */
  readonly time: number;
  /** The policy's sponsor, if it has one and is within reach. */
  readonly payer?: Sponsor;
  /** What `consentToRenew` gave the other party: the sponsor where the owner renews, the owner where the sponsor does. */
  readonly consent?: string;
  /** False: use the allowance there is, send no approval. */
  readonly approve?: boolean;
  /** True: pay also nodes that are suspended, or whose stake is not locked until the new end. */
  readonly anyway?: boolean;
}

export interface Renewed {
  readonly id: string;
  readonly expires: Date;
  /** NKMS wei that were added. */
  readonly fee: bigint;
  /** Hash of the transaction. */
  readonly transaction: string;
}

/** A renewal with the agreements it needs; none where owner and payer are one and send it. */
export interface AgreedRenewal extends Renewal {
  readonly consents?: Consents;
}

/**
 * Prolongs a policy that we own or pay; its payer pays rate * seconds for each node still in it. Throws E_UNKNOWN_POLICY, E_BAD_OPTION,
 * E_INSUFFICIENT_BALANCE, E_INSUFFICIENT_ALLOWANCE, E_NOT_CONSENTED {party, caller}, E_CONSENT_MISMATCH {field, got, expected},
 * E_CONSENT_EXPIRED, E_CONSENT_EXCEEDED, E_BAD_CONSENT, E_NODES_FALL_SHORT {end, nodes}, and why the contract refuses: E_END_ABOVE_MAXIMUM, E_POLICY_ENDED, E_POLICY_CLOSED.
 */
export async function renew(context: Context, id: string, options: RenewOptions): Promise<Renewed> {
  const renewal = await agreedRenewal(context, id, options);
  const { end, fee, policy } = renewal;
  const { policyManager, deployment } = context.chain;
  await checkBalance(context, policy.terms.payer, fee);
  const transaction = await context.inTurn(async () => {
    const call = renewalCall(policyManager, renewal);
    if (isSameAddress(policy.terms.payer, context.address)) {
      await approveIfMissing(context, call, { spender: deployment.PolicyManager, amount: fee, ...options });
    }
    const sent = call.send().catch((error: unknown) => {
      throw namingPayer(error, policy.terms.payer);
    });
    return (await sent).hash;
  });
  return { id, expires: new Date(Number(end) * 1000), fee, transaction };
}

/** A renewal that needs nothing but to be sent by us. Throws as {@link renew} does before it sends. */
export async function agreedRenewal(
  context: Context,
  id: string,
  { time, payer, consent, anyway = false }: Omit<RenewOptions, "approve">,
): Promise<AgreedRenewal> {
  const given = consent === undefined ? undefined : decodeConsent(consent);
  const renewal = await renewalOf(context, id, time);
  const party = otherParty(context, renewal.policy);
  if (!anyway) await requireAbleNodes(context, renewal);
  if (party === undefined) return renewal;
  const { owner, payer: sponsor } = renewal.policy.terms;
  if (given !== undefined) {
    await requireFitting(context, given, renewal, party);
    return { ...renewal, consents: isSameAddress(party, owner) ? { grant: given } : { payment: given } };
  }
  if (payer === undefined || !isSameAddress(party, sponsor)) throw notConsented(context, party);
  return { ...renewal, consents: { payment: await sponsorConsent(payer, renewal) } };
}

/** Calls the function of the contract that a renewal takes. */
export function renewalCall<T>(
  manager: {
    renew(policy: Policy, newEnd: bigint): T;
    renewFor(policy: Policy, newEnd: bigint, consents: Consents): T;
  },
  { policy, end, consents }: AgreedRenewal,
): T {
  return consents ? manager.renewFor(policy, end, consents) : manager.renew(policy, end);
}

/** Who must agree besides us; undefined if we own and pay the policy. Throws E_NOT_CONSENTED if we do neither. */
function otherParty(context: Context, { terms: { owner, payer } }: Policy): Address | undefined {
  const others = [owner, payer].filter((party) => !isSameAddress(party, context.address));
  if (others.length === 2) throw notConsented(context, owner);
  return others[0];
}

function sponsorConsent(payer: Sponsor, { id, policy, end, fee }: Renewal): Promise<Consent> {
  return payer.consent({ policyId: fromHex(id), owner: policy.terms.owner, end, amount: fee });
}

function notConsented({ address }: Context, party: Address) {
  return refusal("NotConsented", { party, caller: address });
}
