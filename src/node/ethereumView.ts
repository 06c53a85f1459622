/** The chain as a node sees it, through the clients of one deployment. */
import { isAllowed } from "../chain/condition";
import type { Chain } from "../chain/connection";
import type { Address } from "../protocol/abi";
import type { ChainView, NodeState } from "./chainView";

/** The view of the node of `staker`. What the RPC server fails at rejects with the typed errors of the chain room. */
export function ethereumView(chain: Chain, staker: Address): ChainView {
  return {
    chainId: BigInt(chain.chainId),
    policyManager: chain.deployment.PolicyManager,
    paidReads: chain.deployment.PaidReads,
    staker,
    head: () => chain.block(),
    block: (number) => chain.block(number),
    policyState: (policyId, block) => chain.policyManager.policyState(policyId, block),
    nodeState: () => readNode(chain, staker),
    touchedPolicies: (first, last) => chain.policyManager.touchedPolicies(first, last),
    channelOf: (payer, block) => chain.paidReads.channelOf(payer, staker, block),
    closedChannels: (payer, block) => chain.paidReads.epochOf(payer, staker, block),
    redeem: async (vouchers) => chain.paidReads.paidIn((await chain.paidReads.redeem(vouchers).send()).receipt),
    isAllowed: (condition, policyId, requester, block) =>
      isAllowed(chain.provider, { condition, policyId, requester, block }),
  };
}

async function readNode({ nodeRegistry, stakingEscrow }: Chain, staker: Address): Promise<NodeState> {
  const [node, stake] = await Promise.all([nodeRegistry.nodeOf(staker), stakingEscrow.staker(staker)]);
  const { worker, encryptionKey, terms } = node;
  const { suspended, lockedUntil, deposit, claimable } = stake;
  return { worker, encryptionKey, terms, suspended, lockedUntil, deposit, claimable };
}
