/** Refusals of PolicyManager. */
import { nkms, type RefusalTexts, utc, words } from "./text";

const SHARE_AGAIN = "Share again.";

export const POLICY_TEXTS: RefusalTexts = {
  NodeCountOutOfRange: ({ count, maximum }) =>
    words(`A policy cannot have ${count} nodes.`, `It takes 1 to ${maximum}.`, `Choose n between 1 and ${maximum}.`),
  NodesNotAscending: ({ previous, next }) =>
    words(
      `The node ${next} stands after ${previous}.`,
      "Nodes are listed in strictly ascending order, so that each is there once.",
      "Sort the addresses and drop repeats.",
    ),
  CommitmentCountMismatch: ({ commitments, nodes }) =>
    words(
      `There are ${commitments} share commitments for ${nodes} nodes.`,
      "Each node has one fraction, and each fraction one commitment.",
      "Give one commitment per node, in the nodes' order.",
    ),
  CommitmentWithoutPoint: ({ shareIndex }) =>
    words(
      `The commitment of share ${shareIndex} names no address.`,
      "Without its public point no leak of the fraction could be proven.",
      "Commit to the address of the fraction's public point.",
    ),
  AcceptanceCountMismatch: ({ acceptances, nodes }) =>
    words(
      `There are ${acceptances} acceptances for ${nodes} nodes.`,
      "Each node signs that it verified and stored its fraction.",
      "Give one acceptance per node, in the nodes' order.",
    ),
  InvalidThreshold: ({ threshold, nodes }) =>
    words(
      `A threshold of ${threshold} does not fit ${nodes} nodes.`,
      "The threshold is how many answers open the data: at least 1, at most all.",
      `Choose m between 1 and ${nodes}.`,
    ),
  InvalidRecipient: ({ recipientSigner }) =>
    words(
      `${recipientSigner} cannot sign the recipient's requests.`,
      "Every broken signature recovers to the zero address.",
      "Use the request signer the recipient published.",
    ),
  EndNotAfterStart: ({ end, start }) =>
    words(
      `The policy would end at ${utc(end)}, not after its start at ${utc(start)}.`,
      "Intervals contain their start and not their end; this one is empty.",
      "Choose a later end.",
    ),
  EndInPast: ({ end, timestamp }) =>
    words(
      `The policy would end at ${utc(end)}.`,
      `The chain's time is ${utc(timestamp)} already.`,
      "Choose a later end, or check this computer's clock.",
    ),
  EndAboveMaximum: ({ end, maxEnd }) =>
    words(
      `The end ${utc(end)} is past the latest end ${utc(maxEnd)} the nodes agreed to.`,
      "Nodes promise their stake and their service only up to maxEnd.",
      "Choose an earlier end, or share again for the time after.",
    ),
  DurationTooLong: ({ duration, maximum }) =>
    words(
      `The policy could last ${duration} seconds.`,
      `This deployment allows ${maximum} from start to latest end.`,
      "Choose a shorter time and renew or share again later.",
    ),
  FeeTooLow: ({ feePerNode, minFee }) =>
    words(
      `The fee is ${nkms(feePerNode)} per node.`,
      `A policy with a fee pays each node at least ${nkms(minFee)}.`,
      "Raise the fee rate or the duration.",
    ),
  BountyOutOfRange: ({ bounty, minimum, collateral }) =>
    words(
      `The bounty of ${nkms(bounty)} per share is out of range.`,
      `A bounty is zero, or at least ${nkms(minimum)} and below the node's collateral of ${nkms(collateral)}, so that faking a leak costs more than it pays.`,
      "Choose a bounty in this range, or none.",
    ),
  NoteTooLong: ({ length, maximum }) =>
    words(`The note has ${length} bytes.`, `At most ${maximum} fit.`, "Leave the note empty for long paths."),
  ConditionMismatch: ({ shown, agreed }) =>
    words(
      `The condition shown hashes to ${shown}.`,
      `The terms say ${agreed}.`,
      "Show the bytes of the condition that the terms were made with.",
    ),
  NoteMismatch: ({ shown, agreed }) =>
    words(
      `The note shown hashes to ${shown}.`,
      `The terms say ${agreed}.`,
      "Show the bytes of the note that the terms were made with.",
    ),
  AcceptanceExpired: ({ acceptBy, timestamp }) =>
    words(
      `The nodes' acceptances expired at ${utc(acceptBy)}.`,
      `The chain's time is ${utc(timestamp)}; the nodes have dropped their fractions.`,
      SHARE_AGAIN,
    ),
  WrongAcceptance: ({ shareIndex, worker, recovered }) =>
    words(
      `The acceptance of share ${shareIndex} is not by the node's worker ${worker}.`,
      `Its signature leads to ${recovered}: other terms were signed, or the node's worker changed meanwhile.`,
      SHARE_AGAIN,
    ),
  NotConsented: ({ party, caller }) =>
    words(
      `${party} has not agreed to this.`,
      `The transaction comes from ${caller} and carries no valid consent of ${party}.`,
      "Send it from that account, or attach its signed consent.",
    ),
  ConsentExceeded: ({ required, maximum }) =>
    words(
      `${nkms(required)} would be taken.`,
      `The consent allows ${nkms(maximum)}.`,
      "Ask for a consent with a higher maximum, or lower fee, duration or bounty.",
    ),
  PolicyExists: ({ policyId }) =>
    words(
      `The policy ${policyId} exists already.`,
      "An id is the hash of all terms and is used once, even after the end.",
      "Nothing needs to be done if it is yours; otherwise share again with fresh fractions.",
    ),
  UnknownPolicy: ({ policyId }) =>
    words(
      `There is no policy ${policyId}.`,
      "It was never created, or its terms, nodes or commitments are not shown as they were created.",
      "Check the id with: npx hardhat policy:list",
    ),
  PolicyClosed: ({ policyId }) =>
    words(
      `The policy ${policyId} is closed.`,
      "It was revoked, or fewer nodes than its threshold were left.",
      SHARE_AGAIN,
    ),
  PolicyEnded: ({ end, timestamp }) =>
    words(`The policy ended at ${utc(end)}.`, `The chain's time is ${utc(timestamp)}.`, SHARE_AGAIN),
  EndNotLater: ({ newEnd, end }) =>
    words(
      `The new end ${utc(newEnd)} is not after the present end ${utc(end)}.`,
      "Renewing only prolongs.",
      "Choose a later end; to shorten, revoke.",
    ),
  NotOwner: ({ caller, owner }) =>
    words(
      `${caller} does not own this policy.`,
      `Only its owner ${owner} may do this.`,
      "Use the owner's key: --from <name>",
    ),
  ShareIndexOutOfRange: ({ shareIndex, nodes }) =>
    words(
      `There is no share ${shareIndex}.`,
      `The policy has ${nodes} nodes.`,
      "Count shares from 0 in the nodes' order.",
    ),
  NodeAlreadyRemoved: ({ policyId, node }) =>
    words(`${node} has left the policy ${policyId} already.`, "It was settled then.", "Nothing needs to be done."),
  NotClaimant: ({ caller, node }) =>
    words(
      `${caller} may not settle the fees of ${node}.`,
      "Before the final claim only its staker, its worker and the payer do.",
      "Use one of their keys, or wait for the final claim, which is open to all.",
    ),
  OtherNode: ({ expected, node }) =>
    words(
      `This share belongs to ${node}, not to ${expected}.`,
      "One claim pays one node.",
      "Give for each policy the share index of the claiming node.",
    ),
  LengthMismatch: ({ policies, shareIndices }) =>
    words(
      `There are ${shareIndices} share indices for ${policies} policies.`,
      "Each policy needs one.",
      "Give one share index per policy.",
    ),
  TooEarly: ({ opensAt, timestamp }) =>
    words(
      `This opens at ${utc(opensAt)}.`,
      `The chain's time is ${utc(timestamp)}; until then evidence against the node still counts.`,
      "Try again after that time.",
    ),
  AlreadyReleased: ({ policyId, node }) =>
    words(
      `The share of ${node} in ${policyId} had its final claim.`,
      "Its fee is settled and its collateral free.",
      "Nothing needs to be done.",
    ),
  NothingToReturn: ({ policyId }) =>
    words(
      `No bounty of ${policyId} is left to return.`,
      "There was none, or it went back already.",
      "Nothing needs to be done.",
    ),
  NotChallenge: ({ caller, challenge }) =>
    words(`${caller} may not judge.`, `Only the contract ${challenge} may.`, "Submit the evidence to that contract."),
  EvidenceTooLate: ({ committedAt, closesAt }) =>
    words(
      `The evidence was committed at ${utc(committedAt)}.`,
      `It counts before ${utc(closesAt)} only.`,
      "Nothing can be done for this policy.",
    ),
  AlreadyLeaked: ({ policyId, node }) =>
    words(
      `The leak by ${node} in ${policyId} was proven already.`,
      "The first proof takes the bounty.",
      "Nothing needs to be done.",
    ),
  AlreadyDisclosed: ({ policyId, node }) =>
    words(
      `The share of ${node} in ${policyId} was disclosed already.`,
      "Its owner agreed that its key is public.",
      "Nothing needs to be done.",
    ),
};
