/**
 * `npm run bench:gas` prints gas by operation, `npm run bench:gas -- --json` the same as one JSON object, and with `--write` it
 * is stored in bench/gas.json. In-process network, prague, compiler settings as shipped, parameters of the reference deployment.
 * A group of contracts has a file in bench/gas/; each scenario starts from a fresh snapshot.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { measureGas } from "./gas/measure";

async function main(): Promise<void> {
  const table = await measureGas();
  const json = JSON.stringify(table, null, 2);
  if (process.argv.includes("--write")) writeFileSync(join(__dirname, "gas.json"), json + "\n");
  if (process.argv.includes("--json")) console.log(json);
  else for (const [name, gas] of Object.entries(table)) console.log(name.padEnd(28), gas.toString().padStart(9));
}

void main();
