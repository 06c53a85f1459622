/** Refusals of the built-in conditions. */
import { formatAmount } from "../../protocol/amount";
import { type RefusalTexts, utc, words } from "./text";

const USE_A_KEY = "Give the address of the reader's account, or of its request signer.";

export const CONDITION_TEXTS: RefusalTexts = {
  ChildCountOutOfRange: ({ count, maximum }) =>
    words(
      `The condition is made of ${count} others.`,
      `all and any take 1 to ${maximum}: all of nothing would let everybody pass.`,
      "Give at least one condition, and nest them if there are many.",
    ),
  ChildFailed: ({ index, condition }) =>
    words(
      `The condition ${condition}, number ${index} of a composite, gave no answer.`,
      "It reverted, used up its gas, answered no boolean, or there is no contract. Then neither it nor its negation holds.",
      "Meet another part of the condition, or let the owner share again without this one.",
    ),
  ViewCallFailed: ({ target }) =>
    words(
      `The call to ${target} gave no yes or no.`,
      "It reverted, used up its gas, answered no boolean, or there is no contract.",
      "Let the owner share again with a call that returns a boolean.",
    ),
  InvalidBuyer: ({ buyer }) =>
    words(`Nobody can pay for ${buyer}.`, "The zero address stands for the requester in conditions.", USE_A_KEY),
  InvalidSubscriber: ({ subscriber }) =>
    words(
      `Nobody can subscribe for ${subscriber}.`,
      "The zero address stands for the requester in conditions.",
      USE_A_KEY,
    ),
  PaidUntilOutOfRange: ({ terms, paidUntil, maximum }) =>
    words(
      `${terms} terms would pay until the second ${paidUntil}.`,
      `A subscription takes at least one term and is paid until ${maximum} at most.`,
      "Choose another number of terms.",
    ),
  AccessExpired: ({ deadline, timestamp }) =>
    words(
      `The signed access was to be recorded before ${utc(deadline)}.`,
      `The chain's time is ${utc(timestamp)}.`,
      "Let the reader sign again.",
    ),
  WrongAccessSigner: ({ recovered, requester, number }) =>
    words(
      `The access is not signed by ${requester} as its number ${number}.`,
      `The signature leads to ${recovered}: it was recorded already, changed on the way, or made for another log.`,
      "Let the reader sign its next access again.",
    ),
  NotForSale: ({ seller, item }) =>
    words(`${seller} does not sell the item ${item}.`, "It has no price (any more).", "Ask the seller."),
  WrongPrice: ({ paid, price }) =>
    words(
      `${formatAmount(BigInt(paid))} ETH were sent.`,
      `The exact price is ${formatAmount(BigInt(price))} ETH; it may have changed meanwhile.`,
      "Send the price of now.",
    ),
  AlreadyBought: ({ item, reader }) =>
    words(`${reader} may read ${item} already.`, "A purchase does not end.", "Nothing needs to be done."),
  InvalidReader: ({ reader }) =>
    words(
      `Nothing can be bought for ${reader}.`,
      "Every broken signature recovers to the zero address.",
      "Give the reader's request signer.",
    ),
  NoTakings: ({ seller }) =>
    words(`${seller} has no takings here.`, "Nothing was sold since the last withdrawal.", "Wait."),
  EtherRefused: ({ seller, amount }) =>
    words(
      `${seller} did not take ${formatAmount(BigInt(amount))} ETH.`,
      "It is a contract that refuses ether. The takings stay where they are.",
      "Sell from an account that can receive ether.",
    ),
};
