/** Channels from which we pay nodes for reads: opening, looking, closing (VII.C). */
import type { Channel } from "../chain/paidReads";
import { refusal } from "../chain/refusals";
import type { Address } from "../protocol/abi";
import type { Context } from "./context";
import { approveIfMissing, checkBalance } from "./funds";

/** What closing has come to: from when on it can be finished, or what came back. */
export type Closing = { readonly closesAt: Date } | { readonly refund: bigint };

/**
 * Opens a channel to a node with a deposit in NKMS wei, or adds to the one there is; returns the transaction's hash. Approves the amount first.
 * Throws, before anything is sent, E_NOT_REGISTERED where the address is no node's staker, and E_INSUFFICIENT_BALANCE; and E_ALREADY_CLOSING.
 */
export async function openChannel(context: Context, node: Address, deposit: bigint): Promise<string> {
  const { address, chain, inTurn, keys } = context;
  await chain.nodeRegistry.requireRegistered(node);
  await checkBalance(context, address, deposit);
  return inTurn(async () => {
    const isOpen = (await chain.paidReads.channelOf(address, node)) !== undefined;
    const call = isOpen
      ? chain.paidReads.topUp(address, node, deposit)
      : chain.paidReads.open(node, keys.voucherSigner.address, deposit);
    await approveIfMissing(context, call, { spender: chain.deployment.PaidReads, amount: deposit });
    return (await call.send()).hash;
  });
}

/** Our channel to a node; undefined if there is none. */
export function channel({ address, chain }: Context, node: Address): Promise<Channel | undefined> {
  return chain.paidReads.channelOf(address, node);
}

/**
 * Announces that a channel closes, or, when its delay is over, finishes it: call it twice. Throws E_UNKNOWN_CHANNEL, and E_CLOSE_NOT_DUE
 * {closesAt, timestamp} in between.
 */
export function closeChannel({ address, chain, inTurn }: Context, node: Address): Promise<Closing> {
  return inTurn(async () => {
    const before = await chain.paidReads.channelOf(address, node);
    if (before === undefined) throw refusal("UnknownChannel", { payer: address, node });
    if (before.closesAt !== undefined) {
      await chain.paidReads.finishClose(address, node).send();
      return { refund: before.deposit - before.redeemed };
    }
    await chain.paidReads.startClose(node).send();
    const { closesAt } = (await chain.paidReads.channelOf(address, node))!;
    return { closesAt: new Date(Number(closesAt) * 1000) };
  });
}
