/** Steps played by bare requests, for tests that play very many of them; every price is paid, so that none is asked for. */
import type { Interface } from "ethers";
import { ethers } from "hardhat";

const GAS = "0x1c9c380";
const PRICE = { maxFeePerGas: "0x174876e800", maxPriorityFeePerGas: "0x1" };

/** A transaction without its second, from an account that the network signs for. */
export interface Step {
  readonly from: string;
  readonly to: string;
  readonly data: string;
  readonly value?: string;
}

/** Plays a step; fails as it does. */
export async function play(step: Step): Promise<void> {
  await ethers.provider.send("eth_sendTransaction", [{ ...step, gas: GAS, ...PRICE }]);
}

/** What a call would answer in the next block, or in the one there is. */
export async function ask(
  step: Omit<Step, "from"> & { from?: string },
  block: "pending" | "latest" = "pending",
): Promise<string> {
  return ethers.provider.send("eth_call", [{ ...step, gas: GAS }, block]);
}

/** The name of the error that a step would end in, among those of `known`; undefined if it would succeed. */
export async function refusalOf(step: Step, known: readonly Interface[]): Promise<string | undefined> {
  try {
    await ask(step);
    return undefined;
  } catch (error) {
    const data = revertData(error);
    return known.map((each) => each.parseError(data)?.name).find((name) => name) ?? String(error);
  }
}

/** The second of the next block. */
export async function nextSecond(second: number | bigint): Promise<void> {
  await ethers.provider.send("evm_setNextBlockTimestamp", [Number(second)]);
}

/** Runs something and puts the chain back to where it was. */
export async function fork<T>(run: () => Promise<T>): Promise<T> {
  const snapshot: string = await ethers.provider.send("evm_snapshot");
  const result = await run();
  await ethers.provider.send("evm_revert", [snapshot]);
  return result;
}

function revertData(error: unknown): string {
  const { data } = error as { data?: string | { data?: string } };
  return (typeof data === "string" ? data : data?.data) ?? "0x";
}
