/** As hardhat.config.ts, with folders of its own: instrumented code never takes the place of what is tested and shipped. */
import type { HardhatUserConfig } from "hardhat/config";

import base from "./hardhat.config";

const config: HardhatUserConfig = {
  ...base,
  paths: { ...base.paths, artifacts: "./cache/coverage/artifacts", cache: "./cache/coverage" },
  typechain: { ...base.typechain, dontOverrideCompile: true },
  mocha: { timeout: 600_000 },
};

export default config;
