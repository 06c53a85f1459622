/**
 * consentToRenew: the agreement of one party of a policy to its renewal by the other: of the sponsor, who pays, or of the owner, who wants
 * it (VII.C). It is a text, and travels by any means.
 */
import { refusal } from "../chain/refusals";
import { fromHex } from "../bytes";
import { NkmsError } from "../errors";
import { type Address, isSameAddress } from "../protocol/abi";
import { GRANT, PAYMENT, type Terms } from "../protocol/policy";
import { encodeConsent, type RenewalConsent } from "../protocol/renewalConsent";
import { acceptanceDomain, type Context } from "./context";
import { requireAbleNodes } from "./ableNodes";
import { requireSame } from "./consentFit";
import { checkBalance, raiseAllowance, requireAllowance } from "./funds";
import { type Renewal, renewalOf } from "./renewal";
import { wholeOption } from "./shareOptions";

export interface ConsentOptions {
  /** How many seconds longer the policy is to run; the other party renews by the same. */
  readonly time: number;
  /** For how many seconds the consent is valid; default a day. */
  readonly validFor?: number;
  /** False: use the allowance there is, send no approval. */
  readonly approve?: boolean;
  /** True: agree also where nodes are suspended, or their stake is not locked until the new end. */
  readonly anyway?: boolean;
}

const DAY = 86_400;

/**
 * Our agreement to one renewal of a policy that we own or pay, not both. A sponsor's covers its fee, which is approved on top of what earlier consents promised. Give the text to the other party:
 * `renew(id, {time, consent})`. Throws as renew does, and E_SAME_PARTY.
 */
export async function consentToRenew(context: Context, id: string, options: ConsentOptions): Promise<string> {
  const renewal = await renewalOf(context, id, options.time);
  const maximum = requiredOf(context, renewal);
  if (!options.anyway) await requireAbleNodes(context, renewal);
  if (maximum > 0n) {
    await checkBalance(context, context.address, maximum);
    const { PolicyManager } = context.chain.deployment;
    const cover = (options.approve ?? true) ? raiseAllowance : requireAllowance;
    await context.inTurn(() => cover(context, PolicyManager, maximum));
  }
  return encodeConsent(await signedConsent(context, renewal, options.validFor));
}

/** NKMS wei that we would pay: the fee as a sponsor, nothing as an owner. Throws E_NOT_CONSENTED if we are neither, E_SAME_PARTY if we are both. */
export function requiredOf({ address }: Context, { policy, fee }: Renewal): bigint {
  const { owner, payer } = policy.terms;
  if (isSameAddress(owner, payer)) throw sameParty(policy.terms);
  if (isSameAddress(address, payer)) return fee;
  if (isSameAddress(address, owner)) return 0n;
  throw refusal("NotConsented", { party: owner, caller: address });
}

/** Our signature of a renewal; sends nothing. */
export async function signedConsent(
  context: Context,
  renewal: Renewal,
  validFor: number = DAY,
): Promise<RenewalConsent> {
  const { address: party, chain } = context;
  const seconds = wholeOption("validFor", validFor, 1, Number.MAX_SAFE_INTEGER);
  const { id, policy, end } = renewal;
  const isOwner = isSameAddress(party, policy.terms.owner);
  const deadline = BigInt(await chain.headTime()) + BigInt(seconds);
  const message = { policyId: fromHex(id), end, maximum: requiredOf(context, renewal), deadline };
  const signature = await context.signAsAccount(acceptanceDomain(context), isOwner ? GRANT : PAYMENT, message);
  const { PolicyManager: policyManager } = chain.deployment;
  return { ...message, chainId: BigInt(chain.chainId), policyManager, policyId: id, party, signature };
}

/**
 * Throws E_CONSENT_MISMATCH {field, got, expected}, E_CONSENT_EXPIRED {deadline, timestamp} or E_CONSENT_EXCEEDED {required, maximum} unless a consent of `party`
 * is for this renewal. Its signature is the contract's to judge.
 */
export async function requireFitting(
  { chain }: Context,
  consent: RenewalConsent,
  { id, policy, end, fee }: Renewal,
  party: Address,
): Promise<void> {
  const expected = {
    chainId: BigInt(chain.chainId),
    policyManager: chain.deployment.PolicyManager.toLowerCase(),
    policyId: id,
    party: party.toLowerCase(),
    end,
  };
  requireSame(consent, expected);
  const { deadline, maximum } = consent;
  const timestamp = BigInt(await chain.headTime());
  if (timestamp >= deadline) throw refusal("ConsentExpired", { deadline, timestamp });
  const required = isSameAddress(party, policy.terms.payer) ? fee : 0n;
  if (required > maximum) throw refusal("ConsentExceeded", { required, maximum });
}

function sameParty({ owner }: Terms): NkmsError {
  return new NkmsError("E_SAME_PARTY", `${owner} owns and pays this policy.`, {
    why: "Nobody else is needed, so there is nothing to consent to.",
    fix: "Renew it from that account: renew(id, {time}).",
    data: { owner },
  });
}
