/** The shares of policies from which a node can have something now: earned fees, or collateral that nothing can draw on any more. */
import { inBatches } from "../batches";
import type { Chain } from "./connection";
import type { PolicyManagerClient, PolicyRecord } from "./policyManager";

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
  const [records, released, { challengeWindow, revealWindow }, { timestamp }] = await Promise.all([
    policyManager.policies(),
    policyManager.releasedShares(staker),
    policyManager.parameters(),
    chain.block(),
  ]);
  const held = records.filter(({ nodes, policyId }) => nodes.includes(staker) && !released.has(policyId));
  const latestEnd = timestamp - challengeWindow - revealWindow;
  const shares = await inBatches(held, AT_ONCE, (record) => nodeShare(policyManager, record, staker, latestEnd));
  return shares.filter(({ earned, final }) => earned > 0n || final);
}

async function nodeShare(
  policyManager: PolicyManagerClient,
  record: PolicyRecord,
  staker: string,
  latestEnd: bigint,
): Promise<NodeShare> {
  const shareIndex = record.nodes.indexOf(staker);
  const [due, { end }] = await Promise.all([
    policyManager.feesDue(record, shareIndex),
    policyManager.policyState(record.policyId),
  ]);
  return { record, shareIndex, ...due, final: end <= latestEnd };
}
