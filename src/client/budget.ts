/** What one read may cost at each node, however many policies are tried for it. */
import type { Address } from "../protocol/abi";

export class Budget {
  readonly #spent = new Map<string, bigint>();

  /** `maxPrice` in NKMS wei, for each node. */
  constructor(readonly maxPrice: bigint) {}

  spent(node: Address): bigint {
    return this.#spent.get(node.toLowerCase()) ?? 0n;
  }

  left(node: Address): bigint {
    return this.maxPrice - this.spent(node);
  }

  /** Adds to what a node got. */
  charge(node: Address, amount: bigint): void {
    this.#spent.set(node.toLowerCase(), this.spent(node) + amount);
  }
}
