import { afgh } from "../../src/crypto/afgh";
import { bbs98 } from "../../src/crypto/bbs98";
import { ecies } from "../../src/crypto/ecies";
import type { Engine } from "../../src/crypto/engine";
import { umbral } from "../../src/crypto/umbral";
import { ROUNDS, type Observed } from "./observe";

/** All engines, in order of the table. */
export function allEngines(): Engine[] {
  return [umbral(), ecies(), bbs98(), afgh()];
}

const yes = (value: boolean) => (value ? "yes" : "no");

const ROWS: readonly [string, (seen: Observed) => string][] = [
  ["rekeying needs the recipient's secret key", ({ interactive }) => yes(interactive)],
  ["re_ba follows from re_ab", ({ unidirectional }) => yes(!unidirectional)],
  ["hops of one capsule", ({ maxHops }) => `${maxHops}`],
  ["recipient and m nodes get the owner's secret key", ({ collusionResistant }) => yes(!collusionResistant)],
  ["a node can tell whose keys it links", ({ keyPrivate }) => yes(!keyPrivate)],
  ["m of n", ({ threshold }) => yes(threshold)],
  ["a wrong answer is detected", ({ verifiable }) => yes(verifiable)],
  ["equal requests get equal answers", ({ deterministic }) => yes(deterministic)],
  ["public key, bytes", ({ publicKeyBytes }) => `${publicKeyBytes}`],
  ["capsule, bytes", ({ capsuleBytes }) => `${capsuleBytes}`],
  ["kfrag with m = 1, bytes", ({ kfragBytes }) => `${kfragBytes}`],
  ["cfrag with m = 1, bytes", ({ cfragBytes }) => `${cfragBytes}`],
  [`wrong keys in ${ROUNDS} rounds`, ({ failures }) => `${failures}`],
];

/** The property table in Markdown, as docs/engines.md has it. */
export function markdownTable(observed: readonly Observed[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const header = ["", ...observed.map(({ name }) => `\`${name}\``)];
  const rows = ROWS.map(([title, cell]) => [title, ...observed.map(cell)]);
  return [header, header.map(() => "---"), ...rows].map(line).join("\n");
}
