import type { Chain } from "../../src/chain/connection";
import { requireAbleNodes } from "../../src/client/ableNodes";
import { requiredOf, signedConsent } from "../../src/client/consentToRenew";
import { consentToRevoke } from "../../src/client/consentToRevoke";
import type { Context } from "../../src/client/context";
import { agreedRenewal, type AgreedRenewal, renewalCall } from "../../src/client/renew";
import { namingPayer } from "../../src/client/funds";
import { renewalOf } from "../../src/client/renewal";
import { isSameAddress } from "../../src/protocol/abi";
import { formatAmount } from "../../src/protocol/amount";
import { encodeConsent } from "../../src/protocol/renewalConsent";
import { openClient } from "../support/client";
import { readNamedFile, writeNamedFile } from "../support/files";
import { approval, payingSteps } from "../support/pay";
import { policyId } from "../support/policies";
import { propose, type Step } from "../support/propose";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { nkms, utc } from "../support/show";

const DEFAULT_VALID_SECONDS = 86_400;

/** Prolongs a policy at its rate; sent by its owner or its sponsor. */
export async function renewPolicy(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const time = session.wholeNumber("time", 1);
  const consent = await consentFrom(session);
  const { chain, context } = await openClient(session);
  const renewal = await agreedRenewal(context, id, { time, consent, anyway: session.flag("anyway") });
  const { end, fee, policy } = renewal;
  const { payer } = policy.terms;
  return propose(session, chain, {
    title: "Renew",
    rows: [
      ["policy", id],
      ["until", utc(end)],
      ["fee", `${nkms(fee)} from ${payer}`],
    ],
    result: { policyId: id, end: Number(end), fee: formatAmount(fee), payer },
    steps: await renewalSteps(context, chain, renewal),
  });
}

async function renewalSteps({ address }: Context, chain: Chain, renewal: AgreedRenewal): Promise<Step[]> {
  const { policyManager, deployment } = chain;
  const { payer } = renewal.policy.terms;
  const step = { title: "renew", call: () => renewalCall(policyManager, renewal) };
  if (isSameAddress(payer, address)) {
    return payingSteps(chain, { payer, spender: deployment.PolicyManager, amount: renewal.fee }, step);
  }
  await step
    .call()
    .check()
    .catch((error: unknown) => {
      throw namingPayer(error, payer);
    });
  return [step];
}

/** Agrees to a renewal that the other party sends, as its sponsor or its owner, or as its owner to a revocation that anybody sends. */
export function consent(session: Session): Promise<Outcome> {
  return session.flag("revoke") ? consentToRevocation(session) : consentToRenewal(session);
}

async function consentToRevocation(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const { chain, context } = await openClient(session);
  const line = await consentToRevoke(context, id);
  const { result, text } = await propose(session, chain, {
    title: "Consent to a revocation",
    rows: [
      ["policy", id],
      ["as", "its owner"],
      ["valid", "until the policy has ended"],
    ],
    result: { policyId: id, party: context.address },
    steps: [],
  });
  return session.flag("dryRun") ? { result, text } : handedOver(session, { result, text }, line);
}

async function consentToRenewal(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const time = session.wholeNumber("time", 1);
  const validFor = session.wholeNumber("valid", 1, DEFAULT_VALID_SECONDS);
  const { chain, context } = await openClient(session);
  const renewal = await renewalOf(context, id, time);
  const maximum = requiredOf(context, renewal);
  if (!session.flag("anyway")) await requireAbleNodes(context, renewal);
  const { PolicyManager: spender } = chain.deployment;
  const { result, text } = await propose(session, chain, {
    title: "Consent to a renewal",
    rows: [
      ["policy", id],
      ["until", utc(renewal.end)],
      ["as", maximum > 0n ? `its sponsor, who pays ${nkms(maximum)}` : "its owner, who pays nothing"],
      ["valid for", `${validFor} s`],
    ],
    result: { policyId: id, party: context.address, end: Number(renewal.end), maximum: formatAmount(maximum) },
    steps: maximum > 0n ? await approval(chain, { payer: context.address, spender, amount: maximum }) : [],
  });
  if (session.flag("dryRun")) return { result, text };
  return handedOver(session, { result, text }, encodeConsent(await signedConsent(context, renewal, validFor)));
}

/** Writes a consent to the file that `--out` names, or shows it. */
async function handedOver(session: Session, { result, text }: Outcome, line: string): Promise<Outcome> {
  const file = session.optional("out");
  if (file === undefined) return { result: { ...result, consent: line }, text: [...text, line] };
  await writeNamedFile("out", file, line);
  return { result: { ...result, consent: line, file }, text: [...text, `  ✓ the consent is in ${file}`] };
}

async function consentFrom(session: Session): Promise<string | undefined> {
  const file = session.optional("consent");
  return file === undefined ? undefined : readNamedFile("consent", file, "what policy:consent gave the other party");
}
