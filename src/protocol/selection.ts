/**
 * Drawing nodes by stake (VI, eq 25 to 29), the rule of `StakingEscrow.sample`. Nodes lie side by side on a line in the order of
 * their leaves, x_i the sum of the widths before; a point x selects the node with x_i <= x < x_i + d_i.
 */
import { NkmsError } from "../errors";

/** A leaf of the stake line, in units. `drawable` is what may be drawn of it now: at most `units`, the rest of it is void. */
export interface SelectionLeaf {
  readonly node: string;
  readonly units: bigint;
  readonly drawable: bigint;
}

/**
 * The first `count` distinct nodes that the random numbers hit. Number j falls at x = randoms[j] mod D; it is void if the node was
 * drawn before or if its offset in the leaf is not below `drawable`.
 *
 * Throws E_STAKE_LINE_EMPTY, and E_RANDOMS_EXHAUSTED with how many were found.
 */
export function select(leaves: readonly SelectionLeaf[], count: number, randoms: readonly bigint[]): string[] {
  const total = leaves.reduce((sum, leaf) => sum + leaf.units, 0n);
  if (total === 0n) throw new NkmsError("E_STAKE_LINE_EMPTY", "Nothing is staked");
  const drawn: string[] = [];
  for (const random of randoms) {
    if (drawn.length === count) break;
    const { leaf, offset } = leafAt(leaves, random % total);
    if (offset < leaf.drawable && !drawn.includes(leaf.node)) drawn.push(leaf.node);
  }
  if (drawn.length === count) return drawn;
  const data = { found: drawn.length, wanted: count };
  const fix = "Use more random numbers, or ask for fewer nodes.";
  throw new NkmsError("E_RANDOMS_EXHAUSTED", `Found ${drawn.length} of ${count} nodes`, { fix, data });
}

/** The leaf at a point below the length of the line, and how far inside it the point lies. */
function leafAt(leaves: readonly SelectionLeaf[], x: bigint): { leaf: SelectionLeaf; offset: bigint } {
  let offset = x;
  let i = 0;
  while (offset >= leaves[i].units) offset -= leaves[i++].units;
  return { leaf: leaves[i], offset };
}
