/** The generated bindings by contract name: the one place that knows them all. */
// Each from its own file: the index of the bindings loads a hundred modules that nobody here needs.
import { KeyRegistry__factory } from "../../typechain-types/factories/contracts/policy/KeyRegistry__factory";
import { PolicyManager__factory } from "../../typechain-types/factories/contracts/policy/PolicyManager__factory";
import { NodeRegistry__factory } from "../../typechain-types/factories/contracts/staking/NodeRegistry__factory";
import { StakingEscrow__factory } from "../../typechain-types/factories/contracts/staking/StakingEscrow__factory";
import { NKMSToken__factory } from "../../typechain-types/factories/contracts/token/NKMSToken__factory";

export const CONTRACT_FACTORIES = {
  NKMSToken: NKMSToken__factory,
  StakingEscrow: StakingEscrow__factory,
  NodeRegistry: NodeRegistry__factory,
  KeyRegistry: KeyRegistry__factory,
  PolicyManager: PolicyManager__factory,
} as const;

/** The contracts of a deployment, in the order in which they are created. */
export const CONTRACT_NAMES = Object.keys(CONTRACT_FACTORIES) as ContractName[];

export type ContractName = keyof typeof CONTRACT_FACTORIES;

/** The ABI of every contract by name, as JSON fragments. */
export const abi = {
  NKMSToken: NKMSToken__factory.abi,
  StakingEscrow: StakingEscrow__factory.abi,
  NodeRegistry: NodeRegistry__factory.abi,
  KeyRegistry: KeyRegistry__factory.abi,
  PolicyManager: PolicyManager__factory.abi,
} as const;
