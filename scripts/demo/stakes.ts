/** The cast: who takes part, and how much of the stake line is theirs. */
import { parseAmount } from "../../src/protocol/amount";
import type { SeededRandom } from "./seededRandom";

const NAMES = "ada bea cid dov eli fay gus hal ivy jon kim lou mia ned oda pia".split(" ");

/** The name of operator `index`; beyond the list it is numbered. */
export function operatorName(index: number): string {
  return NAMES[index] ?? `node${index + 1}`;
}

/** Different stakes, largest first: each falls by 10 to 40 percent to the next, never below twice the minimum. */
export function drawStakes(count: number, random: SeededRandom): bigint[] {
  const stakes: bigint[] = [];
  let whole = 400_000n;
  for (let index = 0; index < count; index++) {
    stakes.push(parseAmount(whole.toString()));
    const kept = (whole * (60n + random.below(31n))) / 100n;
    whole = kept < 30_000n ? 30_000n + random.below(9_000n) : kept;
  }
  return stakes;
}
