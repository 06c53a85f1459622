import { toHex } from "../../../src/bytes";
import { NkmsError } from "../../../src/errors";
import type { Block, ChainView, ChannelState, NodeState, PolicyState } from "../../../src/node/chainView";
import type { Voucher } from "../../../src/protocol/voucher";

const UNKNOWN: PolicyState = { exists: false, closed: false, end: 0n, removed: 0, leaked: 0, disclosed: 0 };

/** A chain in memory with the faults a real one cannot be asked for: silence, errors, reorganisations. */
export class TestChain implements ChainView {
  readonly chainId = 31_337n;
  readonly policyManager = "0x" + "Ab".repeat(20);
  readonly paidReads = "0x" + "Ac".repeat(20);
  /** Closed channels to the node, by payer in lower case and the block of the close. */
  readonly closes: { readonly payer: string; readonly block: number }[] = [];
  /** Amounts of the vouchers that were redeemed, in order. */
  readonly redeemed: bigint[] = [];
  /** Every later call waits for ever. */
  silent = false;
  /** Every later call is refused. */
  failing = false;
  /** What `isAllowed` answers as of a block. */
  condition: (block: number) => Promise<boolean> = async () => true;
  calls: string[] = [];
  /** Told of every call when its answer is fixed and before it is given. */
  afterCall: (name: string) => void = () => {};
  /** Blocks ever mined, those taken away included: no two have one hash. */
  #mined = 0;
  #blocks: {
    readonly block: Block;
    readonly policies: Map<string, PolicyState>;
    readonly channels: Map<string, ChannelState>;
  }[];

  constructor(
    readonly staker: string,
    public node: NodeState,
    timestamp: bigint,
  ) {
    this.#blocks = [{ block: { number: 0, hash: "0x00", timestamp }, policies: new Map(), channels: new Map() }];
  }

  /** Channels to the node as of the newest block, by payer in lower case: what is set counts from this block on. */
  get channels(): Map<string, ChannelState> {
    return this.#newest.channels;
  }

  get now(): bigint {
    return this.#newest.block.timestamp;
  }

  get number(): number {
    return this.#newest.block.number;
  }

  /** Adds a block `seconds` after the newest, in which policies change. */
  mine(seconds = 1n, changes: [policyId: Uint8Array, state: Partial<PolicyState>][] = []): void {
    const { block, policies, channels } = this.#newest;
    const next = new Map(policies);
    for (const [policyId, change] of changes) {
      const id = toHex(policyId);
      next.set(id, { ...(policies.get(id) ?? UNKNOWN), exists: true, ...change });
    }
    const number = block.number + 1;
    const hash = `0x${(++this.#mined).toString(16)}`;
    const mined = { number, hash, timestamp: block.timestamp + seconds };
    this.#blocks.push({ block: mined, policies: next, channels: new Map(channels) });
  }

  /** Takes the newest blocks away. */
  unwind(count: number): void {
    this.#blocks = this.#blocks.slice(0, -count);
  }

  head(): Promise<Block> {
    return this.#answer("head", () => this.#newest.block);
  }

  block(number: number): Promise<Block> {
    return this.#answer("block", () => this.#blocks[number].block);
  }

  policyState(policyId: Uint8Array, block: number): Promise<PolicyState> {
    return this.#answer("policyState", () => this.#blocks[block].policies.get(toHex(policyId)) ?? UNKNOWN);
  }

  nodeState(): Promise<NodeState> {
    return this.#answer("nodeState", () => this.node);
  }

  touchedPolicies(first: number, last: number): Promise<string[]> {
    const changed = (number: number) =>
      [...this.#blocks[number].policies].filter(([id, state]) => this.#blocks[number - 1]?.policies.get(id) !== state);
    return this.#answer("touchedPolicies", () => {
      const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      return numbers.flatMap((number) => changed(number).map(([id]) => id));
    });
  }

  async channelOf(payer: string, block = this.number): Promise<ChannelState | undefined> {
    return this.#answer("channelOf", () => this.#blocks[block].channels.get(payer));
  }

  /** Closes a payer's channel in a new block. */
  close(payer: string): void {
    this.mine();
    this.channels.delete(payer);
    this.closes.push({ payer, block: this.number });
  }

  closedChannels(payer: string, block: number): Promise<bigint> {
    return this.#answer("closedChannels", () => {
      return BigInt(this.closes.filter((close) => close.payer === payer && close.block <= block).length);
    });
  }

  redeem(vouchers: readonly Voucher[]): Promise<bigint> {
    return this.#answer("redeem", () => {
      const paid = vouchers.map(({ payer, amount }) => {
        const channel = this.channels.get(payer)!;
        this.channels.set(payer, { ...channel, redeemed: amount });
        this.redeemed.push(amount);
        return amount - channel.redeemed;
      });
      return paid.reduce((sum, one) => sum + one, 0n);
    });
  }

  isAllowed(_condition: Uint8Array, _policyId: Uint8Array, _requester: string, block: number): Promise<boolean> {
    return this.#answer("isAllowed", () => block).then(this.condition);
  }

  get #newest() {
    return this.#blocks[this.#blocks.length - 1];
  }

  async #answer<T>(name: string, read: () => T): Promise<T> {
    this.calls.push(name);
    if (this.silent) return new Promise(() => {});
    if (this.failing) throw new NkmsError("E_RPC_FAILED", "The chain's RPC server failed.");
    const answer = read();
    this.afterCall(name);
    return answer;
  }
}
