/** The generated bindings by contract name: the one place that knows them all. */
import { Contract, type ContractRunner, type Interface } from "ethers";

// Each from its own file: the index of the bindings loads a hundred modules that nobody here needs.
import { AccessLog__factory } from "../../typechain-types/factories/contracts/conditions/AccessLog__factory";
import { AllOf__factory } from "../../typechain-types/factories/contracts/conditions/AllOf__factory";
import { AllowLists__factory } from "../../typechain-types/factories/contracts/conditions/AllowLists__factory";
import { AnyOf__factory } from "../../typechain-types/factories/contracts/conditions/AnyOf__factory";
import { Not__factory } from "../../typechain-types/factories/contracts/conditions/Not__factory";
import { PayToReadShop__factory } from "../../typechain-types/factories/contracts/conditions/PayToReadShop__factory";
import { SellerPayments__factory } from "../../typechain-types/factories/contracts/conditions/SellerPayments__factory";
import { Subscriptions__factory } from "../../typechain-types/factories/contracts/conditions/Subscriptions__factory";
import { TimeWindow__factory } from "../../typechain-types/factories/contracts/conditions/TimeWindow__factory";
import { TokenBalance__factory } from "../../typechain-types/factories/contracts/conditions/TokenBalance__factory";
import { ViewCall__factory } from "../../typechain-types/factories/contracts/conditions/ViewCall__factory";
import { PaidReads__factory } from "../../typechain-types/factories/contracts/payments/PaidReads__factory";
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
  PaidReads: PaidReads__factory,
  TimeWindow: TimeWindow__factory,
  TokenBalance: TokenBalance__factory,
  SellerPayments: SellerPayments__factory,
  Subscriptions: Subscriptions__factory,
  AllowLists: AllowLists__factory,
  AccessLog: AccessLog__factory,
  ViewCall: ViewCall__factory,
  PayToReadShop: PayToReadShop__factory,
  AllOf: AllOf__factory,
  AnyOf: AnyOf__factory,
  Not: Not__factory,
} as const;

/** The contracts of a deployment, in the order in which they are created. */
export const CONTRACT_NAMES = Object.keys(CONTRACT_FACTORIES) as ContractName[];

export type ContractName = keyof typeof CONTRACT_FACTORIES;

/** The binding of a contract by its name. */
export type ContractOf<K extends ContractName> = ReturnType<(typeof CONTRACT_FACTORIES)[K]["connect"]>;

const interfaces = new Map<ContractName, Interface>();

/** A contract at an address. Its ABI is read once per process: all of them together take longer to read than to ask a local chain. */
export function contractAt<K extends ContractName>(name: K, address: string, runner: ContractRunner): ContractOf<K> {
  const known: Interface = interfaces.get(name) ?? CONTRACT_FACTORIES[name].createInterface();
  interfaces.set(name, known);
  return new Contract(address, known, runner) as unknown as ContractOf<K>;
}

/** The ABI of every contract by name, as JSON fragments. */
export const abi = {
  NKMSToken: NKMSToken__factory.abi,
  StakingEscrow: StakingEscrow__factory.abi,
  NodeRegistry: NodeRegistry__factory.abi,
  KeyRegistry: KeyRegistry__factory.abi,
  PolicyManager: PolicyManager__factory.abi,
  PaidReads: PaidReads__factory.abi,
  TimeWindow: TimeWindow__factory.abi,
  TokenBalance: TokenBalance__factory.abi,
  SellerPayments: SellerPayments__factory.abi,
  Subscriptions: Subscriptions__factory.abi,
  AllowLists: AllowLists__factory.abi,
  AccessLog: AccessLog__factory.abi,
  ViewCall: ViewCall__factory.abi,
  PayToReadShop: PayToReadShop__factory.abi,
  AllOf: AllOf__factory.abi,
  AnyOf: AnyOf__factory.abi,
  Not: Not__factory.abi,
} as const;
