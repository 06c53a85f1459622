/** Paying a node for one answer out of our channel to it (VII.C): never more than one price per read, whatever the node says. */
import { fromHex } from "../bytes";
import type { Channel } from "../chain/paidReads";
import { refusal } from "../chain/refusals";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { recoverSigner, signTypedData } from "../protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../protocol/voucher";
import type { Context } from "./context";
import type { Tab } from "./purse";

/** Asks the node once, with a voucher or without. */
export type Ask<T> = (voucher?: Voucher) => Promise<T>;

/** A price is learnt, then a voucher of another process of ours; more news than that is a node that takes and does not give. */
const ATTEMPTS = 3;

/**
 * An answer for at most `maxPrice` NKMS wei. With a `maxPrice` of 0 nothing is paid. Throws E_UNPAID {price}, E_PRICE_TOO_HIGH {price, maxPrice},
 * E_UNKNOWN_CHANNEL, E_ALREADY_CLOSING, E_VOUCHER_OVER_DEPOSIT, and whatever `ask` throws.
 */
export function paidAnswer<T>(context: Context, node: Address, ask: Ask<T>, maxPrice: bigint): Promise<T> {
  if (maxPrice === 0n) return ask();
  return context.purse.inTurn(node, async () => {
    const channel = await openChannelTo(context, node);
    let tab = context.purse.tab(node, channel.epoch);
    for (let attempt = 1; ; attempt++) {
      const voucher = tab && nextVoucher(context, node, channel, tab, maxPrice);
      try {
        const answer = await ask(voucher);
        if (voucher && tab) context.purse.note(node, { ...tab, paid: voucher.amount });
        return answer;
      } catch (error) {
        tab = learnt(context, node, channel, error, voucher);
        if (tab === undefined || attempt === ATTEMPTS) throw error;
      }
    }
  });
}

async function openChannelTo({ address, chain }: Context, node: Address): Promise<Channel> {
  const channel = await chain.paidReads.channelOf(address, node);
  if (channel === undefined) throw refusal("UnknownChannel", { payer: address, node });
  if (channel.closesAt === undefined) return channel;
  throw refusal("AlreadyClosing", { closesAt: channel.closesAt, timestamp: BigInt(await chain.headTime()) });
}

function nextVoucher(context: Context, node: Address, channel: Channel, tab: Tab, maxPrice: bigint): Voucher {
  const { price, paid, epoch } = tab;
  if (price > maxPrice) throw tooHigh(price, maxPrice);
  const amount = paid + price;
  if (amount > channel.deposit) throw refusal("VoucherOverDeposit", { amount, deposit: channel.deposit });
  const message = { payer: context.address.toLowerCase(), node: node.toLowerCase(), epoch, amount };
  const { secretKey } = context.keys.voucherSigner;
  return { ...message, signature: signTypedData(secretKey, domainOf(context), VOUCHER, message) };
}

/**
 * What an E_UNPAID tells: the price, and our latest voucher if the node shows our signature of it. Undefined if it is no such refusal, or if
 * the voucher just sent is what the node claims to have: then it was paid and did not answer.
 */
function learnt(context: Context, node: Address, channel: Channel, error: unknown, sent?: Voucher): Tab | undefined {
  if (!(error instanceof NkmsError) || error.code !== "E_UNPAID") return undefined;
  const { epoch, redeemed } = channel;
  const price = amountIn(error.data.price);
  if (price === undefined) return undefined;
  const claimed = claimedAmount(context, node, epoch, error.data);
  if (sent !== undefined && (claimed ?? 0n) <= sent.amount) return undefined;
  const known = context.purse.tab(node, epoch)?.paid ?? 0n;
  const paid = [redeemed, known, claimed ?? 0n].reduce((most, one) => (one > most ? one : most));
  const tab = { epoch, paid, price };
  context.purse.note(node, tab);
  return tab;
}

/** The amount of a voucher that the node shows, if we signed it. */
function claimedAmount(
  context: Context,
  node: Address,
  epoch: bigint,
  data: Readonly<Record<string, unknown>>,
): bigint | undefined {
  const amount = amountIn(data.paid);
  if (amount === undefined || typeof data.signature !== "string") return undefined;
  const message = { payer: context.address, node, epoch, amount };
  try {
    const signer = recoverSigner(domainOf(context), VOUCHER, message, fromHex(data.signature));
    return signer === context.keys.voucherSigner.address ? amount : undefined;
  } catch (error) {
    if (error instanceof NkmsError) return undefined;
    throw error;
  }
}

function amountIn(value: unknown): bigint | undefined {
  return typeof value === "string" && /^\d{1,39}$/.test(value) ? BigInt(value) : undefined;
}

function domainOf({ chain }: Context) {
  return voucherDomain(BigInt(chain.chainId), chain.deployment.PaidReads);
}

function tooHigh(price: bigint, maxPrice: bigint): NkmsError {
  return new NkmsError(
    "E_PRICE_TOO_HIGH",
    `The node asks ${price} wei of NKMS per read; at most ${maxPrice} are paid.`,
    {
      why: "Nothing was paid.",
      fix: `Read with {maxPrice: ${price}n}, or let another node answer.`,
      data: { price, maxPrice },
    },
  );
}
