/** Drawing nodes by stake on the chain's stake line (VI, eq 25 to 29), one batch after another, never the same node twice. */
import { toHex } from "../bytes";
import type { RandomSource } from "../crypto/engine";
import { draw } from "../crypto/random";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";

/** Random points per node wanted: repeats and nodes not locked long enough use up points. */
const POINTS_PER_NODE = 16;
const EXTRA_POINTS = 32;
/** Fresh points are tried this often before a shortage is believed. */
const ATTEMPTS = 2;

/** The chain's draw: `count` distinct nodes, each locked until the second `until`, in the order in which they were hit. */
export type Sample = (count: number, randoms: readonly bigint[], until: bigint) => Promise<Address[]>;

/** Draws nodes that were not drawn before. One draw serves one policy. */
export class NodeDraw {
  readonly #drawn = new Set<string>();

  constructor(
    private readonly sample: Sample,
    private readonly random: RandomSource,
    private readonly until: bigint,
  ) {}

  /**
   * Up to `count` nodes not drawn before; fewer, or none, if the stake line has no more. Drawing all former ones again with the
   * new and leaving them out is drawing on from where the last batch ended: the odds of each remaining node are by its stake.
   */
  async next(count: number): Promise<Address[]> {
    for (let wanted = count; wanted > 0; wanted--) {
      const line = await this.#trySample(this.#drawn.size + wanted);
      if (line === undefined) continue;
      const fresh = line.filter((node) => !this.#drawn.has(node.toLowerCase())).slice(0, wanted);
      fresh.forEach((node) => this.#drawn.add(node.toLowerCase()));
      return fresh;
    }
    return [];
  }

  async #trySample(count: number): Promise<Address[] | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return await this.sample(count, this.#points(count * POINTS_PER_NODE + EXTRA_POINTS), this.until);
      } catch (error) {
        if (!isShortage(error)) throw error;
      }
    }
    return undefined;
  }

  #points(count: number): bigint[] {
    return Array.from({ length: count }, () => BigInt(toHex(draw(this.random, 32))));
  }
}

/** Whether the stake line has too few nodes, rather than the call having failed. */
function isShortage(error: unknown): boolean {
  return error instanceof NkmsError && ["E_STAKE_LINE_EMPTY", "E_RANDOMS_EXHAUSTED"].includes(error.code);
}
