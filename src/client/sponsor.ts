/** Sponsors: somebody else pays the nodes, by a signed consent to one policy and one amount (III.C, VII.C). */
import type { Consent } from "../chain/policyManager";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { PAYMENT } from "../protocol/policy";
import { acceptanceDomain, type Context } from "./context";
import { checkBalance, raiseAllowance } from "./funds";

/** What a sponsor is asked to pay for: `amount` NKMS wei, so that the policy runs until `end` (Unix seconds). */
export interface PaymentRequest {
  readonly policyId: Uint8Array;
  readonly owner: Address;
  readonly end: bigint;
  readonly amount: bigint;
}

/** Who pays for an owner. `consent` may ask another process or person; it rejects to decline. */
export interface Sponsor {
  readonly address: Address;
  consent(request: PaymentRequest): Promise<Consent>;
}

/** How long a consent is valid, in seconds. */
const VALID_SECONDS = 600n;

/**
 * Us as a sponsor of whoever holds the result, for payments that `approve` agrees to. Each consent covers one policy up to one end, and its amount is
 * approved on top of what earlier ones promised. Every refund comes back to us. Throws E_INSUFFICIENT_BALANCE.
 */
export function sponsor(context: Context, approve: (request: PaymentRequest) => boolean | Promise<boolean>): Sponsor {
  const { address } = context;
  return {
    address,
    async consent(request) {
      if (!(await approve(request))) throw declined(request);
      await checkBalance(context, address, request.amount);
      const { PolicyManager } = context.chain.deployment;
      await context.inTurn(() => raiseAllowance(context, PolicyManager, request.amount));
      return signedConsent(context, request);
    },
  };
}

async function signedConsent(context: Context, { policyId, end, amount }: PaymentRequest): Promise<Consent> {
  const deadline = BigInt(await context.chain.headTime()) + VALID_SECONDS;
  const message = { policyId, end, maximum: amount, deadline };
  return {
    maximum: amount,
    deadline,
    signature: await context.signAsAccount(acceptanceDomain(context), PAYMENT, message),
  };
}

function declined({ owner, amount }: PaymentRequest): NkmsError {
  return new NkmsError("E_DECLINED", `The sponsor does not pay ${amount} wei of NKMS for ${owner}.`, {
    why: "Nothing was sent.",
    fix: "Ask the sponsor, or share without one.",
    data: { owner, amount },
  });
}
