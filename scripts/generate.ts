/** Replaces the committed TypeChain bindings as a whole, so that none outlives its contract. */
import { cpSync, rmSync } from "node:fs";

import { config } from "hardhat";

import { withFreshBindings } from "./house/bindings";

void withFreshBindings((folder) => {
  rmSync(config.typechain.outDir, { recursive: true, force: true });
  cpSync(folder, config.typechain.outDir, { recursive: true });
});
