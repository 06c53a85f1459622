import "@nomicfoundation/hardhat-toolbox";
import type { HardhatUserConfig } from "hardhat/config";

import "./tasks";

// The allocator of Hardhat's network gives freed memory back after 10 ms, to fault it in again with the next call. Keeping it for a second
// saves a third of the time of the contracts' tests. Read as the network is loaded, here and in the processes started from here.
process.env.MIMALLOC_PURGE_DELAY ??= "1000";

const settings = { optimizer: { enabled: true, runs: 1000 }, evmVersion: "prague" };

const config: HardhatUserConfig = {
  solidity: {
    compilers: [{ version: "0.8.37", settings: { ...settings, viaIR: false } }],
    overrides: {
      "contracts/policy/PolicyManager.sol": {
        version: "0.8.37",
        settings: { ...settings, optimizer: { enabled: true, runs: 20000 }, viaIR: true },
      },
      "contracts/staking/NodeRegistry.sol": {
        version: "0.8.37",
        settings: { ...settings, optimizer: { enabled: true, runs: 20000 }, viaIR: true },
      },
      "contracts/token/NKMSToken.sol": {
        version: "0.8.37",
        settings: { ...settings, optimizer: { enabled: true, runs: 20000 }, viaIR: true },
      },
      "contracts/staking/StakingEscrow.sol": {
        version: "0.8.37",
        settings: { ...settings, optimizer: { enabled: true, runs: 200 }, viaIR: true },
      },
    },
  },
  networks: {
    hardhat: { hardfork: "prague", chainId: 31337 },
    localhost: { url: process.env.NKMS_LOCALHOST_URL ?? "http://127.0.0.1:8545" },
    sepolia: { url: process.env.NKMS_SEPOLIA_URL ?? "", chainId: 11155111 },
  },
  paths: { ignition: "./deploy" },
  typechain: { outDir: "typechain-types", target: "ethers-v6" },
  gasReporter: { enabled: false },
  // Files run side by side on the two cores that a small machine has.
  mocha: {
    timeout: 60_000,
    parallel: true,
    jobs: 2,
    require: ["hardhat/register", "./test/support/failedTests.ts", "./test/support/sameValues.ts"],
  },
};

export default config;
