/** Explains a draw on the stake line (VI, eq 25 to 29): where each random number fell, and why it counted or not. */

/** A leaf of the line, in units. `drawable` is the part that counts: active now and locked long enough. */
export interface TracedLeaf {
  readonly node: string;
  readonly start: bigint;
  readonly units: bigint;
  readonly drawable: bigint;
}

/** A point on the line and what came of it; `void` means outside what may be drawn. */
export interface TracedDraw {
  readonly point: bigint;
  readonly node?: string;
  readonly outcome: "drawn" | "repeat" | "void";
}

/** The draws made until `count` distinct nodes are found or the randoms run out: random j falls at randoms[j] mod the line's units. */
export function traceDraws(leaves: readonly TracedLeaf[], count: number, randoms: readonly bigint[]): TracedDraw[] {
  const total = leaves.reduce((sum, { units }) => sum + units, 0n);
  const drawn = new Set<string>();
  const draws: TracedDraw[] = [];
  for (const random of randoms) {
    if (drawn.size === count || total === 0n) break;
    const draw = traceOne(leaves, random % total, drawn);
    if (draw.outcome === "drawn") drawn.add(draw.node!);
    draws.push(draw);
  }
  return draws;
}

function traceOne(leaves: readonly TracedLeaf[], point: bigint, drawn: ReadonlySet<string>): TracedDraw {
  const leaf = leaves.find(({ start, units }) => start <= point && point < start + units);
  if (!leaf || point - leaf.start >= leaf.drawable) return { point, node: leaf?.node, outcome: "void" };
  return { point, node: leaf.node, outcome: drawn.has(leaf.node) ? "repeat" : "drawn" };
}
