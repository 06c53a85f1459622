/** The generated bindings by contract name: the one place that knows them all. */
import {
  KeyRegistry__factory,
  NKMSToken__factory,
  NodeRegistry__factory,
  PolicyManager__factory,
  StakingEscrow__factory,
} from "../../typechain-types";

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
