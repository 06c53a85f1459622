import { TASK_NODE_SERVER_READY } from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";
import type { EthereumProvider } from "hardhat/types";

const BLOCK_INTERVAL_MS = 5_000;

/**
 * `hardhat node` also mines a block every few seconds. By default it mines only when a transaction comes, and its time stands
 * still in between: no period would ever begin.
 */
subtask(TASK_NODE_SERVER_READY).setAction(async (args: { provider: EthereumProvider }, _hre, runSuper) => {
  await args.provider.request({ method: "evm_setIntervalMining", params: [BLOCK_INTERVAL_MS] });
  await runSuper(args);
});
