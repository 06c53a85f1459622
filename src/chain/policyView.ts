/** What a policy's record and state mean at a moment. */
import { toHex } from "../bytes";
import { type Policy, policyId } from "../protocol/policy";
import type { PolicyRecord, PolicyState } from "./policyManager";
import { refusal } from "./refusals";

export type PolicyPhase = "pending" | "active" | "ended" | "closed";

/** Whether a policy is served at a Unix second. */
export function policyPhase({ terms }: Pick<PolicyRecord, "terms">, state: PolicyState, now: bigint): PolicyPhase {
  if (state.closed) return "closed";
  if (now >= state.end) return "ended";
  return now < terms.start ? "pending" : "active";
}

/** The nodes that have not left a policy, by share index. */
export function liveShares({ nodes }: Pick<Policy, "nodes">, { removed }: PolicyState): number[] {
  return nodes.map((_, index) => index).filter((index) => ((removed >>> index) & 1) === 0);
}

/**
 * What the payer gets back if the policy is revoked at a Unix second, suspensions aside: rate * (end - t) for each live node,
 * where t is not before start + minPaid (the paper's (1 - t/T) f, exact in seconds).
 */
export function refundIfRevoked(record: PolicyRecord, state: PolicyState, minPaid: bigint, now: bigint): bigint {
  const { feeRate, start } = record.terms;
  const paidUntil = start + minPaid > now ? start + minPaid : now;
  const unserved = state.end > paidUntil ? state.end - paidUntil : 0n;
  return feeRate * BigInt(liveShares(record, state).length) * unserved;
}

/** NKMS wei that the payer adds for `seconds` more: rate * live nodes * seconds. */
export function renewalFee(policy: Policy, state: PolicyState, seconds: bigint): bigint {
  return policy.terms.feeRate * BigInt(liveShares(policy, state).length) * seconds;
}

/**
 * Throws what the contract would refuse a renewal with, whoever sends it: E_UNKNOWN_POLICY, E_POLICY_CLOSED, E_POLICY_ENDED,
 * E_END_ABOVE_MAXIMUM.
 */
export function requireRenewable(
  policy: Policy,
  { exists, closed, end }: PolicyState,
  newEnd: bigint,
  now: bigint,
): void {
  const id = toHex(policyId(policy));
  const { maxEnd } = policy.terms;
  if (!exists) throw refusal("UnknownPolicy", { policyId: id });
  if (closed) throw refusal("PolicyClosed", { policyId: id });
  if (now >= end) throw refusal("PolicyEnded", { end, timestamp: now });
  if (newEnd > maxEnd) throw refusal("EndAboveMaximum", { end: newEnd, maxEnd });
}
