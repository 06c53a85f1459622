/**
 * Deletes fractions that are of no more use: revoked, expired, taken out, or never paid for (I-L6). The chain is read
 * `deletionDepth` blocks under its head, so that a reorganisation brings nothing back. Between two blocks only the policies named
 * by an event and those whose time has come are asked about; all of them are asked at the start, every `FULL_SWEEP_BLOCKS`, and
 * when the block last looked at is no longer in the chain, so nothing needs to be remembered across restarts.
 */
import { inBatches } from "../batches";
import { toHex } from "../bytes";
import { fateOf } from "./access";
import { causeOf, codeOf, type ChainHead, type Following } from "./chainHead";
import type { Block, ChainView, NodeState } from "./chainView";
import type { Clock } from "./clock";
import { withDeadline } from "./deadline";
import type { FractionStore } from "./fractionStore";
import type { HeldGrant } from "./grant";
import { describeUnexpected, type Log } from "./log";
import type { Metrics } from "./metrics";
import type { RequestLog } from "./requestLog";

const FULL_SWEEP_BLOCKS = 1_800;
const CALLS_AT_ONCE = 16;
/** How long the reason of a deletion is kept after the last second the policy could have had. */
const MEMORY_SECONDS = 30n * 86_400n;

export interface FollowerOptions {
  readonly chain: ChainView;
  readonly head: ChainHead;
  readonly following: Following;
  readonly store: FractionStore;
  readonly requests: RequestLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export class ChainFollower {
  /** What the chain last said of this node. */
  lastNode?: NodeState;
  /** The block last looked at, and the head it was under. */
  #seen?: Block;
  #seenUnder?: Block;
  #sweptAt = -Infinity;
  #cancel = () => {};
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  /** What the last look failed with, so that a lasting fault is one line of the log and not one every `pollMs`. */
  #failing?: string;

  constructor(private readonly options: FollowerOptions) {}

  /** Looks now and every `pollMs` from then on. */
  start(): void {
    this.#running = this.#step().finally(() => {
      if (!this.#stopped) this.#cancel = this.options.clock.schedule(this.options.following.pollMs, () => this.start());
    });
  }

  /** Resolves when the present look is over; there is no other after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  async #step(): Promise<void> {
    try {
      await this.#follow();
      this.#failing = undefined;
    } catch (error) {
      const [code, cause] = [codeOf(error), causeOf(error)];
      if (this.#failing === `${code} ${cause}`) return;
      this.#failing = `${code} ${cause}`;
      this.options.log("follow_failed", { code, cause });
      if (codeOf(error) === "E_INTERNAL") this.options.log("unexpected", describeUnexpected("followChain", error));
    }
  }

  async #follow(): Promise<void> {
    const { head, following, requests } = this.options;
    const snapshot = await head.snapshot();
    this.lastNode = await snapshot.nodeState();
    await requests.prune(snapshot.head.timestamp);
    const target = snapshot.head.number - following.deletionDepth;
    if (target < 0 || snapshot.head.hash === this.#seenUnder?.hash) return;
    // Read before all else: if the chain changes from here on, the next look finds another block in this one's place.
    const block = await this.#call(this.options.chain.block(target));
    if (block.hash !== this.#seen?.hash) await this.#lookAt(block);
    this.#seenUnder = snapshot.head;
  }

  async #lookAt(block: Block): Promise<void> {
    const from = await this.#continuedFrom(block);
    const concerned = from === undefined ? this.#held() : await this.#concerned(from, block);
    await this.#judgeAll(concerned, block);
    await this.#forgetOld(block);
    if (from === undefined) this.#sweptAt = block.number;
    this.#seen = block;
  }

  /** The first block not looked at yet; undefined if all policies must be asked about. */
  async #continuedFrom({ number }: Block): Promise<number | undefined> {
    const seen = this.#seen;
    const isDue = number - this.#sweptAt >= FULL_SWEEP_BLOCKS || this.options.store.census.held === 0;
    if (isDue || !seen || number <= seen.number) return undefined;
    const { hash } = await this.#call(this.options.chain.block(seen.number));
    return hash === seen.hash ? seen.number + 1 : undefined;
  }

  #held(): HeldGrant[] {
    return this.options.store.grants().filter((grant) => !grant.fate);
  }

  /** The held grants that the blocks since the last look may have changed. */
  async #concerned(from: number, block: Block): Promise<HeldGrant[]> {
    const touched = await this.#call(this.options.chain.touchedPolicies(from, block.number));
    const ids = new Set(touched);
    const isDue = ({ fundedUntil, terms }: HeldGrant) => (fundedUntil ?? terms.acceptBy) <= block.timestamp;
    return this.#held().filter((grant) => isDue(grant) || ids.has(toHex(grant.policyId)));
  }

  async #judgeAll(grants: HeldGrant[], block: Block): Promise<void> {
    await inBatches(grants, CALLS_AT_ONCE, (grant) => this.#judge(grant, block));
  }

  async #judge(grant: HeldGrant, block: Block): Promise<void> {
    const { chain, store, log, metrics } = this.options;
    const state = await this.#call(chain.policyState(grant.policyId, block.number));
    const fate = fateOf(grant, state, block.timestamp);
    if (!fate) {
      store.noteFunded(grant.policyId, state.exists ? state.end : undefined);
      return;
    }
    await store.delete(grant.policyId, fate);
    metrics.count("nkms_fractions_deleted_total", fate);
    if (fate === "expired") metrics.countExpired();
    log("fraction_deleted", { policyId: toHex(grant.policyId), reason: fate, block: block.number });
  }

  async #forgetOld({ timestamp }: Block): Promise<void> {
    const { store } = this.options;
    const old = store.grants().filter(({ fate, terms }) => fate && terms.maxEnd + MEMORY_SECONDS < timestamp);
    for (const { policyId } of old) await store.forget(policyId);
  }

  #call<T>(promise: Promise<T>): Promise<T> {
    return withDeadline(promise, this.options.following.callTimeoutMs, this.options.clock);
  }
}
