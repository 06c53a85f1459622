/** consentToRevoke: an owner without ether, or out of reach of the chain, ends a policy through whoever sends its signature. */
import { fromHex } from "../bytes";
import { refusal } from "../chain/refusals";
import { isSameAddress } from "../protocol/abi";
import { type Policy, REVOCATION } from "../protocol/policy";
import { decodeRevocation, encodeRevocation, type RevocationConsent } from "../protocol/revocationConsent";
import { requireSame } from "./consentFit";
import { acceptanceDomain, type Context } from "./context";
import { policyOf } from "./renewal";

/**
 * Our wish, as its owner, to end a policy: a text that anybody sends by `revoke(id, {consent})`, at any time until the policy has ended. Sends
 * nothing. Throws E_UNKNOWN_POLICY, E_NOT_OWNER {caller, owner}.
 */
export async function consentToRevoke(context: Context, id: string): Promise<string> {
  const { owner } = (await policyOf(context, id)).terms;
  if (!isSameAddress(owner, context.address)) throw refusal("NotOwner", { caller: context.address, owner });
  return signedRevocation(context, id);
}

/** Our signature under the revocation of a policy, as a text. */
export async function signedRevocation(context: Context, id: string): Promise<string> {
  const { address: party, chain } = context;
  const signature = await context.signAsAccount(acceptanceDomain(context), REVOCATION, { policyId: fromHex(id) });
  const { PolicyManager: policyManager } = chain.deployment;
  return encodeRevocation({ chainId: BigInt(chain.chainId), policyManager, policyId: id, party, signature });
}

/** A consent to end this policy. Throws E_BAD_CONSENT, E_CONSENT_MISMATCH {field, got, expected}. Its signature is the contract's to judge. */
export function fittingRevocation(
  { chain }: Pick<Context, "chain">,
  line: string,
  id: string,
  { terms }: Policy,
): RevocationConsent {
  const consent = decodeRevocation(line);
  requireSame(consent, {
    chainId: BigInt(chain.chainId),
    policyManager: chain.deployment.PolicyManager.toLowerCase(),
    policyId: id.toLowerCase(),
    party: terms.owner.toLowerCase(),
  });
  return consent;
}
