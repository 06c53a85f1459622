import { afgh } from "../../src/crypto/afgh";
import { bbs98 } from "../../src/crypto/bbs98";
import { ecies } from "../../src/crypto/ecies";
import type { Engine } from "../../src/crypto/engine";
import { lwe } from "../../src/crypto/lwe";
import { LWE_1024, LWE_2048 } from "../../src/crypto/lwe/profile";
import { ntru } from "../../src/crypto/ntru";
import { NTRU_1087, NTRU_1499 } from "../../src/crypto/ntru/parameters";
import type { PairingBackend } from "../../src/crypto/pairing";
import { umbral } from "../../src/crypto/umbral";
import { ROUNDS, type Observed } from "./observe";

/** All engines, in order of the table. */
export function allEngines(pairing?: PairingBackend): Engine[] {
  const lattices = [lwe(LWE_1024), lwe(LWE_2048), ntru(NTRU_1087), ntru(NTRU_1499)];
  return [umbral(), ecies(), bbs98(), afgh(pairing), ...lattices];
}

const yes = (value: boolean) => (value ? "yes" : "no");

const oneIn = (log2: number) => (log2 === -Infinity ? "none" : `2^${Math.round(log2)}`);

function answersAlone({ chosenAnswers, honestAnswers }: Observed): string {
  const found = [
    [chosenAnswers, "chosen"],
    [honestAnswers, "honest"],
  ] as const;
  const told = found.flatMap(([count, kind]) => (count === undefined ? [] : [`${count} ${kind}`]));
  return told.join(" or ") || "none found";
}

const ROWS: readonly [string, (seen: Observed) => string][] = [
  ["rekeying needs the recipient's secret key", ({ interactive }) => yes(interactive)],
  ["re_ba follows from re_ab", ({ unidirectional }) => yes(!unidirectional)],
  ["hops of one capsule", ({ maxHops }) => `${maxHops}`],
  ["recipient and m nodes get the owner's secret", ({ collusionResistant }) => yes(!collusionResistant)],
  ["and open all that nodes may turn", ({ colludersRead }) => yes(colludersRead)],
  ["answers that give the recipient alone as much", answersAlone],
  ["a node can tell whose keys it links", ({ keyPrivate }) => yes(!keyPrivate)],
  ["m of n", ({ threshold }) => yes(threshold)],
  ["a wrong answer is detected", ({ verifiable }) => verifiable],
  ["a contract can check an answer", ({ onChainVerifiable }) => yes(onChainVerifiable)],
  ["equal requests get equal answers", ({ deterministic }) => yes(deterministic)],
  ["public key, bytes", ({ publicKeyBytes }) => `${publicKeyBytes}`],
  ["capsule, bytes", ({ capsuleBytes }) => `${capsuleBytes}`],
  ["kfrag with m = 1, bytes", ({ kfragBytes }) => `${kfragBytes}`],
  ["cfrag with m = 1, bytes", ({ cfragBytes }) => `${cfragBytes}`],
  ["capsules that do not open after the last hop", ({ failureLog2 }) => oneIn(failureLog2)],
  [`wrong keys in ${ROUNDS} rounds`, ({ failures }) => `${failures}`],
];

/** The property table in Markdown, as docs/engines.md has it. */
export function markdownTable(observed: readonly Observed[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const header = ["", ...observed.map(({ name }) => `\`${name}\``)];
  const rows = ROWS.map(([title, cell]) => [title, ...observed.map(cell)]);
  return [header, header.map(() => "---"), ...rows].map(line).join("\n");
}
