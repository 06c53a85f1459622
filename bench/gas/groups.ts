import { afghGas } from "./afgh";
import { conditionsGas } from "./conditions";
import { paymentsGas } from "./payments";
import { policyGas } from "./policy";
import { registryGas } from "./registry";
import type { GasTable } from "./scenario";
import { stakingGas } from "./staking";

/** Every group of contracts with gas figures, in the order of the table. */
export const GROUPS: readonly (() => Promise<GasTable>)[] = [
  stakingGas,
  registryGas,
  policyGas,
  paymentsGas,
  conditionsGas,
  afghGas,
];
