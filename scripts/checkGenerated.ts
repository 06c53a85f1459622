/**
 * Makes the TypeChain bindings again in a temporary folder and compares them with the committed ones, file by file: a stale,
 * missing or left-over binding fails. The bindings carry ABI and bytecode, so this also holds the ABIs the package exports.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { config, run } from "hardhat";
import { glob, runTypeChain } from "typechain";

import { differences } from "./house/differences";
import { readTree } from "./house/sourceTree";

/** The same options as the Hardhat plug-in gives to TypeChain. */
async function generate(outDir: string): Promise<void> {
  const { alwaysGenerateOverloads, discriminateTypes, tsNocheck, node16Modules, target } = config.typechain;
  const cwd = config.paths.root;
  const allFiles = glob(cwd, [`${config.paths.artifacts}/!(build-info)/**/+([a-zA-Z0-9_]).json`]);
  const flags = {
    alwaysGenerateOverloads,
    discriminateTypes,
    tsNocheck,
    node16Modules,
    environment: "hardhat" as const,
  };
  await runTypeChain({ cwd, allFiles, filesToProcess: allFiles, outDir, target, flags });
}

async function main(): Promise<void> {
  await run("compile", { quiet: true, noTypechain: true });
  const outDir = mkdtempSync(join(tmpdir(), "nkms-types-"));
  try {
    await generate(outDir);
    const found = differences(readTree(config.typechain.outDir, ["."], [".ts"]), readTree(outDir, ["."], [".ts"]));
    for (const line of found) console.error(`typechain-types/${line}`);
    if (found.length > 0) console.error("Run: npm run generate");
    process.exitCode = found.length > 0 ? 1 : 0;
  } finally {
    rmSync(outDir, { recursive: true });
  }
}

void main();
