/** What the gas figures of all groups share. */
import { takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import type { ContractTransactionResponse } from "ethers";

/** Gas by operation: whole transactions, or execution alone where the name's entry in bench/README.md says so. */
export type GasTable = Record<string, number>;

export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt!.gasUsed);
}

/** Runs every scenario on the state of now, and puts that state back after each. */
export async function runScenarios(scenarios: Record<string, () => Promise<number>>): Promise<GasTable> {
  const table: GasTable = {};
  for (const [name, scenario] of Object.entries(scenarios)) {
    const snapshot = await takeSnapshot();
    table[name] = await scenario();
    await snapshot.restore();
  }
  return table;
}
