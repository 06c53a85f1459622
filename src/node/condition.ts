/** A policy's condition (V.F), asked of the chain for one requester. */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import { codeOf, type Snapshot } from "./chainHead";
import type { NodeContext } from "./context";
import { withDeadline } from "./deadline";
import type { Grant } from "./grant";

const TIMEOUT_MS = 3_000;

/** `no`: it was asked and said so; `notBoolean`: no contract, or no yes or no; `reverted`: that, or out of gas; `timeout`: no answer in time. */
const REASONS = {
  no: "The condition's contract says no.",
  notBoolean: "The condition's contract gave an answer that is neither yes nor no, or there is none.",
  reverted: "The condition's contract reverted or ran out of gas.",
  timeout: "The condition's contract gave no answer in time.",
} as const;

/** Throws E_CONDITION unless the condition holds at the block policies are read at. A revert or a timeout is a no. */
export async function requireCondition(
  { chain, clock }: NodeContext,
  { policyId, condition, terms }: Grant,
  { at }: Snapshot,
): Promise<void> {
  if (condition.length === 0) return;
  const asked = chain.isAllowed(condition, policyId, terms.recipientSigner, at);
  const verdict = await withDeadline(asked, TIMEOUT_MS, clock).catch((cause: unknown) => ({ cause }));
  if (verdict === true) return;
  const cause = verdict === false ? undefined : verdict.cause;
  const reason = reasonOf(cause);
  throw new NkmsError("E_CONDITION", "The policy's condition is not met.", {
    why: REASONS[reason],
    fix: "Meet the condition the owner set, wait a block, and ask again.",
    data: { policyId: toHex(policyId), block: at, answered: cause === undefined, reason },
    cause,
  });
}

function reasonOf(cause: unknown): keyof typeof REASONS {
  if (cause === undefined) return "no";
  const code = codeOf(cause);
  if (code === "E_CONDITION_FAILED" || code === "E_BAD_CONDITION") return "notBoolean";
  return code === "E_RPC_TIMEOUT" ? "timeout" : "reverted";
}
