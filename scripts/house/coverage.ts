/** A share of what a file has, in percent. */
export interface Share {
  readonly pct: number;
  readonly total: number;
}

/** Istanbul's summary: per file, and for all together under "total". */
export interface CoverageSummary {
  readonly [path: string]: Readonly<Record<Measure, Share>>;
}

export type Measure = "lines" | "branches";

const MEASURES: readonly Measure[] = ["lines", "branches"];

/**
 * Contracts and the total ("total") of which fewer lines or branches than `least` percent are reached; an empty report is one
 * too.
 */
export function uncovered(summary: CoverageSummary, least: Readonly<Record<Measure, number>>): string[] {
  if (!summary.total || summary.total.lines.total === 0) return ["nothing was measured"];
  return MEASURES.flatMap((measure) =>
    Object.entries(summary)
      .filter(([, reached]) => reached[measure].total > 0 && reached[measure].pct < least[measure])
      .map(([path, reached]) => `${path}: ${reached[measure].pct}% of ${measure}, at least ${least[measure]}%`),
  );
}
