/** How values look: grouped and short for people, exact for programs. */
import { formatAmount } from "../../src/protocol/amount";

/** A label and what stands beside it. */
export type Row = readonly [label: string, value: string];

const SHOWN_DECIMALS = 6;

/** Base units as `45 000.5`, decimals beyond the sixth cut off. */
export function amount(baseUnits: bigint): string {
  const [whole, fraction = ""] = formatAmount(baseUnits).split(".");
  const decimals = fraction.slice(0, SHOWN_DECIMALS).replace(/0+$/, "");
  return grouped(whole) + (decimals && `.${decimals}`);
}

/** An amount with its unit. */
export function nkms(baseUnits: bigint): string {
  return `${amount(baseUnits)} NKMS`;
}

/** A whole number in groups of three digits. */
export function grouped(value: bigint | number | string): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, " ");
}

/** Unix seconds as `2026-11-24 20:15:00 UTC`. */
export function utc(seconds: bigint): string {
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A part of a whole in percent with five significant digits. */
export function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return "0 %";
  return `${Number(((Number(part) * 100) / Number(whole)).toPrecision(5))} %`;
}

/** A hash or an address cut in the middle. */
export function short(hex: string): string {
  return hex.length > 14 ? `${hex.slice(0, 6)}…${hex.slice(-4)}` : hex;
}

/** Rows with their values in one column, indented. */
export function rows(entries: readonly Row[]): string[] {
  const width = Math.max(...entries.map(([label]) => label.length));
  return entries.map(([label, value]) => `    ${label.padEnd(width)}  ${value}`);
}

/** Lines of a table whose columns are as wide as their longest cell; an empty table is a sentence. */
export function table(head: readonly string[], body: readonly (readonly string[])[], none: string): string[] {
  if (body.length === 0) return [`  ${none}`];
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column].length)));
  return [head, ...body].map((cells) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column])).join("  ")}`.trimEnd(),
  );
}

/** Data for `--json`: bigints become decimal strings, bytes 0x hex. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) => {
    if (typeof entry === "bigint") return entry.toString();
    return entry instanceof Uint8Array ? `0x${Buffer.from(entry).toString("hex")}` : entry;
  });
}
