/**
 * What we know of our channels' vouchers, and what reads cost. It is kept in memory only: a node that has a voucher of ours says so when we
 * show it one that pays nothing, and shows our signature.
 */
import { toHex } from "../bytes";
import type { Address } from "../protocol/abi";
import { serial } from "../serial";

/** The state of a channel in one epoch; amounts are sums of all reads, as vouchers state them. */
export interface Tab {
  readonly epoch: bigint;
  /** What the node is known to count as spent. */
  readonly paid: bigint;
  /** The highest voucher we know to be signed: what is above `paid` was sent and not answered, and the node may have it or not. */
  readonly signed: bigint;
  /** Another process of ours seems to pay from the channel too: what the node counts has to be asked before each payment. */
  readonly shared: boolean;
}

export class Purse {
  readonly #tabs = new Map<string, Tab>();
  readonly #prices = new Map<string, bigint>();
  readonly #turns = new Map<string, ReturnType<typeof serial>>();

  /** What is known of the channel to a node in an epoch. */
  tab(node: Address, epoch: bigint): Tab | undefined {
    const tab = this.#tabs.get(node.toLowerCase());
    return tab?.epoch === epoch ? tab : undefined;
  }

  note(node: Address, tab: Tab): void {
    this.#tabs.set(node.toLowerCase(), tab);
  }

  /** What a read costs at a node under a policy, as the node said last: a node keeps the price it took the policy for. */
  price(node: Address, policyId: Uint8Array): bigint | undefined {
    return this.#prices.get(priceKey(node, policyId));
  }

  notePrice(node: Address, policyId: Uint8Array, price: bigint): void {
    this.#prices.set(priceKey(node, policyId), price);
  }

  /** Runs one payment to a node after another: two vouchers of the same amount would pay for one read. */
  inTurn<T>(node: Address, task: () => Promise<T>): Promise<T> {
    const key = node.toLowerCase();
    const turn = this.#turns.get(key) ?? serial();
    this.#turns.set(key, turn);
    return turn(task);
  }
}

function priceKey(node: Address, policyId: Uint8Array): string {
  return `${node.toLowerCase()}/${toHex(policyId)}`;
}
