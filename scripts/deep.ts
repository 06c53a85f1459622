/**
 * `npm run test:deep` runs what takes longer than a developer waits: every test that widens itself under NKMS_DEEP, and the tests
 * of test/forge (`npm run test:forge` these alone; `npm test` ends with them too, `--short`). NKMS_STEPS is how many random steps
 * forge takes at least; NKMS_SEED repeats its run. Only the short form passes where npm has no forge for the platform, and says so.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { campaignsIn, deepTests, DRAWS, forgeCounts, hasForge, shapeOf, stepsWanted } from "./deep/plan";
import { readTree } from "./house/sourceTree";

const ROOT = join(__dirname, "..");
const [FORGE_ALONE, SHORT] = ["--forge", "--short"].map((flag) => process.argv.includes(flag));

interface Part {
  name: string;
  passed: boolean;
  skipped?: boolean;
  told: string;
}

function runTests(): Part {
  const files = deepTests(readTree(ROOT, ["test"], [".ts"]));
  const { status } = spawnSync("npx", ["hardhat", "test", "--no-compile", ...files], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, NKMS_DEEP: "1" },
  });
  return { name: "tests under NKMS_DEEP", passed: status === 0, told: `${files.length} files` };
}

function runForge(): Part {
  if (!hasForge(ROOT)) {
    const told = `not run: @foundry-rs/forge has not installed a program for ${process.platform}-${process.arch}`;
    return { name: "forge", passed: SHORT, skipped: SHORT, told };
  }
  const campaigns = campaignsIn(readTree(ROOT, ["test/forge"], [".sol"]));
  const wanted = stepsWanted(SHORT, process.env.NKMS_STEPS);
  const { runs, depth } = shapeOf(SHORT, wanted, campaigns);
  const seed = process.env.NKMS_SEED ?? `0x${randomBytes(8).toString("hex")}`;
  console.log(`forge: ${campaigns} campaigns of ${runs} runs of ${depth} steps, seed ${seed}`);
  const chosen = SHORT ? ["--no-match-contract", DRAWS] : [];
  const { status, stdout, error } = spawnSync("npx", ["--no", "--", "forge", "test", "--fuzz-seed", seed, ...chosen], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FOUNDRY_INVARIANT_RUNS: `${runs}`, FOUNDRY_INVARIANT_DEPTH: `${depth}` },
  });
  if (error) throw error;
  console.log(stdout);
  const { passed, failed, steps } = forgeCounts(stdout);
  const told = `${steps} steps in ${campaigns} campaigns, seed ${seed}; ${passed} passed, ${failed} failed`;
  return { name: "forge", passed: status === 0 && failed === 0 && steps >= wanted, told };
}

const parts = FORGE_ALONE ? [runForge()] : [runForge(), runTests()];
const markOf = ({ passed, skipped }: Part) => (skipped ? "-" : passed ? "✓" : "✗");
for (const part of parts) console.log(`${markOf(part)} ${part.name}: ${part.told}`);
process.exitCode = parts.every(({ passed }) => passed) ? 0 : 1;
