/** The stake line as text: every node as wide as its stake, and marks where points fell. */

/** A node's part of the line; all in the same units. */
export interface Segment {
  label: string;
  start: bigint;
  units: bigint;
}

const WIDTH = 72;

/** One line of at most 74 columns: `|ada─────────|bea────|`. Parts too narrow for a letter still get their border. */
export function drawStakeLine(segments: readonly Segment[]): string {
  const total = segments.reduce((sum, { units }) => sum + units, 0n);
  const parts = segments.map(({ label, start, units }) => {
    const width = column(start + units, total) - column(start, total) - 1;
    return width > 0 ? `|${label.slice(0, width).padEnd(width, "─")}` : "";
  });
  return `${parts.join("")}|`;
}

/** The line under it, with the number of each draw (1 to 9, then +) below its point. */
export function drawMarks(points: readonly bigint[], total: bigint): string {
  const cells = Array.from({ length: WIDTH + 1 }, () => " ");
  points.forEach((point, index) => (cells[column(point, total)] = index < 9 ? `${index + 1}` : "+"));
  return cells.join("").trimEnd();
}

function column(point: bigint, total: bigint): number {
  return Math.round(Number((point * BigInt(WIDTH) * 1_000n) / total) / 1_000);
}
