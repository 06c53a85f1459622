/** Refusals of NodeRegistry and KeyRegistry. */
import { type RefusalTexts, words } from "./text";

export const REGISTRY_TEXTS: RefusalTexts = {
  AlreadyRegistered: ({ staker }) =>
    words(
      `The node of ${staker} is registered already.`,
      "A staker registers once and changes the parts afterwards.",
      "Run node:register again: it changes what differs. In code: setUrl, setTerms, setEncryptionKey, setCheckKey.",
    ),
  NotRegistered: ({ staker }) =>
    words(
      `No node is registered for ${staker}.`,
      "Its URL, keys and terms were never published.",
      "Yours: npx hardhat node:register --url https://your.host:7151 --from <name>. Another's: give its staker's address, npx hardhat net:nodes",
    ),
  UrlTooLong: ({ length, maximum }) =>
    words(`The URL has ${length} bytes.`, `At most ${maximum} bytes are stored on chain.`, "Use a shorter URL."),
  UrlNotAllowed: ({ url }) =>
    words(
      `The URL ${url} is not allowed.`,
      "A node answers over https; http is for 127.0.0.1, localhost and [::1] only, and only printable ASCII is taken.",
      "Give an https URL: --url https://your.host:7151",
    ),
  InvalidDurations: ({ minDuration, maxDuration }) =>
    words(
      `The shortest duration of ${minDuration} s is above the longest of ${maxDuration} s.`,
      "No policy could satisfy both.",
      "Swap or widen --min-duration and --max-duration.",
    ),
  WrongConsent: ({ worker, recovered }) =>
    words(
      `The consent was not signed by the worker ${worker}.`,
      `Its signature leads to ${recovered}; it covers chain, registry, staker and a nonce, any of which may differ.`,
      "Let the worker sign again for this staker and the present nonce (bondNonce).",
    ),
  WorkerTaken: ({ worker, staker }) =>
    words(
      `The worker ${worker} already serves ${staker}.`,
      "A worker signs for one staker at a time.",
      `Use another key: node:register --worker <name>. Or let ${staker} bond another worker, which frees this one.`,
    ),
  NoWorker: ({ staker }) =>
    words(
      `${staker} has no worker to unbond.`,
      "None was bonded, or it was unbonded already.",
      "Nothing needs to be done; to bond one: node:register.",
    ),
  NotEscrow: ({ caller, escrow }) =>
    words(
      `${caller} may not write suspensions.`,
      `Only the staking escrow ${escrow} does.`,
      "Suspensions follow from health verdicts; do not call this directly.",
    ),
  AlreadySuspended: ({ node }) =>
    words(`${node} is suspended already.`, "A suspension is open.", "Nothing needs to be done."),
  NotSuspended: ({ node }) => words(`${node} is not suspended.`, "No suspension is open.", "Nothing needs to be done."),
  InvalidPeriodLength: ({ periodLength }) =>
    words(
      `A period cannot last ${periodLength} seconds.`,
      "The length of a period divides every timestamp.",
      "Set periodLength in the deployment's parameters to at least one second.",
    ),
  PeriodLengthDiffers: ({ periodLength, expected }) =>
    words(
      `The registry's periods would last ${periodLength} seconds.`,
      `The escrow's last ${expected}; both must count the same ones.`,
      `Deploy the registry with ${expected}.`,
    ),
  InvalidRequestSigner: ({ requestSigner }) =>
    words(
      `${requestSigner} cannot sign requests.`,
      "Every broken signature recovers to the zero address.",
      "Publish the address of your request signing key.",
    ),
};
