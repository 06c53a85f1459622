import type { ContractFuture, IgnitionModuleBuilder } from "@nomicfoundation/ignition-core";
import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** Contracts that know no other and are known to none when they are created: the built-in conditions. */
const INDEPENDENT = [
  "TimeWindow",
  "TokenBalance",
  "SellerPayments",
  "Subscriptions",
  "AllowLists",
  "AccessLog",
  "ViewCall",
  "PayToReadShop",
  "AllOf",
  "AnyOf",
  "Not",
] as const;

/**
 * The contracts in the order of their nonces (`CONTRACT_NAMES`): each waits for the one before, so that the addresses of
 * those to come are where they were predicted. Addresses of contracts that do not exist yet are zero, and what only those may do
 * is unreachable.
 */
export const NkmsModule = buildModule("NKMS", (m) => {
  const nobody = "0x0000000000000000000000000000000000000000";
  const predicted = {
    escrow: m.getParameter<string>("stakingEscrow"),
    nodeRegistry: m.getParameter<string>("nodeRegistry"),
    policyManager: m.getParameter<string>("policyManager"),
  };

  const token = m.contract("NKMSToken", [
    predicted.escrow,
    m.getParameter<string>("initialHolder"),
    m.getParameter<bigint>("initialSupply"),
    m.getParameter<bigint>("maxSupply"),
  ]);
  const staking = m.getParameter<Record<string, bigint>>("staking");
  const escrowArguments = [token, predicted.nodeRegistry, predicted.policyManager, nobody, [], staking];
  const escrow = m.contract("StakingEscrow", escrowArguments, { after: [token] });
  const nodeRegistry = m.contract("NodeRegistry", [escrow, m.getParameter<bigint>("periodLength")], {
    after: [escrow],
  });
  const keyRegistry = m.contract("KeyRegistry", [], { after: [nodeRegistry] });
  const policy = m.getParameter<Record<string, bigint>>("policy");
  const policyArguments = [token, escrow, nodeRegistry, nobody, nobody, policy];
  const policyManager = m.contract("PolicyManager", policyArguments, { after: [keyRegistry] });
  const channelArguments = [token, m.getParameter<bigint>("closeDelay")];
  const paidReads = m.contract("PaidReads", channelArguments, { after: [policyManager] });

  return {
    NKMSToken: token,
    StakingEscrow: escrow,
    NodeRegistry: nodeRegistry,
    KeyRegistry: keyRegistry,
    PolicyManager: policyManager,
    PaidReads: paidReads,
    ...inTurn(m, paidReads),
  };
});

type Independent = (typeof INDEPENDENT)[number];

/** One after the other, from `first` on. */
function inTurn(m: IgnitionModuleBuilder, first: ContractFuture<string>): Record<Independent, ContractFuture<string>> {
  const futures: Partial<Record<Independent, ContractFuture<string>>> = {};
  let last = first;
  for (const name of INDEPENDENT) last = futures[name] = m.contract(name, [], { after: [last] });
  return futures as Record<Independent, ContractFuture<string>>;
}
