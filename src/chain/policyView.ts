/** What a policy's record and state mean at a moment. */
import type { PolicyRecord, PolicyState } from "./policyManager";

export type PolicyPhase = "pending" | "active" | "ended" | "closed";

/** Whether a policy is served at a Unix second. */
export function policyPhase({ terms }: Pick<PolicyRecord, "terms">, state: PolicyState, now: bigint): PolicyPhase {
  if (state.closed) return "closed";
  if (now >= state.end) return "ended";
  return now < terms.start ? "pending" : "active";
}

/** The nodes that have not left a policy, by share index. */
export function liveShares({ nodes }: Pick<PolicyRecord, "nodes">, { removed }: PolicyState): number[] {
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
