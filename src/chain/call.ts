/** One state-changing call of a contract, which can be checked and priced before it is sent. */
import type { Provider, TransactionReceipt, TransactionResponse } from "ethers";

import type { ContractMethodArgs, DefaultReturnType, TypedContractMethod } from "../../typechain-types/common";
import { NkmsError } from "../errors";
import { ContractRefusal, explain, explained } from "./refusals";

/** Where a transaction was mined and what it cost, in wei of the chain's coin. */
export interface Mined {
  hash: string;
  block: number;
  gasUsed: bigint;
  cost: bigint;
  receipt: TransactionReceipt;
}

/** After which block the state is read; after the newest if none is named. */
export interface At {
  readonly blockTag?: number;
}

/** What a transaction will cost at most: gas, wei per gas, and their product. */
export interface Estimate {
  gas: bigint;
  gasPrice: bigint;
  cost: bigint;
}

/** Limits of one sending: wei per gas at most, and how long to wait until it is mined. */
export interface SendOptions {
  maxFeePerGas?: bigint;
  timeoutMs?: number;
}

interface FeeLimits {
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
}

const DEFAULT_TIMEOUT_MS = 180_000;
/** Gas above the estimate, in percent: a period may begin between estimate and mining. */
const GAS_MARGIN_PERCENT = 20n;

/** Of {@link Call.send}: the server did not take the transaction, or it reverted. */
const WITHOUT_EFFECT = ["E_NO_ETHER", "E_NONCE_TAKEN", "E_TRANSACTION_FAILED"];

/** Whether a call whose sending failed by this error surely changes nothing, now or later. After any other it still may. */
export function hadNoEffect(error: unknown): boolean {
  return error instanceof ContractRefusal || (error instanceof NkmsError && WITHOUT_EFFECT.includes(error.code));
}

/** A prepared call. Nothing is sent before {@link Call.send}; `R` is what the function returns. */
export class Call<R = unknown> {
  constructor(
    private readonly provider: Provider,
    private readonly attempt: () => Promise<R>,
    private readonly estimateGas: () => Promise<bigint>,
    private readonly submit: (overrides: FeeLimits & { gasLimit: bigint }) => Promise<TransactionResponse>,
  ) {}

  /** Runs the call on the present state without sending it. Throws ContractRefusal as the contract would. */
  check(): Promise<R> {
    return explained(this.attempt());
  }

  /** Gas with margin and its price now. Throws as {@link check}. */
  async estimate(): Promise<Estimate> {
    const gas = ((await explained(this.estimateGas())) * (100n + GAS_MARGIN_PERCENT)) / 100n;
    const { maxFeePerGas, gasPrice } = await explained(this.provider.getFeeData());
    const price = maxFeePerGas ?? gasPrice ?? 0n;
    return { gas, gasPrice: price, cost: gas * price };
  }

  /**
   * Checks, sends and waits until it is mined. Throws ContractRefusal before anything is sent, E_NO_ETHER, E_RPC_FAILED,
   * E_NOT_MINED (sent, but unseen within the timeout) and E_TRANSACTION_FAILED (mined, but reverted).
   */
  async send(options: SendOptions = {}): Promise<Mined> {
    await this.check();
    const { gas } = await this.estimate();
    const sent = await explained(this.submit({ gasLimit: gas, ...(await this.feeLimits(options)) }));
    return waitUntilMined(sent, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  /** The tip must not be above the limit, or the transaction is not valid. */
  private async feeLimits({ maxFeePerGas }: SendOptions): Promise<FeeLimits> {
    if (maxFeePerGas === undefined) return {};
    const tip = (await explained(this.provider.getFeeData())).maxPriorityFeePerGas ?? 0n;
    return { maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas };
  }
}

/** Prepares the call of a contract's function. */
export function prepare<A extends unknown[], R>(
  provider: Provider,
  method: TypedContractMethod<A, R, "nonpayable">,
  args: { [I in keyof A]: A[I] },
): Call<DefaultReturnType<R>> {
  const plain = args as unknown as ContractMethodArgs<A, "view">;
  return new Call(
    provider,
    () => method.staticCall(...plain),
    () => method.estimateGas(...(plain as ContractMethodArgs<A, "nonpayable">)),
    (overrides) => method.send(...([...args, overrides] as unknown as ContractMethodArgs<A, "nonpayable">)),
  );
}

/** Prepares the call of a function that takes `value` wei of the chain's coin. */
export function preparePayable<A extends unknown[], R>(
  provider: Provider,
  method: TypedContractMethod<A, R, "payable">,
  args: { [I in keyof A]: A[I] },
  value: bigint,
): Call<DefaultReturnType<R>> {
  const withValue = (overrides: object) =>
    [...args, { ...overrides, value }] as unknown as ContractMethodArgs<A, "payable">;
  return new Call(
    provider,
    () => method.staticCall(...(withValue({}) as unknown as ContractMethodArgs<A, "view">)),
    () => method.estimateGas(...withValue({})),
    (overrides) => method.send(...withValue(overrides)),
  );
}

async function waitUntilMined(sent: TransactionResponse, timeoutMs: number): Promise<Mined> {
  try {
    const receipt = await sent.wait(1, timeoutMs);
    if (!receipt) throw notMined(sent.hash);
    return { hash: sent.hash, block: receipt.blockNumber, gasUsed: receipt.gasUsed, cost: receipt.fee, receipt };
  } catch (error) {
    throw explainMining(sent.hash, error);
  }
}

function explainMining(hash: string, error: unknown): NkmsError {
  const { code } = (error ?? {}) as { code?: string };
  if (code === "TIMEOUT") return notMined(hash);
  if (code !== "CALL_EXCEPTION") return explain(error);
  return new NkmsError("E_TRANSACTION_FAILED", `The transaction ${hash} was mined but reverted.`, {
    why: "The state changed between the check and the mining. Only the gas was spent; nothing else moved.",
    fix: "Try again: the check will say what stands in the way now.",
    data: { hash },
    cause: error,
  });
}

function notMined(hash: string): NkmsError {
  return new NkmsError("E_NOT_MINED", `Sent, not yet mined: ${hash}`, {
    why: "The chain has not included the transaction in time; it may still do so.",
    fix: "Look the transaction up before trying again, or send with a higher --max-fee.",
    data: { hash },
  });
}
