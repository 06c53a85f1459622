import { refusal } from "../../src/chain/refusals";
import { umbral } from "../../src/crypto/umbral";
import { hasErrno } from "../../src/disk/durableFile";
import { nodeStore } from "../../src/disk/home";
import { ethereumView } from "../../src/node/ethereumView";
import { dueVouchers, redemptionBatches } from "../../src/node/redeemVouchers";
import { readVouchers, vouchersFolder } from "../../src/node/voucherStore";
import { isSameAddress } from "../../src/protocol/abi";
import { formatAmount, parseAmount } from "../../src/protocol/amount";
import { clientKeys } from "../../src/protocol/keys";
import type { Voucher } from "../../src/protocol/voucher";
import { payingSteps } from "../support/pay";
import { propose } from "../support/propose";
import type { Outcome } from "../support/run";
import { type Session, usage } from "../support/session";
import { nkms, utc } from "../support/show";

/** Opens a channel from which its payer pays a node for reads, or adds to its deposit. */
export async function openChannel(session: Session): Promise<Outcome> {
  const node = await session.account(session.required("node"));
  const amount = parseAmount(session.required("amount"));
  const { chain, identity } = await session.connectAs();
  const { nodeRegistry, paidReads, deployment } = chain;
  await nodeRegistry.requireRegistered(node);
  const payer = identity.account.address;
  const channel = await paidReads.channelOf(payer, node);
  const { voucherSigner } = clientKeys(identity.seed, umbral());
  const step = channel
    ? { title: "top up", call: () => paidReads.topUp(payer, node, amount) }
    : { title: "open", call: () => paidReads.open(node, voucherSigner.address, amount) };
  const deposit = (channel?.deposit ?? 0n) + amount;
  return propose(session, chain, {
    title: channel ? "Top up a channel" : "Open a channel",
    rows: [
      ["payer", `${identity.name} ${payer}`],
      ["node", node],
      ["deposit", `${nkms(amount)} more, ${nkms(deposit)} in all`],
    ],
    result: { payer, node, amount: formatAmount(amount), deposit: formatAmount(deposit) },
    steps: await payingSteps(chain, { payer, spender: deployment.PaidReads, amount }, step),
    next: "read with {maxPrice}; what is left comes back by voucher:close",
  });
}

/** Pays a node what its readers' vouchers are for, a hundred channels in a transaction. */
export async function redeemVouchers(session: Session): Promise<Outcome> {
  const { chain, identity } = await session.connectAs();
  const of = session.optional("of");
  const staker = of === undefined ? identity.account.address : await session.account(of);
  const store = session.optional("data") ?? nodeStore(chain.chainId, staker);
  const vouchers = await vouchersFor(staker, vouchersFolder(store));
  const damaged: string[] = [];
  const due = await dueVouchers(ethereumView(chain, staker), vouchers, ({ payer }) => damaged.push(payer));
  const amount = due.reduce((sum, one) => sum + one.amount, 0n);
  const result = { node: staker, channels: due.length, amount: formatAmount(amount), damaged };
  const unpaid = damaged.map((payer) => ["damaged", `the voucher of ${payer}`] as const);
  if (due.length === 0) {
    const text = [...unpaid.map(([, what]) => `  Damaged: ${what}.`), "  Nothing is due yet."];
    return { result: { ...result, transactions: [] }, text };
  }
  return propose(session, chain, {
    title: "Redeem",
    rows: [["node", staker], ["due", `${nkms(amount)} from ${due.length} channels`], ...unpaid],
    result,
    steps: redemptionBatches(due).map((batch) => ({
      title: "redeem",
      call: () => chain.paidReads.redeem(batch.map(({ voucher }) => voucher)),
    })),
  });
}

/** What readdir says of a folder that the options should not have named. */
const UNREADABLE = ["ENOENT", "ENOTDIR", "EACCES"];

/** All vouchers in a folder. Throws E_USAGE where it cannot be read, or holds those of another node. */
async function vouchersFor(staker: string, folder: string): Promise<Voucher[]> {
  const vouchers = await readVouchers(folder).catch((error: unknown) => {
    if (!UNREADABLE.some((code) => hasErrno(error, code))) throw error;
    throw usage(
      `There is no folder ${folder} that can be read.`,
      "Let --data name the folder of the node's store, without -vouchers at its end, or --of the node, by name or address, whose store lies in NKMS_HOME.",
    );
  });
  const other = vouchers.find(({ node }) => !isSameAddress(node, staker));
  if (other === undefined) return vouchers;
  throw usage(`The vouchers in ${folder} pay ${other.node}, not ${staker}.`, `Name that node: --of ${other.node}`);
}

/** Announces that a channel closes; given again after its delay, it brings the rest back. */
export async function closeChannel(session: Session): Promise<Outcome> {
  const node = await session.account(session.required("node"));
  const { chain, identity } = await session.connectAs();
  const payer = identity.account.address;
  const [channel, delay, { timestamp }] = await Promise.all([
    chain.paidReads.channelOf(payer, node),
    chain.paidReads.closeDelay(),
    chain.block(),
  ]);
  if (channel === undefined) throw refusal("UnknownChannel", { payer, node });
  const rest = channel.deposit - channel.redeemed;
  const isFinal = channel.closesAt !== undefined;
  const closesAt = channel.closesAt ?? timestamp + delay;
  return propose(session, chain, {
    title: isFinal ? "Close a channel" : "Announce the close of a channel",
    rows: [
      ["payer", `${identity.name} ${payer}`],
      ["node", node],
      ["rest", `${nkms(rest)}${isFinal ? "" : ", unless the node redeems more"}`],
      ["from", utc(closesAt)],
    ],
    result: { payer, node, closesAt: Number(closesAt), rest: formatAmount(rest), final: isFinal },
    steps: [
      isFinal
        ? { title: "close", call: () => chain.paidReads.finishClose(payer, node) }
        : { title: "announce", call: () => chain.paidReads.startClose(node) },
    ],
    next: isFinal ? undefined : `the same again after ${utc(closesAt)}`,
  });
}
