/**
 * Taking payment for one read under a policy whose readers pay (VII.C): a voucher for at least the price more than the last, on an open
 * channel that covers it. It is durable before the read is answered.
 */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import { recoverSigner } from "../protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../protocol/voucher";
import type { Snapshot } from "./chainHead";
import type { ChannelState } from "./chainView";
import type { NodeContext } from "./context";
import type { Grant } from "./grant";

/** A voucher that covers a read, with what it was measured by. */
export interface Payment {
  readonly voucher: Voucher;
  readonly channel: ChannelState;
  readonly price: bigint;
}

/**
 * What a request pays with; undefined if it costs nothing. Nothing is taken yet. Throws E_UNPAID {price, paid, signature}, E_NO_CHANNEL,
 * E_CHANNEL_CLOSING, E_BAD_VOUCHER or E_VOUCHER_OVER_DEPOSIT.
 */
export async function requirePayment(
  context: NodeContext,
  { readPrice: price }: Grant,
  voucher: Voucher | undefined,
  snapshot: Snapshot,
): Promise<Payment | undefined> {
  if (price === undefined || price === 0n) return undefined;
  if (voucher === undefined) throw unpaid({ price });
  const channel = await snapshot.channelOf(voucher.payer);
  requireChannel(voucher, channel);
  requireSigned(context, voucher, channel);
  const payment = { voucher, channel, price };
  requireNewer(context, payment);
  return payment;
}

/** Takes it, unless another request was paid with it meanwhile: throws as `requirePayment`. */
export function takePayment(context: NodeContext, payment: Payment): Promise<void> {
  return context.payInTurn(async () => {
    requireNewer(context, payment);
    await context.vouchers.put(payment.voucher);
  });
}

function requireChannel({ payer, epoch }: Voucher, channel?: ChannelState): asserts channel is ChannelState {
  if (channel === undefined || channel.epoch !== epoch) {
    throw new NkmsError("E_NO_CHANNEL", "The voucher's payer has no such channel to this node.", {
      why: "It was never opened, is closed, or its block is not deep enough for this node.",
      fix: "Open a channel, wait a block, and ask again.",
      data: { payer, epoch, expected: channel?.epoch },
    });
  }
  if (channel.closesAt === undefined) return;
  throw new NkmsError("E_CHANNEL_CLOSING", "The payer is closing the channel.", {
    why: "What is paid now could be taken back before this node redeems it.",
    fix: "Finish the close and open a new channel.",
    data: { payer, closesAt: channel.closesAt },
  });
}

function requireSigned({ chain }: NodeContext, voucher: Voucher, { signer }: ChannelState): void {
  if (voucher.node !== chain.staker.toLowerCase()) throw badVoucher("node", voucher.node, chain.staker);
  const got = recoverSigner(voucherDomain(chain.chainId, chain.paidReads), VOUCHER, voucher, voucher.signature);
  if (got !== signer.toLowerCase()) throw badVoucher("signature", got, signer);
}

/** amount >= last + price and amount <= deposit, where last is the latest voucher of the epoch, or what was redeemed. */
function requireNewer(
  { vouchers }: NodeContext,
  { voucher: { payer, amount, epoch }, channel: { deposit, redeemed }, price }: Payment,
): void {
  const stored = vouchers.of(payer);
  const latest = stored?.epoch === epoch && stored.amount > redeemed ? stored : undefined;
  const paid = latest?.amount ?? redeemed;
  if (amount < paid + price) throw unpaid({ price, paid, ...(latest && { signature: toHex(latest.signature) }) });
  if (amount <= deposit) return;
  throw new NkmsError("E_VOUCHER_OVER_DEPOSIT", "The voucher is for more than the channel's deposit.", {
    fix: "Top the channel up, wait a block, and ask again.",
    data: { amount, deposit },
  });
}

function unpaid(data: { price: bigint; paid?: bigint; signature?: string }): NkmsError {
  return new NkmsError("E_UNPAID", "Reading under this policy costs the reader.", {
    why: data.paid === undefined ? "The request carries no voucher." : "The voucher does not cover this read.",
    fix: `Send a voucher for ${data.price} base units more than the last: read(uri, {maxPrice: ${data.price}n}).`,
    data,
  });
}

function badVoucher(field: string, got: string, expected: string): NkmsError {
  return new NkmsError("E_BAD_VOUCHER", "The voucher is not for this node, or not by the channel's signer.", {
    why: field === "node" ? "It pays another node." : "Its signature leads to another key.",
    fix: "Sign a voucher with the key the channel was opened for.",
    data: { field, got, expected },
  });
}
