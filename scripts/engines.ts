/** `npm run engines` prints what each engine can do and cannot, as found by running it. */
import { osRandom } from "../src/crypto/random";
import { precompile } from "./engines/inProcessChain";
import { latticeTable } from "./engines/latticeTable";
import { observe } from "./engines/observe";
import { allEngines, markdownTable } from "./engines/table";

async function main(): Promise<void> {
  const seen = [];
  for (const engine of allEngines()) seen.push(await observe(engine, osRandom, precompile));
  console.log(markdownTable(seen));
  console.log(`\n${latticeTable()}`);
}

void main();
