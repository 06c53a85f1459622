/** Counts of the fractions a node holds. A pending one belongs to a policy that was never seen on chain. */
import type { HeldGrant } from "./grant";

export class Census {
  #held = 0;
  #pending = 0;
  readonly #pendingOf = new Map<string, number>();

  /** Fractions held, pending ones included. */
  get held(): number {
    return this.#held;
  }

  get pending(): number {
    return this.#pending;
  }

  /** Pending fractions that came from one network since the process started. */
  pendingOf(network: string): number {
    return this.#pendingOf.get(network) ?? 0;
  }

  add(grant: HeldGrant): void {
    this.#count(grant, 1);
  }

  remove(grant: HeldGrant): void {
    this.#count(grant, -1);
  }

  #count({ fate, fundedUntil, network }: HeldGrant, by: number): void {
    if (fate) return;
    this.#held += by;
    if (fundedUntil !== undefined) return;
    this.#pending += by;
    if (network !== undefined) this.#countOf(network, by);
  }

  #countOf(network: string, by: number): void {
    const count = this.pendingOf(network) + by;
    if (count > 0) this.#pendingOf.set(network, count);
    else this.#pendingOf.delete(network);
  }
}
