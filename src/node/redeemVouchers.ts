/**
 * Redeeming: now and then, all that readers have paid goes to the staker in one transaction, each channel's latest voucher only. What was
 * redeemed stands on the chain, so nothing needs to be remembered and nothing is redeemed twice.
 */
import { NkmsError } from "../errors";
import type { Voucher } from "../protocol/voucher";
import { codeOf } from "./chainHead";
import type { ChainView } from "./chainView";
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
  readonly closing: boolean;
}

/** The most vouchers in one transaction: about 60,000 gas each. */
const BATCH = 100;

/** The vouchers that pay something, by the newest block. */
export async function dueVouchers(chain: Pick<ChainView, "channelOf">, vouchers: readonly Voucher[]): Promise<Due[]> {
  const channels = await Promise.all(vouchers.map(({ payer }) => chain.channelOf(payer)));
  return vouchers.flatMap((voucher, index) => {
    const channel = channels[index];
    if (channel === undefined || channel.epoch !== voucher.epoch || voucher.amount <= channel.redeemed) return [];
    return [{ voucher, amount: voucher.amount - channel.redeemed, closing: channel.closesAt !== undefined }];
  });
}

export interface RedeemerOptions {
  readonly chain: ChainView;
  readonly vouchers: VoucherStore;
  readonly redeeming: Redeeming;
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
    const { log } = this.options;
    try {
      await this.#redeem();
    } catch (error) {
      log("redeem_failed", { code: codeOf(error) });
      if (!(error instanceof NkmsError)) log("unexpected", describeUnexpected("redeemVouchers", error));
    }
  }

  async #redeem(): Promise<void> {
    const { chain, vouchers, redeeming, log } = this.options;
    const due = (await dueVouchers(chain, vouchers.all())).slice(0, BATCH);
    const amount = due.reduce((sum, one) => sum + one.amount, 0n);
    if (amount === 0n || (amount < redeeming.atLeast && !due.some(({ closing }) => closing))) return;
    await chain.redeem(due.map(({ voucher }) => voucher));
    log("vouchers_redeemed", { channels: due.length, amount: amount.toString() });
  }
}
