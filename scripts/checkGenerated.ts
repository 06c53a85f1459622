/**
 * Compares the committed TypeChain bindings with fresh ones, file by file: a stale, missing or left-over binding fails. The
 * bindings carry ABI and bytecode, so this also holds the ABIs the package exports.
 */
import { config } from "hardhat";

import { withFreshBindings } from "./house/bindings";
import { differences } from "./house/differences";
import { readTree } from "./house/sourceTree";

void withFreshBindings((folder) => {
  const found = differences(readTree(config.typechain.outDir, ["."], [".ts"]), readTree(folder, ["."], [".ts"]));
  for (const line of found) console.error(`typechain-types/${line}`);
  if (found.length > 0) console.error("Run: npm run generate");
  process.exitCode = found.length > 0 ? 1 : 0;
});
