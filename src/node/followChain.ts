/**
 * Deletes fractions that are of no more use: revoked, expired, taken out, or never paid for (I-L6). The chain is read
 * `deletionDepth` blocks under its head, so that a reorganisation brings nothing back. Between two blocks only the policies named
 * by an event and those whose time has come are asked about; all of them are asked at the start and every `FULL_SWEEP_BLOCKS`,
 * so nothing needs to be remembered across restarts.
 */
import { toHex } from "../bytes";
import { fateOf } from "./access";
import { codeOf, type ChainHead, type Following } from "./chainHead";
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
  #cursor?: number;
  #sweptAt = -Infinity;
  #cancel = () => {};
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

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
    } catch (error) {
      this.options.log("follow_failed", { code: codeOf(error) });
      if (codeOf(error) === "E_INTERNAL") this.options.log("unexpected", describeUnexpected("followChain", error));
    }
  }

  async #follow(): Promise<void> {
    const { head, following, requests } = this.options;
    const snapshot = await head.snapshot();
    this.lastNode = await snapshot.nodeState();
    await requests.prune(snapshot.head.timestamp);
    const target = snapshot.head.number - following.deletionDepth;
    if (target < 0 || target === this.#cursor) return;
    const block = await this.#call(this.options.chain.block(target));
    const isFull = this.#needsFullSweep(target);
    await this.#judgeAll(isFull ? this.#held() : await this.#concerned(block), block);
    await this.#forgetOld(block);
    if (isFull) this.#sweptAt = target;
    this.#cursor = target;
  }

  /** At the start, now and then, after a long silence, and when the chain was set back. */
  #needsFullSweep(target: number): boolean {
    const { store } = this.options;
    const isFirst = this.#cursor === undefined || target < this.#cursor;
    return isFirst || target - this.#sweptAt >= FULL_SWEEP_BLOCKS || store.census.held === 0;
  }

  #held(): HeldGrant[] {
    return this.options.store.grants().filter((grant) => !grant.fate);
  }

  /** The held grants that the blocks since the last look may have changed. */
  async #concerned(block: Block): Promise<HeldGrant[]> {
    const touched = await this.#call(this.options.chain.touchedPolicies(this.#cursor! + 1, block.number));
    const ids = new Set(touched);
    const isDue = ({ fundedUntil, terms }: HeldGrant) => (fundedUntil ?? terms.acceptBy) <= block.timestamp;
    return this.#held().filter((grant) => isDue(grant) || ids.has(toHex(grant.policyId)));
  }

  async #judgeAll(grants: HeldGrant[], block: Block): Promise<void> {
    for (let first = 0; first < grants.length; first += CALLS_AT_ONCE) {
      await Promise.all(grants.slice(first, first + CALLS_AT_ONCE).map((grant) => this.#judge(grant, block)));
    }
  }

  async #judge(grant: HeldGrant, block: Block): Promise<void> {
    const { chain, store, log, metrics } = this.options;
    const state = await this.#call(chain.policyState(grant.policyId, block.number));
    const fate = fateOf(grant, state, block.timestamp);
    if (!fate) {
      if (state.exists) store.noteFunded(grant.policyId, state.end);
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
