/** The shares of policies from which a node can have something now: earned fees, or collateral that nothing can draw on any more. */
import { inBatches } from "../batches";
import type { Chain } from "./connection";
import type { PolicyManagerClient, PolicyRecord } from "./policyManager";
import { shareIndexOf } from "./policyView";

/** One share of a policy with what a claim would pay now, in base units: to the staker, and back to the payer. */
export interface NodeShare {
  record: PolicyRecord;
  shareIndex: number;
  earned: bigint;
  refund: bigint;
  /** Whether the windows for evidence are over, so that a final claim pays what is earned and frees the collateral. */
  final: boolean;
}

/** Shares whose state is read together. */
const AT_ONCE = 32;

/** All shares of a node, oldest first, that a claim would pay for or a final claim would free. */
export async function nodeShares(chain: Chain, staker: string): Promise<NodeShare[]> {
  const { policyManager } = chain;
  const [records, released] = await Promise.all([policyManager.policies(), policyManager.releasedShares(staker)]);
  const held = records.filter(({ nodes, policyId }) => nodes.includes(staker) && !released.has(policyId));
  return (await sharesIn(chain, held, staker)).filter(({ earned, final }) => earned > 0n || final);
}

/** A node's share of each of these policies. Throws E_NOT_IN_POLICY. */
export async function sharesIn(chain: Chain, records: readonly PolicyRecord[], node: string): Promise<NodeShare[]> {
  const { policyManager } = chain;
  const [{ challengeWindow, revealWindow }, { timestamp }] = await Promise.all([
    policyManager.parameters(),
    chain.block(),
  ]);
  const latestEnd = timestamp - challengeWindow - revealWindow;
  return inBatches(records, AT_ONCE, (record) => nodeShare(policyManager, record, node, latestEnd));
}

async function nodeShare(
  policyManager: PolicyManagerClient,
  record: PolicyRecord,
  node: string,
  latestEnd: bigint,
): Promise<NodeShare> {
  const shareIndex = shareIndexOf(record, node);
  const [due, { end }] = await Promise.all([
    policyManager.feesDue(record, shareIndex),
    policyManager.policyState(record.policyId),
  ]);
  return { record, shareIndex, ...due, final: end <= latestEnd };
}
