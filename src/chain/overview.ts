/** The network in one look: supply, stake and nodes as of the newest block. */
import { inBatches } from "../batches";
import type { At } from "./call";
import type { Chain } from "./connection";
import type { RegisteredNode } from "./nodeRegistry";
import type { Leaf, StakerState, SupplyState } from "./stakingEscrow";

/** Amounts in base units. */
export interface Overview extends SupplyState {
  totalSupply: bigint;
  maxSupply: bigint;
  activeNodes: bigint;
  registeredNodes: number;
  /** First second of the next period. */
  nextPeriodAt: bigint;
}

const NODES_AT_ONCE = 16;
const LEAVES_AT_ONCE = 64;

export async function networkOverview(chain: Chain): Promise<Overview> {
  const { stakingEscrow, nkmsToken, nodeRegistry } = chain;
  const at = { blockTag: (await chain.block()).number };
  const [supply, { periodLength }, totalSupply, maxSupply, stakers] = await Promise.all([
    stakingEscrow.supply(at),
    stakingEscrow.parameters(),
    nkmsToken.totalSupply(at),
    nkmsToken.maxSupply(),
    nodeRegistry.registeredStakers(at),
  ]);
  const activeNodes = await stakingEscrow.activeNodesAt(supply.currentPeriod, at);
  const nextPeriodAt = (supply.currentPeriod + 1n) * periodLength;
  return { ...supply, totalSupply, maxSupply, activeNodes, registeredNodes: stakers.length, nextPeriodAt };
}

/** Every node registered up to the newest block, with what it then has at stake, the highest stake first. */
export async function listNodes(chain: Chain): Promise<(RegisteredNode & StakerState)[]> {
  const { nodeRegistry, stakingEscrow } = chain;
  const at = { blockTag: (await chain.block()).number };
  const stakers = await nodeRegistry.registeredStakers(at);
  const nodes = await inBatches(stakers, NODES_AT_ONCE, async (staker) => {
    const [node, state] = await Promise.all([nodeRegistry.nodeOf(staker, at), stakingEscrow.staker(staker, at)]);
    return { ...node, ...state };
  });
  return nodes.sort((a, b) => (a.deposit < b.deposit ? 1 : a.deposit > b.deposit ? -1 : 0));
}

/** The stake line after a block, with the units of each leaf that may be drawn for a policy until the second `until`. */
export async function drawableLine(
  { stakingEscrow }: Chain,
  until: bigint,
  at: At,
): Promise<(Leaf & { drawable: bigint })[]> {
  const leaves = await stakingEscrow.leaves(at);
  return inBatches(leaves, LEAVES_AT_ONCE, async (leaf) => ({
    ...leaf,
    drawable: await stakingEscrow.drawableUnits(leaf.node, until, at),
  }));
}
