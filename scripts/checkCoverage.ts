/** Fails if the last coverage run reached fewer lines of any contract, or of all together, than we ask for. */
import { readFileSync } from "node:fs";

import { type CoverageSummary, uncovered } from "./house/coverage";

const LEAST_PERCENT = 95;

const summary = JSON.parse(readFileSync(`${__dirname}/../coverage/coverage-summary.json`, "utf8")) as CoverageSummary;
const found = uncovered(summary, LEAST_PERCENT);
for (const line of found) console.error(line);
process.exitCode = found.length > 0 ? 1 : 0;
