/**
 * Redeeming: now and then, all that readers have paid goes to the staker, a hundred channels in a transaction, each channel's latest voucher only. What was
 * redeemed stands on the chain, so nothing needs to be remembered and nothing is redeemed twice; what somebody else redeems meanwhile is passed over.
 * A voucher of a channel that is closed is forgotten when the close lies so deep that no reorganisation takes it back.
 */
import { batchesOf, inBatches } from "../batches";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { recoverSigner } from "../protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../protocol/voucher";
import { codeOf, type Following } from "./chainHead";
import type { ChainView, ChannelState } from "./chainView";
import type { Clock } from "./clock";
import type { Log } from "./log";
import { describeUnexpected } from "./log";
import type { VoucherStore } from "./voucherStore";

/** When a node redeems. */
export interface Redeeming {
  /** Seconds between two looks; at most six hours, a quarter of the shortest close. */
  readonly everySeconds: number;
  /** NKMS base units that must be due together, so that the gas is worth it. A closing channel is redeemed whatever is due. */
  readonly atLeast: bigint;
}

/** A voucher with what it would pay now. */
export interface Due {
  readonly voucher: Voucher;
  readonly amount: bigint;
  /** Unix second at which the payer may take the rest; undefined while the channel is open. */
  readonly closesAt?: bigint;
}

/** The most vouchers in one transaction: about 60,000 gas each. */
const BATCH = 100;
/** Later than any close. */
const NEVER = 1n << 64n;

/** Channels that are read together. */
const AT_ONCE = 32;

type Channels = Pick<ChainView, "channelOf" | "chainId" | "paidReads">;

/**
 * The vouchers that pay something, by the newest block: those of channels that close first, the earliest before others, then the largest. `tellUnsigned`
 * hears of each whose signature is no signature: it was damaged after it was taken, and pays nothing.
 */
export async function dueVouchers(
  chain: Channels,
  vouchers: readonly Voucher[],
  tellUnsigned: (voucher: Voucher) => void,
): Promise<Due[]> {
  const channels = await inBatches(vouchers, AT_ONCE, ({ payer }) => chain.channelOf(payer));
  const due = vouchers.flatMap((voucher, index) => {
    const channel = channels[index];
    if (channel === undefined || !isPayable(voucher, channel)) return [];
    const signer = signerOf(chain, voucher);
    if (signer === undefined) tellUnsigned(voucher);
    if (signer !== channel.signer.toLowerCase()) return [];
    return [{ voucher, amount: voucher.amount - channel.redeemed, closesAt: channel.closesAt }];
  });
  return due.sort(byUrgency);
}

/** What one transaction each redeems. */
export function redemptionBatches(due: readonly Due[]): Due[][] {
  return batchesOf(due, BATCH);
}

/** With the signer, what the contract checks: a channel that was opened anew after a reorganisation may have another, or a lower deposit. */
function isPayable({ epoch, amount }: Voucher, channel: ChannelState): boolean {
  return epoch === channel.epoch && amount > channel.redeemed && amount <= channel.deposit;
}

/** Undefined if the signature leads to nobody. */
function signerOf({ chainId, paidReads }: Channels, voucher: Voucher): Address | undefined {
  try {
    return recoverSigner(voucherDomain(chainId, paidReads), VOUCHER, voucher, voucher.signature);
  } catch (error) {
    if (error instanceof NkmsError && error.code === "E_BAD_SIGNATURE") return undefined;
    throw error;
  }
}

function byUrgency(one: Due, other: Due): number {
  if (one.closesAt !== other.closesAt) return (one.closesAt ?? NEVER) < (other.closesAt ?? NEVER) ? -1 : 1;
  if (one.amount === other.amount) return 0;
  return one.amount > other.amount ? -1 : 1;
}

export interface RedeemerOptions {
  readonly chain: ChainView;
  readonly vouchers: VoucherStore;
  readonly redeeming: Redeeming;
  readonly following: Pick<Following, "deletionDepth">;
  /** Runs one change of the vouchers after another. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  readonly log: Log;
}

export class VoucherRedeemer {
  #cancel = () => {};
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(private readonly options: RedeemerOptions) {}

  /** Looks now and then from now on. */
  start(): void {
    const { clock, redeeming } = this.options;
    this.#running = this.#step().finally(() => {
      if (!this.#stopped) this.#cancel = clock.schedule(redeeming.everySeconds * 1_000, () => this.start());
    });
  }

  /** Resolves when the present look is over; there is no other after it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  async #step(): Promise<void> {
    await this.#attempt("redeem_failed", () => this.#redeem());
    await this.#attempt("forget_failed", () => this.#forget());
  }

  /** What fails is told, and tried again at the next look. */
  async #attempt(event: "redeem_failed" | "forget_failed", duty: () => Promise<void>): Promise<void> {
    const { log } = this.options;
    try {
      await duty();
    } catch (error) {
      log(event, { code: codeOf(error) });
      if (!(error instanceof NkmsError)) log("unexpected", describeUnexpected("redeemVouchers", error));
    }
  }

  async #redeem(): Promise<void> {
    const { chain, vouchers, redeeming, log } = this.options;
    const due = await dueVouchers(chain, vouchers.all(), ({ payer }) => log("voucher_unsigned", { payer }));
    if (sumOf(due) < redeeming.atLeast && !due.some(({ closesAt }) => closesAt !== undefined)) return;
    for (const batch of redemptionBatches(due)) {
      const paid = await chain.redeem(batch.map(({ voucher }) => voucher));
      log("vouchers_redeemed", { channels: batch.length, amount: paid.toString() });
    }
  }

  async #forget(): Promise<void> {
    const { chain, vouchers, following, inTurn, log } = this.options;
    const block = (await chain.head()).number - following.deletionDepth;
    if (block < 0) return;
    const held = vouchers.all();
    const closed = await inBatches(held, AT_ONCE, ({ payer }) => chain.closedChannels(payer, block));
    const over = held.filter(({ epoch }, index) => epoch < closed[index]);
    for (const voucher of over) await inTurn(() => vouchers.remove(voucher));
    if (over.length > 0) log("vouchers_forgotten", { channels: over.length });
  }
}

function sumOf(due: readonly Due[]): bigint {
  return due.reduce((sum, { amount }) => sum + amount, 0n);
}
