/** A curve in one line of text. */
const BARS = "▁▂▃▄▅▆▇█";

/** One bar per value, from 0 to the highest value in eight heights. Values are not negative. */
export function curve(values: readonly number[]): string {
  const highest = Math.max(...values, 0);
  return values.map((value) => BARS[highest > 0 ? Math.min(Math.floor((value * 8) / highest), 7) : 0]).join("");
}
