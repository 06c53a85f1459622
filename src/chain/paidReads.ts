/** Channels of payers to nodes: opening, redeeming vouchers, closing. All amounts are NKMS wei. */
import type { Provider, TransactionReceipt } from "ethers";

import type { PaidReads } from "../../typechain-types";
import type { Voucher } from "../protocol/voucher";
import { type Call, prepare } from "./call";
import { eventsIn, queryEvents } from "./events";
import { explained } from "./refusals";

/** A channel that is open or closing. Times are Unix seconds. */
export interface Channel {
  /** Put in during this epoch. */
  deposit: bigint;
  /** Paid to the node during this epoch. */
  redeemed: bigint;
  /** Signs the vouchers. */
  signer: string;
  /** From when on the rest can go back; undefined while it is open. */
  closesAt?: bigint;
  epoch: bigint;
}

/** A redemption as its event tells it. */
export interface Redemption {
  payer: string;
  node: string;
  paid: bigint;
  /** In this epoch so far. */
  redeemed: bigint;
  block: number;
}

export class PaidReadsClient {
  constructor(
    private readonly contract: PaidReads,
    private readonly provider: Provider,
    private readonly deployedAtBlock: number,
  ) {}

  /** The channel of a payer to a node, optionally as of a block; undefined if there is none. */
  async channelOf(payer: string, node: string, blockTag?: number): Promise<Channel | undefined> {
    const { deposit, redeemed, signer, closesAt, epoch } = await this.read(payer, node, blockTag);
    if (BigInt(signer) === 0n) return undefined;
    return { deposit, redeemed, signer, closesAt: closesAt === 0n ? undefined : closesAt, epoch };
  }

  /** How many channels of a payer to a node were closed, optionally as of a block: the epoch of the present one, or of the next. */
  async epochOf(payer: string, node: string, blockTag?: number): Promise<bigint> {
    return (await this.read(payer, node, blockTag)).epoch;
  }

  /** Seconds from announcing a close to its end. */
  closeDelay(): Promise<bigint> {
    return explained(this.contract.closeDelay());
  }

  /** Redemptions for a node, oldest first. */
  async redemptions(node: string): Promise<Redemption[]> {
    const filter = this.contract.filters.VoucherRedeemed(undefined, node);
    const events = await queryEvents(this.contract, filter, this.provider, this.deployedAtBlock);
    return events.map(({ args, blockNumber }) => ({
      payer: args.payer as string,
      node: args.node as string,
      paid: args.paid as bigint,
      redeemed: args.redeemed as bigint,
      block: blockNumber,
    }));
  }

  /** Opens the sender's channel; the sender has approved the deposit. */
  open(node: string, signer: string, deposit: bigint): Call<void> {
    return prepare(this.provider, this.contract.open, [node, signer, deposit]);
  }

  /** Adds to a channel what the sender has approved. */
  topUp(payer: string, node: string, amount: bigint): Call<void> {
    return prepare(this.provider, this.contract.topUp, [payer, node, amount]);
  }

  /** What a transaction paid to nodes; other contracts' events do not count, whatever they say. */
  paidIn(receipt: Pick<TransactionReceipt, "logs">): bigint {
    const redemptions = eventsIn(this.contract, receipt).filter(({ name }) => name === "VoucherRedeemed");
    return redemptions.reduce((sum, { args }) => sum + (args.paid as bigint), 0n);
  }

  /**
   * Pays nodes what their latest vouchers are for beyond what was redeemed; returns the sum. Vouchers that were redeemed, or whose channel was
   * closed, before it is mined pay nothing and do not stop the others. By anybody.
   */
  redeem(vouchers: readonly Voucher[]): Call<bigint> {
    return prepare(this.provider, this.contract.redeemMany, [[...vouchers]]);
  }

  /** Announces that the sender closes its channel; returns from when on it can be finished. */
  startClose(node: string): Call<bigint> {
    return prepare(this.provider, this.contract.startClose, [node]);
  }

  /** Pays the rest of a channel whose delay is over to its payer; returns it. By anybody. */
  finishClose(payer: string, node: string): Call<bigint> {
    return prepare(this.provider, this.contract.finishClose, [payer, node]);
  }

  private read(payer: string, node: string, blockTag?: number) {
    return explained(this.contract.channelOf(payer, node, blockTag === undefined ? {} : { blockTag }));
  }
}
