/** Fails if the last coverage run reached too few lines or branches of any contract, or of all together. */
import { readFileSync } from "node:fs";

import { type CoverageSummary, uncovered } from "./house/coverage";

const LEAST_PERCENT = { lines: 100, branches: 98 };

const summary = JSON.parse(readFileSync(`${__dirname}/../coverage/coverage-summary.json`, "utf8")) as CoverageSummary;
const found = uncovered(summary, LEAST_PERCENT);
for (const line of found) console.error(line);
process.exitCode = found.length > 0 ? 1 : 0;
