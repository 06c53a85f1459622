/** Refusals of StakingEscrow. */
import { decodeBytes32String } from "ethers";

import { nkms, type RefusalTexts, utc, type Value, words } from "./text";

const LIST = "Look at your positions: npx hardhat stake:list --of <name>";
const REACTIVATE = "npx hardhat node:reactivate --from <name>";

function parameterName(name: Value): string {
  return String(name).startsWith("0x") ? decodeBytes32String(String(name)) : String(name);
}

/** An end is the first period without weight. */
function lastBefore(endPeriod: Value): bigint {
  return BigInt(endPeriod) - 1n;
}

export const STAKING_TEXTS: RefusalTexts = {
  ZeroAmount: () => words("The amount is zero.", "Nothing would happen.", "Give an amount above zero."),
  DepositBelowMinimum: ({ amount, minimum }) =>
    words(
      `${nkms(amount)} is below the minimum of ${nkms(minimum)}.`,
      "Every position must hold at least the minimum deposit.",
      `Use at least ${nkms(minimum)}.`,
    ),
  DepositAboveMaximum: ({ amount, maximum }) =>
    words(
      `${nkms(amount)} is above the maximum of ${nkms(maximum)}.`,
      "Neither the supply nor the position in question holds more.",
      "Use less.",
    ),
  LockOutOfRange: ({ lockPeriods, minimum, maximum }) =>
    words(
      `A lock of ${lockPeriods} periods is out of range.`,
      `Locks take ${minimum} to ${maximum} periods.`,
      `Use at least --lock ${minimum}p and at most --lock ${maximum}p.`,
    ),
  TooManyPositions: ({ staker, maximum }) =>
    words(
      `${staker} has ${maximum} positions already.`,
      "A staker has at most that many.",
      "Increase an existing position, or withdraw one that has ended.",
    ),
  NoSuchPosition: ({ staker, index }) =>
    words(`${staker} has no position ${index}.`, "It was never made, or was withdrawn.", LIST),
  AlreadyWindingDown: ({ index, endPeriod }) =>
    words(
      `Position ${index} is winding down already.`,
      `Its last period is ${lastBefore(endPeriod)}.`,
      "Nothing needs to be done.",
    ),
  NotWindingDown: ({ index }) =>
    words(
      `Position ${index} is not winding down.`,
      "It locks itself anew every period until winding down is started.",
      `npx hardhat stake:winddown --id ${index}`,
    ),
  PositionEnded: ({ index, endPeriod, currentPeriod }) =>
    words(
      `Position ${index} can only be withdrawn, in its time.`,
      BigInt(endPeriod) > BigInt(currentPeriod) + 1n
        ? `A slash left less than the minimum in it. It has no weight any more, and its lock still lasts to the end of period ${lastBefore(endPeriod)}; it is period ${currentPeriod}.`
        : `It has no weight from period ${endPeriod} on; it is period ${currentPeriod}.`,
      "npx hardhat stake:list --of <name> says when unbonding is over; then npx hardhat stake:withdraw --from <name>.",
    ),
  StillLocked: ({ index, withdrawablePeriod, currentPeriod, withdrawableAt }) =>
    words(
      `Position ${index} can be withdrawn from period ${withdrawablePeriod} on${withdrawableAt ? `, ${utc(withdrawableAt)}` : ""}.`,
      `It is period ${currentPeriod}; the lock and the unbonding time after it must be over.`,
      LIST,
    ),
  LockNotLonger: ({ index, lockPeriods, current }) =>
    words(
      `The lock of position ${index} would become ${lockPeriods} periods.`,
      `It is ${current} periods now, and locks are only made longer.`,
      "Give a longer lock.",
    ),
  MergeWithItself: ({ index }) =>
    words(`Position ${index} cannot be merged with itself.`, "Two positions are needed.", LIST),
  EndsDiffer: ({ endPeriod, otherEndPeriod }) =>
    words(
      "A re-locking and a winding-down position do not merge.",
      `Their ends are ${endPeriod} and ${otherEndPeriod}, where 0 stands for re-locking.`,
      "Start or stop winding down one of them first.",
    ),
  NeedsAdvance: ({ expiryPeriod, currentPeriod }) =>
    words(
      "The escrow is behind the clock.",
      `Expiries since period ${expiryPeriod} wait for it, more than one call is sure to manage; it is period ${currentPeriod}.`,
      "Bring it up to date, which anybody may: npx hardhat net:advance --from <name>. In code: advance() until it is true.",
    ),
  NotAllowed: ({ caller }) =>
    words(
      `${caller} may not do this.`,
      "Only the contract wired for it at deployment may.",
      "Go through that contract.",
    ),
  NodeInactive: ({ node }) =>
    words(
      `The node ${node} is not active.`,
      "It has no position with weight in this period; a new stake counts from the next one.",
      "Stake, or wait for the next period; a client draws other nodes.",
    ),
  NodeIsSuspended: ({ node }) =>
    words(
      `The node ${node} is suspended.`,
      "The health check convicted it; until it reactivates it takes no part.",
      `When the wait is over, its staker ends that: ${REACTIVATE}`,
    ),
  NodeNotSuspended: ({ node }) =>
    words(`The node ${node} is not suspended.`, "There is nothing to end.", "Nothing needs to be done."),
  TooEarlyToReactivate: ({ node, earliest, timestamp }) =>
    words(
      `The node ${node} may reactivate at ${utc(earliest)}.`,
      `The chain's time is ${utc(timestamp)}; each further strike doubles the wait.`,
      `Then: ${REACTIVATE}`,
    ),
  InsufficientCollateral: ({ node, available, required }) =>
    words(
      `The stake of the node ${node} would be ${nkms(available)}; its policies would reserve ${nkms(required)}.`,
      "Stake must cover what stands in for policies, with what is added to them or after what is withdrawn.",
      "Stake more, withdraw less, or free what ended policies hold: npx hardhat rewards:claim --from <name>.",
    ),
  ReleaseAboveReserved: ({ node, amount, reserved }) =>
    words(
      `${nkms(amount)} of ${node} would be released.`,
      `Only ${nkms(reserved)} are reserved.`,
      "This is a bug: report it.",
    ),
  ProverShareTooHigh: ({ shareBps, maximumBps }) =>
    words(
      `The prover would get ${shareBps} basis points.`,
      `At most ${maximumBps} are allowed.`,
      "This is a bug of the challenge contract: report it.",
    ),
  PotTooSmall: ({ amount, pot }) =>
    words(`${nkms(amount)} would be paid to a checker.`, `The pot holds ${nkms(pot)}.`, "Collect later."),
  ConsentExpired: ({ deadline, timestamp }) =>
    words(
      `The consent expired at ${utc(deadline)}.`,
      `The chain's time is ${utc(timestamp)}.`,
      "Ask for a new signature with a later deadline.",
    ),
  InvalidConsent: ({ staker }) =>
    words(
      `The consent is not by ${staker}.`,
      "It covers chain, escrow, amounts, nonce and deadline, any of which may differ.",
      "Let the staker sign again with the present nonce.",
    ),
  StakeLineFull: ({ leaves }) =>
    words(`All ${leaves} places on the stake line are taken.`, "Each node needs one.", "Wait until a node leaves."),
  StakeLineEmpty: () =>
    words("No node can be drawn.", "Nobody has an active stake in this period.", "Wait for the next period, or stake."),
  RandomsExhausted: ({ found, wanted }) =>
    words(
      `Only ${found} of ${wanted} nodes were found.`,
      "Too few nodes have stake locked for so long; repeats and shorter locks do not count.",
      "Ask for fewer nodes or a shorter time, or try again with more random numbers.",
    ),
  PeriodOutOfReach: ({ period, first, last }) =>
    words(
      `Period ${period} cannot be looked up.`,
      `Only periods ${first} to ${last} are known.`,
      "Ask for one of these.",
    ),
  ParameterOutOfRange: ({ name, value, minimum, maximum }) =>
    words(
      `The parameter ${parameterName(name)} is ${value}.`,
      `It must be from ${minimum} to ${maximum}.`,
      "Correct the deployment's parameters file.",
    ),
  WrongEscrow: ({ escrow, expected }) =>
    words(
      `A contract is wired to ${escrow}.`,
      `Its escrow should be ${expected}.`,
      "Deploy again: the addresses were predicted from a nonce that was used otherwise.",
    ),
};
