/** How the contracts of a deployment know each other, and whether those on a chain do. */
import { getCreateAddress } from "ethers";

import { NkmsError } from "../errors";
import { CONTRACT_NAMES, type ContractName } from "./contracts";
import type { Deployment } from "./deployment";

/** Whom each contract was constructed with; the others know nobody. */
const WIRING: Partial<Record<ContractName, readonly ContractName[]>> = {
  NKMSToken: ["StakingEscrow"],
  StakingEscrow: ["NKMSToken", "NodeRegistry", "PolicyManager"],
  NodeRegistry: ["StakingEscrow"],
  PolicyManager: ["NKMSToken", "StakingEscrow", "NodeRegistry"],
  PaidReads: ["NKMSToken"],
};

/** The address of the contract that an account creates with a nonce. */
export function predictAddress(deployer: string, nonce: number): string {
  return getCreateAddress({ from: deployer, nonce });
}

/**
 * Checks that each contract's code on the chain holds the addresses it must work with: they are immutable and stand in the code
 * word by word. Throws E_BAD_WIRING {contract, missing}.
 */
export async function verifyWiring(
  codeAt: (address: string) => Promise<string>,
  deployment: Deployment,
): Promise<void> {
  for (const contract of CONTRACT_NAMES) {
    const code = (await codeAt(deployment[contract])).toLowerCase();
    const others = WIRING[contract] ?? [];
    const missing = others.filter((other) => !code.includes(deployment[other].slice(2).toLowerCase()));
    if (code === "0x" || missing.length) throw badWiring(contract, missing);
  }
}

function badWiring(contract: ContractName, missing: ContractName[]): NkmsError {
  return new NkmsError(
    "E_BAD_WIRING",
    `${contract} on the chain is not wired to ${missing.join(", ") || "anything"}.`,
    {
      why: missing.length
        ? "Its code does not hold their addresses: they came to stand elsewhere than predicted."
        : "There is no code at its address.",
      fix: "Do not use these contracts. Begin anew: npx hardhat deploy --fresh",
      data: { contract, missing },
    },
  );
}
