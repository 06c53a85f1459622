/** Reads events: in bounded windows of blocks, because servers refuse or truncate answers over long ranges, or in one transaction's receipt. */
import type { BaseContract, DeferredTopicFilter, EventLog, LogDescription, Provider, TransactionReceipt } from "ethers";

import { isSameAddress } from "../protocol/abi";
import { explained } from "./refusals";

const WINDOW_BLOCKS = 5_000;

/** All events of a filter from a block on, up to `toBlock` or the newest, in the chain's order. */
export async function queryEvents(
  contract: BaseContract,
  filter: DeferredTopicFilter,
  provider: Provider,
  fromBlock: number,
  toBlock?: number,
): Promise<EventLog[]> {
  const last = toBlock ?? (await explained(provider.getBlockNumber()));
  const found: EventLog[] = [];
  for (let from = fromBlock; from <= last; from += WINDOW_BLOCKS) {
    const to = Math.min(from + WINDOW_BLOCKS - 1, last);
    found.push(...((await explained(contract.queryFilter(filter, from, to))) as EventLog[]));
  }
  return found;
}

/** What a contract, connected by its address, tells in a receipt; other contracts' events do not count, whatever they say. */
export function eventsIn(contract: BaseContract, { logs }: Pick<TransactionReceipt, "logs">): LogDescription[] {
  const ours = logs.filter(({ address }) => isSameAddress(address, contract.target as string));
  return ours.flatMap((log) => contract.interface.parseLog(log) ?? []);
}
