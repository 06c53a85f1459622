/** The stake line with the operators' names on it. */
import type { Segment } from "../../tasks/support/stakeLine";
import { operatorOf, type World } from "./world";

/** Every node's part of the line, in units. */
export async function segments(world: World): Promise<Segment[]> {
  const leaves = await world.chain.stakingEscrow.leaves();
  return leaves.map(({ node, start, units }) => ({ label: operatorOf(world, node).name, start, units }));
}

/** The middle of each named node's part: where a mark shows that it was drawn. */
export function middles(line: readonly Segment[], names: readonly string[]): bigint[] {
  return names.map((name) => {
    const { start, units } = line.find(({ label }) => label === name)!; // names come from this line
    return start + units / 2n;
  });
}
