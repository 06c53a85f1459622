/** The network in one look: supply, stake and nodes as of the newest block. */
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

export async function networkOverview({ stakingEscrow, nkmsToken, nodeRegistry }: Chain): Promise<Overview> {
  const [supply, { periodLength }, totalSupply, maxSupply, stakers] = await Promise.all([
    stakingEscrow.supply(),
    stakingEscrow.parameters(),
    nkmsToken.totalSupply(),
    nkmsToken.maxSupply(),
    nodeRegistry.registeredStakers(),
  ]);
  const activeNodes = await stakingEscrow.activeNodesAt(supply.currentPeriod);
  const nextPeriodAt = (supply.currentPeriod + 1n) * periodLength;
  return { ...supply, totalSupply, maxSupply, activeNodes, registeredNodes: stakers.length, nextPeriodAt };
}

/** Every registered node with what it has at stake, the highest stake first. */
export async function listNodes({ nodeRegistry, stakingEscrow }: Chain): Promise<(RegisteredNode & StakerState)[]> {
  const stakers = await nodeRegistry.registeredStakers();
  const nodes = await Promise.all(
    stakers.map(async (staker) => {
      const [node, state] = await Promise.all([nodeRegistry.nodeOf(staker), stakingEscrow.staker(staker)]);
      return { ...node, ...state };
    }),
  );
  return nodes.sort((a, b) => (a.deposit < b.deposit ? 1 : a.deposit > b.deposit ? -1 : 0));
}

/** The stake line with the units of each leaf that may be drawn for a policy until the second `until`. */
export async function drawableLine({ stakingEscrow }: Chain, until: bigint): Promise<(Leaf & { drawable: bigint })[]> {
  const leaves = await stakingEscrow.leaves();
  return Promise.all(
    leaves.map(async (leaf) => ({ ...leaf, drawable: await stakingEscrow.drawableUnits(leaf.node, until) })),
  );
}
