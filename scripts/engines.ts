/** `npm run engines` prints what each engine can do and cannot, as found by running it. */
import { osRandom } from "../src/crypto/random";
import { observe } from "./engines/observe";
import { latticeTable } from "./engines/latticeTable";
import { allEngines, markdownTable } from "./engines/table";

console.log(markdownTable(allEngines().map((engine) => observe(engine, osRandom))));
console.log(`\n${latticeTable()}`);
