/**
 * What we know of our channels' vouchers. It is kept in memory only: a node that has a voucher of ours says so when we ask with less, and
 * shows our signature.
 */
import type { Address } from "../protocol/abi";
import { serial } from "../serial";

/** The state of a channel in one epoch: what our latest voucher is for, and what a read costs there. */
export interface Tab {
  readonly epoch: bigint;
  readonly paid: bigint;
  readonly price: bigint;
}

export class Purse {
  readonly #tabs = new Map<string, Tab>();
  readonly #turns = new Map<string, ReturnType<typeof serial>>();

  /** What is known of the channel to a node in an epoch. */
  tab(node: Address, epoch: bigint): Tab | undefined {
    const tab = this.#tabs.get(node.toLowerCase());
    return tab?.epoch === epoch ? tab : undefined;
  }

  note(node: Address, tab: Tab): void {
    this.#tabs.set(node.toLowerCase(), tab);
  }

  /** Runs one payment to a node after another: two vouchers of the same amount would pay for one read. */
  inTurn<T>(node: Address, task: () => Promise<T>): Promise<T> {
    const key = node.toLowerCase();
    const turn = this.#turns.get(key) ?? serial();
    this.#turns.set(key, turn);
    return turn(task);
  }
}
