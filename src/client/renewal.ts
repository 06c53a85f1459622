/** A renewal that is meant: which policy, until when, and what it costs. */
import { toHex } from "../bytes";
import { refusal } from "../chain/refusals";
import { liveShares, renewalFee, requireRenewable } from "../chain/policyView";
import type { Address } from "../protocol/abi";
import { type Policy, policyId } from "../protocol/policy";
import type { Context } from "./context";
import { wholeOption } from "./shareOptions";

export interface Renewal {
  /** 0x hex, 32 bytes. */
  readonly id: string;
  readonly policy: Policy;
  /** Those of its nodes that are still in it. */
  readonly nodes: readonly Address[];
  /** Unix second at which it then ends. */
  readonly end: bigint;
  /** NKMS wei that its payer adds. */
  readonly fee: bigint;
}

/**
 * A renewal by `time` seconds of a policy that our store knows, or the chain; naming its owner makes the search shorter. Throws E_UNKNOWN_POLICY, E_BAD_OPTION,
 * E_POLICY_CLOSED, E_POLICY_ENDED, E_END_ABOVE_MAXIMUM.
 */
export async function renewalOf(context: Context, id: string, time: number, owner?: Address): Promise<Renewal> {
  const seconds = BigInt(wholeOption("time", time, 1, Number.MAX_SAFE_INTEGER));
  const policy = await policyOf(context, id, owner);
  const { policyManager, headTime } = context.chain;
  const [state, now] = await Promise.all([policyManager.policyState(id), headTime()]);
  const end = state.end + seconds;
  requireRenewable(policy, state, end, BigInt(now));
  const nodes = liveShares(policy, state).map((index) => policy.nodes[index]);
  return { id: toHex(policyId(policy)), policy, nodes, end, fee: renewalFee(policy, state, seconds) };
}

/** A policy that our store knows, or the chain. Throws E_UNKNOWN_POLICY. */
export async function policyOf({ chain, store }: Context, id: string, owner?: Address): Promise<Policy> {
  const policy = (await store.get(id)) ?? (await chain.policyManager.policy(id, { owner }));
  if (policy === undefined) throw refusal("UnknownPolicy", { policyId: id });
  return policy;
}
