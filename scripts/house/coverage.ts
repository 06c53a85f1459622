/** One file of Istanbul's summary: lines reached, in percent. */
export interface CoverageSummary {
  readonly [path: string]: { readonly lines: { readonly pct: number; readonly total: number } };
}

/** Contracts and the total ("total") of which fewer lines than `least` percent are reached; an empty report is one too. */
export function uncovered(summary: CoverageSummary, least: number): string[] {
  if (!summary.total || summary.total.lines.total === 0) return ["nothing was measured"];
  return Object.entries(summary)
    .filter(([, { lines }]) => lines.total > 0 && lines.pct < least)
    .map(([path, { lines }]) => `${path}: ${lines.pct}% of lines, at least ${least}%`);
}
