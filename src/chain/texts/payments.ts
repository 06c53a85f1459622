/** Refusals of PaidReads. */
import { nkms, type RefusalTexts, utc, words } from "./text";

const SIGN_NEXT = "Sign a voucher for more than that.";

export const PAYMENT_TEXTS: RefusalTexts = {
  DepositTooSmall: ({ deposit, minimum }) =>
    words(`A deposit of ${deposit} wei is too small.`, `It is at least ${minimum} wei.`, "Deposit more."),
  InvalidNode: ({ node }) =>
    words(
      `${node} is no node.`,
      "A channel pays a node's staker.",
      "Give the node's staker address: npx hardhat net:nodes",
    ),
  InvalidVoucherSigner: ({ signer }) =>
    words(
      `${signer} cannot sign vouchers.`,
      "Every broken signature recovers to the zero address.",
      "Give the address of a key that signs the vouchers.",
    ),
  ChannelExists: ({ payer, node }) =>
    words(
      `${payer} has a channel to ${node} already.`,
      "There is one per payer and node.",
      "Top it up, or close it first.",
    ),
  UnknownChannel: ({ payer, node }) =>
    words(
      `${payer} has no channel to ${node}.`,
      "It was never opened, or is closed.",
      "Open it: npx hardhat voucher:open --node <name|0x...> --amount 10",
    ),
  AlreadyClosing: ({ closesAt, timestamp }) =>
    words(
      `The channel closes at ${utc(closesAt)}.`,
      `The chain's time is ${utc(timestamp)}; a close cannot be taken back.`,
      "Finish the close after that time and open a new channel.",
    ),
  NotClosing: ({ payer, node }) =>
    words(
      `The channel of ${payer} to ${node} is open.`,
      "Its payer has not announced to close it.",
      "Only the payer can: npx hardhat voucher:close --node <name|0x...>",
    ),
  CloseNotDue: ({ closesAt, timestamp }) =>
    words(
      `The channel can be closed at ${utc(closesAt)}.`,
      `The chain's time is ${utc(timestamp)}; until then the node may redeem its last voucher.`,
      "Try again after that time.",
    ),
  VoucherNotNewer: ({ amount, redeemed }) =>
    words(`A voucher for ${nkms(amount)} pays nothing new.`, `${nkms(redeemed)} were paid before.`, SIGN_NEXT),
  WrongEpoch: ({ epoch, current }) =>
    words(
      `The voucher is for the channel's epoch ${epoch}.`,
      `The channel is in epoch ${current}: each close begins the next.`,
      "Sign a voucher for that epoch.",
    ),
  VoucherOverDeposit: ({ amount, deposit }) =>
    words(
      `The voucher is for ${nkms(amount)}.`,
      `The channel's deposit is ${nkms(deposit)}.`,
      "Top the channel up: npx hardhat voucher:open --node <name|0x...> --amount 10",
    ),
  WrongVoucherSigner: ({ recovered, signer }) =>
    words(
      `The voucher is not signed by ${signer}.`,
      `Its signature leads to ${recovered}: another key signed, or it is for another chain, contract or channel.`,
      "Sign it with the key the channel was opened for.",
    ),
  CloseDelayOutOfRange: ({ closeDelay, minimum, maximum }) =>
    words(
      `Closing a channel would take ${closeDelay} seconds.`,
      `It takes ${minimum} to ${maximum}, so that nodes can redeem and payers need not wait for ever.`,
      "Choose payments.closeDelay in this range.",
    ),
};
