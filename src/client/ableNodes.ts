/** Whether the nodes of a policy are bound to serve it to a later end, before anybody pays them for it. */
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Context } from "./context";
import type { Renewal } from "./renewal";

/** A node that does not stand behind a later end. `lockedUntil` is a Unix second, 0 if nothing is locked. */
export interface ShortNode {
  readonly node: Address;
  readonly lockedUntil: bigint;
  readonly active: boolean;
  readonly suspended: boolean;
}

/**
 * Throws E_NODES_FALL_SHORT {end, nodes} unless the stake of each node still in the policy counts now, is not suspended and stays locked until
 * the new end: the contract would pay the others all the same.
 */
export async function requireAbleNodes(
  { chain }: Context,
  { nodes, end }: Pick<Renewal, "nodes" | "end">,
): Promise<void> {
  const states = await Promise.all(
    nodes.map(async (node): Promise<ShortNode> => {
      const { lockedUntil, active, suspended } = await chain.stakingEscrow.staker(node);
      return { node, lockedUntil, active, suspended };
    }),
  );
  const short = states.filter(({ lockedUntil, active, suspended }) => lockedUntil < end || !active || suspended);
  if (short.length === 0) return;
  throw new NkmsError("E_NODES_FALL_SHORT", `${short.length} of ${nodes.length} nodes are not bound until ${end}.`, {
    why: `${short.map((node) => describe(node, end)).join("\n")}\nNothing was sent.`,
    fix: "Renew by less, take those nodes out first (revoke(id, {node}), or policy:revoke --node), share anew, or renew all the same: {anyway: true}, or --anyway.",
    data: { end, nodes: short },
  });
}

function describe({ node, lockedUntil, active, suspended }: ShortNode, end: bigint): string {
  if (suspended) return `${node} is suspended.`;
  return active
    ? `${node} is locked until ${lockedUntil}, the policy would end at ${end}.`
    : `${node} has no active stake.`;
}
