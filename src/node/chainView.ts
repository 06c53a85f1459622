/** What a node asks of the chain. One implementation talks to a JSON-RPC server (`ethereumView.ts`). */
import type { Address } from "../protocol/abi";
import type { Voucher } from "../protocol/voucher";

export interface Block {
  readonly number: number;
  readonly hash: string;
  /** Unix seconds. */
  readonly timestamp: bigint;
}

/** What the chain says of a policy (`IPolicyManager.State`); bit i of a bitmap is share i. */
export interface PolicyState {
  readonly exists: boolean;
  readonly closed: boolean;
  readonly end: bigint;
  readonly removed: number;
  readonly leaked: number;
  readonly disclosed: number;
}

/** What the chain says of this node now. */
export interface NodeState {
  /** Who signs for it in this period; undefined if nobody does. */
  readonly worker?: Address;
  readonly encryptionKey: Uint8Array;
  /** What it asks: base units per second, fractions at most, seconds. */
  readonly terms: {
    readonly feeRate: bigint;
    readonly capacity: bigint;
    readonly minDuration: bigint;
    readonly maxDuration: bigint;
  };
  readonly suspended: boolean;
  /** The second until which some of its stake stays locked. */
  readonly lockedUntil: bigint;
  /** Base units. */
  readonly deposit: bigint;
  readonly claimable: bigint;
}

/** A channel of a payer to this node (`IPaidReads.Channel`); amounts in NKMS base units. */
export interface ChannelState {
  readonly deposit: bigint;
  readonly redeemed: bigint;
  readonly signer: Address;
  /** Unix second at which the payer may take the rest; undefined while it is open. */
  readonly closesAt?: bigint;
  readonly epoch: bigint;
}

export interface ChainView {
  readonly chainId: bigint;
  readonly policyManager: Address;
  /** The contract of the channels that readers pay from. */
  readonly paidReads: Address;
  /** This node's id. */
  readonly staker: Address;
  /** The newest block. */
  head(): Promise<Block>;
  block(number: number): Promise<Block>;
  /** A policy as of a block. */
  policyState(policyId: Uint8Array, block: number): Promise<PolicyState>;
  nodeState(): Promise<NodeState>;
  /** Ids, as hex, of the policies that any event of these blocks names, both ends included. */
  touchedPolicies(first: number, last: number): Promise<string[]>;
  /** The channel of a payer to this node, as of a block or now; undefined if there is none. */
  channelOf(payer: Address, block?: number): Promise<ChannelState | undefined>;
  /** How many channels of a payer to this node were closed, as of a block. */
  closedChannels(payer: Address, block: number): Promise<bigint>;
  /**
   * Redeems vouchers in one transaction and waits until it is mined; resolves to what that paid. Rejects if this view cannot send, or the
   * contract refuses.
   */
  redeem(vouchers: readonly Voucher[]): Promise<bigint>;
  /**
   * Whether a condition, abi.encode(address, bytes), lets a requester pass as of a block: `ICondition.isAllowed` from address 0
   * with 3 M gas. Rejects if the condition reverts, answers no boolean, or the server fails.
   */
  isAllowed(condition: Uint8Array, policyId: Uint8Array, requester: Address, block: number): Promise<boolean>;
}
