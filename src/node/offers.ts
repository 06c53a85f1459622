/** Whether this node would take a policy. Asked unsigned, before any secret is sent; a grant is judged by the same rules again. */
import { NkmsError } from "../errors";
import type { OfferAnswer, OfferRequest } from "../protocol/messages";
import type { NodeState } from "./chainView";
import type { NodeContext } from "./context";
import { requireRoom } from "./room";
import { requireServing } from "./serving";

/** What an offer or the terms of a grant propose. Seconds; base units per second. */
export interface Proposal {
  readonly start: bigint;
  readonly end: bigint;
  readonly maxEnd: bigint;
  readonly feeRate: bigint;
  readonly conditional: boolean;
}

/** Throws the refusal, if there is one. `network` is where the offer comes from. */
export async function answerOffer(context: NodeContext, offer: OfferRequest, network: string): Promise<OfferAnswer> {
  requireDeployment(context, offer);
  requireEngine(context, offer.engine);
  const { snapshot, node } = await requireServing(context);
  requireRoom(context, node, network);
  judgeProposal(context, offer, node, snapshot.head.timestamp);
  return offer.feeRate === 0n && context.readPrice !== undefined
    ? { accept: true, readPrice: context.readPrice }
    : { accept: true };
}

/** Throws E_WRONG_CHAIN unless the message is meant for the contracts this node serves. */
export function requireDeployment(
  { chain }: NodeContext,
  { chainId, policyManager }: Pick<OfferRequest, "chainId" | "policyManager">,
): void {
  if (chainId === chain.chainId && policyManager === chain.policyManager.toLowerCase()) return;
  throw new NkmsError("E_WRONG_CHAIN", "This node serves another chain or deployment.", {
    fix: "Use the deployment the node names at /v1/info, or ask another node.",
    data: {
      got: { chainId, policyManager },
      expected: { chainId: chain.chainId, policyManager: chain.policyManager.toLowerCase() },
    },
  });
}

/** Throws E_TERMS_MISMATCH, E_EXPIRED, E_NO_CONDITIONS, E_SUSPENDED, E_FEE_TOO_LOW, E_DURATION or E_LOCK_TOO_SHORT. */
export function judgeProposal(context: NodeContext, proposal: Proposal, node: NodeState, now: bigint): void {
  requireTimes(proposal, now);
  if (proposal.conditional && !context.acceptConditions) throw noConditions();
  if (node.suspended) throw suspended();
  if (proposal.feeRate > 0n || context.readPrice === undefined) requireFee(proposal.feeRate, node.terms.feeRate);
  requireDuration(proposal, node.terms);
  requireLock(proposal.maxEnd, node.lockedUntil);
}

function requireEngine({ engine }: NodeContext, got: string): void {
  if (got === engine.properties.name) return;
  throw new NkmsError("E_WRONG_ENGINE", "This node runs another re-encryption engine.", {
    fix: "Ask another node.",
    data: { got, expected: engine.properties.name },
  });
}

function requireTimes({ start, end, maxEnd }: Proposal, now: bigint): void {
  if (end <= start) throw inconsistent("end", { start, end });
  if (maxEnd < end) throw inconsistent("maxEnd", { end, maxEnd });
  if (now < end) return;
  throw new NkmsError("E_EXPIRED", "The policy would have ended already.", {
    fix: "Choose an end in the future.",
    data: { end, now },
  });
}

function requireFee(got: bigint, min: bigint): void {
  if (got >= min) return;
  throw new NkmsError("E_FEE_TOO_LOW", "The fee is below what this node asks.", {
    fix: `Offer at least ${min} base units per second, or ask another node.`,
    data: { got, min },
  });
}

/** The policy may be renewed up to `maxEnd` without asking again, so that counts against the longest duration. */
function requireDuration({ start, end, maxEnd }: Proposal, { minDuration, maxDuration }: NodeState["terms"]): void {
  if (end - start >= minDuration && maxEnd - start <= maxDuration) return;
  throw new NkmsError("E_DURATION", "The policy is too short or too long for this node.", {
    why: "The longest duration is counted up to maxEnd.",
    fix: `Choose ${minDuration} to ${maxDuration} seconds, or ask another node.`,
    data: { got: end - start, gotMax: maxEnd - start, min: minDuration, max: maxDuration },
  });
}

/** Nobody asks again before a renewal, so the stake must be there for the last one. */
function requireLock(maxEnd: bigint, lockedUntil: bigint): void {
  if (lockedUntil >= maxEnd) return;
  throw new NkmsError("E_LOCK_TOO_SHORT", "This node's stake is not locked for as long as the policy may last.", {
    why: "It may be renewed up to maxEnd.",
    fix: "Choose an earlier maxEnd, or ask another node.",
    data: { maxEnd, lockedUntil },
  });
}

/** E_TERMS_MISMATCH: the terms contradict each other or what is shown beside them. `field` is where. */
export function inconsistent(field: string, data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_TERMS_MISMATCH", `The terms do not hold together: ${field}.`, {
    fix: "Send the terms, nodes, commitments and keys of one policy.",
    data: { field, ...data },
  });
}

function noConditions(): NkmsError {
  return new NkmsError("E_NO_CONDITIONS", "This node takes no policies with a condition.", {
    fix: "Ask another node.",
  });
}

function suspended(): NkmsError {
  return new NkmsError("E_SUSPENDED", "This node is suspended.", {
    why: "The health check found it failing.",
    fix: "Ask another node.",
  });
}
