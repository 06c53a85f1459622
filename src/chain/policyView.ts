/** What a policy's record and state mean at a moment. */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import { type Address, isSameAddress } from "../protocol/abi";
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

/** A node's place in a policy. Throws E_NOT_IN_POLICY {node, policyId}. */
export function shareIndexOf(policy: Policy, node: Address): number {
  const index = policy.nodes.findIndex((one) => isSameAddress(one, node));
  if (index >= 0) return index;
  const id = toHex(policyId(policy));
  throw new NkmsError("E_NOT_IN_POLICY", `${node} is no node of the policy ${id}.`, {
    why: `Its nodes are ${policy.nodes.join(", ")}. Nothing was sent.`,
    fix: "Name one of them by its staker's address: policy:claim --of, policy:revoke --node.",
    data: { node, policyId: id },
  });
}

/** How many nodes leave if one is revoked: all that are left, if too few remain to read with. */
export function leavingWith(policy: Policy, state: PolicyState): number {
  const live = liveShares(policy, state).length;
  return live - 1 < policy.terms.threshold ? live : 1;
}

/**
 * What the payer gets back if nodes of a policy, by default all, are revoked at a Unix second, suspensions aside: rate * (end - t) for
 * each, where t is not before start + minPaid (the paper's (1 - t/T) f, exact in seconds).
 */
export function refundIfRevoked(
  record: Policy,
  state: PolicyState,
  minPaid: bigint,
  now: bigint,
  leaving = liveShares(record, state).length,
): bigint {
  const { feeRate, start } = record.terms;
  const paidUntil = start + minPaid > now ? start + minPaid : now;
  const unserved = state.end > paidUntil ? state.end - paidUntil : 0n;
  return feeRate * BigInt(leaving) * unserved;
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
