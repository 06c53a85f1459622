/**
 * The newest block as this node knows it, and the rule when that is too old to serve by. A snapshot holds one head and remembers
 * what was read at it, so that many requests under one block cost one call.
 */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Block, ChainView, ChannelState, NodeState, PolicyState } from "./chainView";
import type { Clock } from "./clock";
import { withDeadline } from "./deadline";
import type { Log } from "./log";

/** How closely the chain is followed. */
export interface Following {
  /** Blocks under the head at which policies are read before serving. A revocation is seen `depth` blocks after its own. */
  readonly depth: number;
  /** Blocks under the head at which a fraction is deleted: what is deleted cannot come back with a reorganisation. */
  readonly deletionDepth: number;
  /** Milliseconds between two looks at the chain when nobody asks. */
  readonly pollMs: number;
  /** Milliseconds a head is used before it is asked again. */
  readonly headReuseMs: number;
  /** Milliseconds without an answer from the RPC server after which nothing is served. */
  readonly maxSilenceMs: number;
  /** Seconds the head's timestamp may lie behind the wall clock; undefined for chains that mine on demand. */
  readonly maxHeadAgeSeconds?: number;
  /** Milliseconds an RPC call may take. */
  readonly callTimeoutMs: number;
}

/** Ethereum: a block every 12 s, finality after 64. */
export const PUBLIC_CHAIN: Following = {
  depth: 1,
  deletionDepth: 64,
  pollMs: 4_000,
  headReuseMs: 1_000,
  maxSilenceMs: 30_000,
  maxHeadAgeSeconds: 180,
  callTimeoutMs: 5_000,
};

/** A development chain: one process, no reorganisations, blocks on demand. */
export const LOCAL_CHAIN: Following = {
  depth: 0,
  deletionDepth: 0,
  pollMs: 250,
  headReuseMs: 0,
  maxSilenceMs: 10_000,
  callTimeoutMs: 5_000,
};

/** The chain as of one head. */
export class Snapshot {
  /** The block at which policies are read. */
  readonly at: number;
  readonly #policies = new Map<string, Promise<PolicyState>>();
  readonly #channels = new Map<Address, Promise<ChannelState | undefined>>();
  #node?: Promise<NodeState>;

  constructor(
    private readonly chain: ChainView,
    private readonly call: <T>(promise: Promise<T>) => Promise<T>,
    readonly head: Block,
    depth: number,
  ) {
    this.at = Math.max(0, head.number - depth);
  }

  /** Throws E_NOT_READY if the chain does not answer. */
  policyState(policyId: Uint8Array): Promise<PolicyState> {
    const id = toHex(policyId);
    const known = this.#policies.get(id);
    if (known) return known;
    const asked = this.call(this.chain.policyState(policyId, this.at));
    this.#policies.set(id, asked);
    asked.catch(() => this.#policies.delete(id));
    return asked;
  }

  /** A payer's channel to this node. Throws E_NOT_READY if the chain does not answer. */
  channelOf(payer: Address): Promise<ChannelState | undefined> {
    const known = this.#channels.get(payer);
    if (known) return known;
    const asked = this.call(this.chain.channelOf(payer, this.at));
    this.#channels.set(payer, asked);
    asked.catch(() => this.#channels.delete(payer));
    return asked;
  }

  /** Throws E_NOT_READY if the chain does not answer. */
  nodeState(): Promise<NodeState> {
    if (this.#node) return this.#node;
    this.#node = this.call(this.chain.nodeState());
    this.#node.catch(() => (this.#node = undefined));
    return this.#node;
  }
}

export class ChainHead {
  #latest?: Snapshot;
  #answeredAt = -Infinity;
  #asking?: Promise<void>;
  #lost = false;

  constructor(
    private readonly chain: ChainView,
    private readonly following: Following,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Seconds between the wall clock and the newest known block; undefined before the first answer. */
  get ageSeconds(): number | undefined {
    return this.#latest && this.clock.unixSeconds() - Number(this.#latest.head.timestamp);
  }

  /** The chain as of now. Throws E_NOT_READY if the RPC server is silent, or its head old, beyond the limits. */
  async snapshot(): Promise<Snapshot> {
    const isFresh = this.#silenceMs() < this.following.headReuseMs;
    if (!isFresh) await (this.#asking ??= this.#ask());
    if (!this.#latest || this.#silenceMs() > this.following.maxSilenceMs) throw silent();
    this.#requireYoung();
    return this.#latest;
  }

  #silenceMs(): number {
    return this.clock.monotonicMs() - this.#answeredAt;
  }

  async #ask(): Promise<void> {
    try {
      this.#see(await withDeadline(this.chain.head(), this.following.callTimeoutMs, this.clock));
    } catch (error) {
      if (!this.#lost) this.log("chain_lost", { code: codeOf(error) });
      this.#lost = true;
    } finally {
      this.#asking = undefined;
    }
  }

  #see(head: Block): void {
    this.#answeredAt = this.clock.monotonicMs();
    if (this.#lost) this.log("chain_found", { block: head.number });
    this.#lost = false;
    if (this.#latest?.head.hash === head.hash) return;
    this.#latest = new Snapshot(this.chain, (promise) => this.#call(promise), head, this.following.depth);
  }

  async #call<T>(promise: Promise<T>): Promise<T> {
    try {
      return await withDeadline(promise, this.following.callTimeoutMs, this.clock);
    } catch (cause) {
      throw silent(cause);
    }
  }

  #requireYoung(): void {
    const limit = this.following.maxHeadAgeSeconds;
    const age = this.ageSeconds;
    if (limit === undefined || age === undefined || age <= limit) return;
    throw new NkmsError("E_NOT_READY", "The newest block this node knows is too old.", {
      why: "Its RPC server does not follow the chain, or the chain stands still.",
      fix: "Ask another node, or try later.",
      data: { headAgeSeconds: age, maxHeadAgeSeconds: limit },
    });
  }
}

/** The code of an error, for a log. */
export function codeOf(error: unknown): string {
  return error instanceof NkmsError ? error.code : "E_INTERNAL";
}

/** The code of what led to an error, for a log; undefined if that is not known. */
export function causeOf(error: unknown): string | undefined {
  return error instanceof NkmsError && error.cause !== undefined ? codeOf(error.cause) : undefined;
}

/** E_NOT_READY: the chain cannot be asked now. */
export function silent(cause?: unknown): NkmsError {
  return new NkmsError("E_NOT_READY", "This node cannot reach the chain.", {
    why: "Without the chain it cannot know who may read.",
    fix: "Ask another node, or try later.",
    data: cause === undefined ? {} : { code: codeOf(cause) },
    cause,
  });
}
