/**
 * Paying a node for one answer out of our channel to it (VII.C): never more than the read's budget, whatever the node says, and nothing before it asks. A
 * node whose price is not known is asked without a voucher first: one that charges nothing answers, and needs no channel. What a node
 * counts as paid is asked with a voucher that pays nothing; so a voucher that does pay is never mistaken for one that another process sent.
 */
import { fromHex } from "../bytes";
import type { Channel } from "../chain/paidReads";
import { refusal } from "../chain/refusals";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { recoverSigner, signTypedData } from "../protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../protocol/voucher";
import type { Budget } from "./budget";
import type { Context } from "./context";
import type { Tab } from "./purse";

/** Asks the node once, with a voucher or without. */
export type Ask<T> = (voucher?: Voucher) => Promise<T>;

/** What is bought of whom. */
export interface Purchase {
  readonly node: Address;
  readonly policyId: Uint8Array;
  /** Shared by all that is bought for one read. */
  readonly budget: Budget;
}

/** What is spent is learnt, then a voucher of another process of ours; more news than that is a node that takes and does not give. */
const ATTEMPTS = 3;

/**
 * An answer for at most what the budget has left for the node. With a budget of 0 nothing is paid. Throws E_UNPAID {price},
 * E_PRICE_TOO_HIGH {price, maxPrice, paid}, E_UNKNOWN_CHANNEL, E_ALREADY_CLOSING, E_VOUCHER_OVER_DEPOSIT, and whatever `ask` throws.
 */
export function paidAnswer<T>(context: Context, purchase: Purchase, ask: Ask<T>): Promise<T> {
  const { node, policyId, budget } = purchase;
  if (budget.maxPrice === 0n) return ask();
  return context.purse.inTurn(node, async () => {
    if (context.purse.price(node, policyId) !== undefined) return answerForVoucher(context, purchase, ask);
    try {
      return await ask();
    } catch (error) {
      const price = amountIn(unpaidData(error)?.price);
      if (price === undefined) throw error;
      if (price > budget.maxPrice) throw tooHigh(price, budget.maxPrice, budget.spent(node));
      context.purse.notePrice(node, policyId, price);
    }
    return answerForVoucher(context, purchase, ask);
  });
}

/** An answer of a node whose price is known. */
async function answerForVoucher<T>(context: Context, purchase: Purchase, ask: Ask<T>): Promise<T> {
  const { node } = purchase;
  const channel = await openChannelTo(context, node);
  let known = whatIsKnown(context, purchase, channel);
  for (let attempt = 1; ; attempt++) {
    const sent = nextVoucher(context, purchase, channel, known);
    try {
      const answer = await ask(sent.voucher);
      context.purse.note(node, { ...sent.tab, paid: sent.voucher.amount });
      return answer;
    } catch (error) {
      const learnt = whatIsLearnt(context, purchase, sent, error);
      if (learnt === undefined || attempt === ATTEMPTS) throw error;
      known = learnt;
    }
  }
}

/** What the next voucher is made of. Without a price it pays nothing. */
interface Known {
  readonly tab: Tab;
  readonly price?: bigint;
}

interface Sent extends Known {
  readonly voucher: Voucher;
  /** What the node got by it, if it had all that was signed before. */
  readonly more: bigint;
}

async function openChannelTo({ address, chain }: Context, node: Address): Promise<Channel> {
  const channel = await chain.paidReads.channelOf(address, node);
  if (channel === undefined) throw refusal("UnknownChannel", { payer: address, node });
  if (channel.closesAt === undefined) return channel;
  throw refusal("AlreadyClosing", { closesAt: channel.closesAt, timestamp: BigInt(await chain.headTime()) });
}

/** By our purse and the chain. */
function whatIsKnown({ purse }: Context, { node, policyId }: Purchase, { epoch, redeemed }: Channel): Known {
  const tab = purse.tab(node, epoch);
  if (tab === undefined) return { tab: { epoch, paid: redeemed, signed: redeemed, shared: false } };
  const paid = larger(tab.paid, redeemed);
  const price = tab.shared ? undefined : purse.price(node, policyId);
  return { tab: { ...tab, paid, signed: larger(tab.signed, redeemed) }, price };
}

/** Signs; what is signed counts as spent from the budget, whatever the node says of it. Throws unless budget and deposit cover it. */
function nextVoucher(context: Context, { node, budget }: Purchase, channel: Channel, known: Known): Sent {
  const { tab, price } = known;
  const amount = tab.paid + (price ?? 0n);
  const more = amount > tab.signed ? amount - tab.signed : 0n;
  if (price !== undefined) {
    const { maxPrice } = budget;
    if (price > maxPrice || more > budget.left(node)) throw tooHigh(price, maxPrice, budget.spent(node));
    if (amount > channel.deposit) throw refusal("VoucherOverDeposit", { amount, deposit: channel.deposit });
  }
  budget.charge(node, more);
  const next = { ...tab, signed: tab.signed + more };
  context.purse.note(node, next);
  const voucher = signedVoucher(context, node, tab.epoch, amount);
  return { tab: next, price, voucher, more };
}

/**
 * By an E_UNPAID: the price, and what the node counts as paid if it shows our signature of it. Undefined if it is another refusal, or
 * leads to no higher voucher: then the one just sent was enough. A node that shows a higher one of another process of ours may still have taken
 * what we sent, which so stays spent: two processes that read at once could otherwise be played off against each other.
 */
function whatIsLearnt(context: Context, purchase: Purchase, sent: Sent, error: unknown): Known | undefined {
  const data = unpaidData(error);
  const price = amountIn(data?.price);
  if (data === undefined || price === undefined) return undefined;
  const { node, policyId } = purchase;
  const { tab, voucher, more } = sent;
  const claimed = claimedAmount(context, node, tab.epoch, data) ?? 0n;
  const next = {
    ...tab,
    paid: larger(tab.paid, claimed),
    signed: larger(tab.signed, claimed),
    shared: tab.shared || (more > 0n && claimed >= voucher.amount),
  };
  context.purse.note(node, next);
  context.purse.notePrice(node, policyId, price);
  if (next.paid + price <= voucher.amount) return undefined;
  return { tab: next, price };
}

function signedVoucher(context: Context, node: Address, epoch: bigint, amount: bigint): Voucher {
  const message = { payer: context.address.toLowerCase(), node: node.toLowerCase(), epoch, amount };
  const { secretKey } = context.keys.voucherSigner;
  return { ...message, signature: signTypedData(secretKey, domainOf(context), VOUCHER, message) };
}

/** The amount of a voucher that the node shows, if we signed it. */
function claimedAmount(context: Context, node: Address, epoch: bigint, data: NkmsError["data"]): bigint | undefined {
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

/** What an E_UNPAID says; undefined if it is another refusal. */
function unpaidData(error: unknown): NkmsError["data"] | undefined {
  return error instanceof NkmsError && error.code === "E_UNPAID" ? error.data : undefined;
}

function amountIn(value: unknown): bigint | undefined {
  return typeof value === "string" && /^\d{1,39}$/.test(value) ? BigInt(value) : undefined;
}

function domainOf({ chain }: Context) {
  return voucherDomain(BigInt(chain.chainId), chain.deployment.PaidReads);
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function tooHigh(price: bigint, maxPrice: bigint, paid: bigint): NkmsError {
  return new NkmsError(
    "E_PRICE_TOO_HIGH",
    `The node asks ${price} wei of NKMS per read; at most ${maxPrice} are paid it for one.`,
    {
      why: paid === 0n ? "Nothing was paid." : `It was paid ${paid} for this read already, and that was not enough.`,
      fix:
        paid === 0n
          ? `Read with {maxPrice: ${price}n}, or let another node answer.`
          : `Read again if another program of yours paid it meanwhile; else with {maxPrice: ${price + paid}n}, or let another node answer.`,
      data: { price, maxPrice, paid },
    },
  );
}
