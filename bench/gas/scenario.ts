/** What the gas figures of all groups share. */
import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import type { ContractTransactionResponse } from "ethers";

/** Gas by operation: whole transactions, or what the head of the group's file says. */
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

/** Seconds per period in the reference deployment. */
export const PERIOD = 86_400;

/** Seconds after which ends, vesting epochs and words of the calendar lie alike again: figures do not depend on the date. */
export const CALENDAR = 1_792 * PERIOD;

/** Moves to where the calendar begins anew. */
export async function alignCalendar(): Promise<void> {
  await time.increaseTo((Math.floor((await time.latest()) / CALENDAR) + 1) * CALENDAR);
}

/** Leaves `periods` behind; the next block is early in a new one. */
export async function pass(periods: number): Promise<void> {
  const next = Math.floor((await time.latest()) / PERIOD) + periods;
  await time.increaseTo(next * PERIOD + 10);
}
