/** The demo's own chain: Hardhat's network behind a real JSON-RPC socket on loopback, whose time can be moved. */
import type { HardhatRuntimeEnvironment, JsonRpcServer } from "hardhat/types";
import { TASK_NODE_CREATE_SERVER } from "hardhat/builtin-tasks/task-names";

export interface LocalChain {
  url: string;
  /** The chain's own funded account, which deploys. */
  deployer: string;
  /** Gives an account coins to pay gas with. */
  fund: (account: string) => Promise<void>;
  /** Moves the chain's clock forward and mines a block. */
  pass: (seconds: bigint) => Promise<void>;
  close: () => Promise<void>;
}

const HUNDRED_COINS = "0x56bc75e2d63100000";

/** Starts the chain on a free port. */
export async function startLocalChain(hre: HardhatRuntimeEnvironment): Promise<LocalChain> {
  const provider = hre.network.provider;
  const settings = { hostname: "127.0.0.1", port: 0, provider };
  const server = (await hre.run(TASK_NODE_CREATE_SERVER, settings)) as JsonRpcServer;
  const { port } = await server.listen();
  const [deployer] = (await provider.send("eth_accounts")) as string[];
  return {
    url: `http://127.0.0.1:${port}`,
    deployer: hre.ethers.getAddress(deployer),
    fund: async (account) => {
      await provider.send("hardhat_setBalance", [account, HUNDRED_COINS]);
    },
    pass: async (seconds) => {
      await provider.send("evm_increaseTime", [Number(seconds)]);
      await provider.send("evm_mine");
    },
    close: () => server.close(),
  };
}
