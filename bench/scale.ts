/**
 * `npm run bench:scale` prints gas of create, draw, claim and withdraw on stake lines of 100 to 100,000 nodes, and with `--write`
 * stores it as bench/scale.json, a table bench/scale.md and a plot bench/scale.svg. The leaves of the other nodes are written into
 * storage; who acts and who is drawn are stakers of their own. Parameters of the reference deployment, in-process network.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { measureScale, SIZES } from "./scale/measure";
import { plot } from "./scale/plot";

const INTRODUCTION = `# Gas against the number of nodes

Made by \`npm run bench:scale -- --write\`. A draw is \`sample\` of three nodes, as a transaction would pay for it; all others are whole
transactions. A tree of 2^18 leaves has the same depth however many are used: the differences are words that are written for the
first time.

![gas against nodes](scale.svg)

`;

async function main(): Promise<void> {
  const table = await measureScale();
  const names = Object.keys(table);
  const rows = SIZES.map((size, i) => [
    size.toLocaleString("en"),
    ...names.map((name) => table[name][i].toLocaleString("en")),
  ]);
  const lines = [["nodes", ...names], names.concat("").map(() => "---:"), ...rows].map(
    (cells) => `| ${cells.join(" | ")} |`,
  );
  console.log(lines.join("\n"));
  if (!process.argv.includes("--write")) return;
  writeFileSync(join(__dirname, "scale.json"), JSON.stringify({ nodes: SIZES, ...table }, null, 2) + "\n");
  writeFileSync(join(__dirname, "scale.md"), INTRODUCTION + lines.join("\n") + "\n");
  writeFileSync(join(__dirname, "scale.svg"), plot(SIZES, table));
}

void main();
