/** Refusals of NKMSToken and of the OpenZeppelin code inside our contracts. */
import { nkms, type RefusalTexts, utc, words } from "./text";

const SIGN_AGAIN = "Sign again with the right key.";

export const TOKEN_TEXTS: RefusalTexts = {
  MintNotAllowed: ({ caller, escrow }) =>
    words(
      `${caller} may not mint NKMS.`,
      `Only the staking escrow ${escrow} does, when rewards are claimed.`,
      "Earn tokens by staking: npx hardhat rewards:claim",
    ),
  SupplyCapExceeded: ({ attempted, maxSupply }) =>
    words(
      `The supply would become ${nkms(attempted)}.`,
      `Its maximum is ${nkms(maxSupply)}.`,
      "This is a bug in the supply law: report it.",
    ),
  ERC20InsufficientBalance: ({ sender, balance, needed }) =>
    words(
      `${sender} has ${nkms(balance)}; ${nkms(needed)} are needed.`,
      "The balance is too small.",
      "Use a smaller amount, or get tokens first (on test networks: npx hardhat faucet --to <name>).",
    ),
  ERC20InsufficientAllowance: ({ spender, allowance, needed }) =>
    words(
      `${spender} may take ${nkms(allowance)} from the account that pays; ${nkms(needed)} are needed.`,
      "The allowance is too small, or a permit was not valid.",
      "The account that pays approves the amount, or signs a permit for it.",
    ),
  ERC20InvalidSender: ({ sender }) =>
    words(`Tokens cannot leave ${sender}.`, "It is the zero address.", "Use another account."),
  ERC20InvalidReceiver: ({ receiver }) =>
    words(
      `Tokens cannot go to ${receiver}.`,
      "They would be lost there.",
      "Give the receiver's address: --to <name|0x...>",
    ),
  ERC20InvalidApprover: ({ approver }) =>
    words(`${approver} cannot approve.`, "It is the zero address.", "Use another account."),
  ERC20InvalidSpender: ({ spender }) =>
    words(`${spender} cannot be approved.`, "It is the zero address.", "Approve the contract's address."),
  ERC2612ExpiredSignature: ({ deadline }) =>
    words(`The permit expired at ${utc(deadline)}.`, "Its deadline has passed.", "Sign a new permit."),
  ERC2612InvalidSigner: ({ signer, owner }) =>
    words(
      `The permit was signed by ${signer}, not by ${owner}.`,
      "Another key, amount, nonce or chain was signed.",
      SIGN_AGAIN,
    ),
  InvalidAccountNonce: ({ account, currentNonce }) =>
    words(
      `The signature of ${account} does not carry the nonce ${currentNonce}.`,
      "Another signature was used meanwhile.",
      "Sign again with the present nonce.",
    ),
  ECDSAInvalidSignature: () =>
    words("The signature leads to no account.", "Its bytes are not a signature of this message.", SIGN_AGAIN),
  ECDSAInvalidSignatureLength: ({ length }) =>
    words(`The signature has ${length} bytes.`, "A signature has 65.", SIGN_AGAIN),
  ECDSAInvalidSignatureS: ({ s }) =>
    words(
      `The signature's s value ${s} is in the upper half of its range.`,
      "Each signature has a twin there, and only the lower one is taken.",
      "Sign with a library that gives low-s signatures.",
    ),
  StringTooLong: ({ str }) =>
    words(
      `The text "${str}" is too long.`,
      "Names in a signing domain have at most 31 bytes.",
      "This is a bug: report it.",
    ),
  InvalidShortString: () =>
    words("A stored text is damaged.", "Its length byte is out of range.", "This is a bug: report it."),
  SafeCastOverflowedUintDowncast: ({ bits, value }) =>
    words(`${value} does not fit into ${bits} bits.`, "The amount or time is out of range.", "Use a smaller value."),
  SafeCastOverflowedIntDowncast: ({ bits, value }) =>
    words(
      `${value} does not fit into ${bits} bits.`,
      "More was paid out of one stretch of constant stake than it can count.",
      "Increase a position by any amount, then claim again.",
    ),
  SafeERC20FailedOperation: ({ token }) =>
    words(
      `The token ${token} did not do what was asked.`,
      "Its call returned false or nothing.",
      "Check that the deployment's token address is right.",
    ),
  CheckpointUnorderedInsertion: () =>
    words("A history would go back in time.", "Its entries are in the order of time.", "This is a bug: report it."),
  ReentrancyGuardReentrantCall: () =>
    words("The call came back into the contract.", "Nested calls are refused.", "Call the contract directly."),
};
