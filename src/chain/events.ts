/** Reads events in bounded windows of blocks, because servers refuse or truncate answers over long ranges. */
import type { BaseContract, DeferredTopicFilter, EventLog, Provider } from "ethers";

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
