import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { config, run } from "hardhat";
import { glob, runTypeChain } from "typechain";

/**
 * Compiles what has changed, makes all TypeChain bindings in a temporary folder with the options the Hardhat plug-in
 * would give, hands the folder to `use`, and removes it.
 */
export async function withFreshBindings(use: (folder: string) => void): Promise<void> {
  await run("compile", { quiet: true, noTypechain: true });
  const folder = mkdtempSync(join(tmpdir(), "nkms-types-"));
  try {
    await generate(folder);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

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
