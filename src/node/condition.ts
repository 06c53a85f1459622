/** A policy's condition (V.F), asked of the chain for one requester. */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import { codeOf, type Snapshot, silent } from "./chainHead";
import type { NodeContext } from "./context";
import { withDeadline } from "./deadline";
import type { Grant } from "./grant";

const TIMEOUT_MS = 3_000;

const REASONS = {
  no: "The condition's contract says no.",
  notBoolean: "The condition's contract gave an answer that is neither yes nor no, or there is none.",
  reverted: "The condition's contract reverted.",
  outOfGas: "The condition's contract used up all the gas that a condition gets.",
  timeout: "The condition's contract gave no answer in time.",
} as const;

type Reason = keyof typeof REASONS;

/** What speaks against the condition itself. Any other failure is the chain's, and nobody's no. */
const REASON_OF: Readonly<Record<string, Reason>> = {
  E_BAD_CONDITION: "notBoolean",
  E_CONDITION_FAILED: "notBoolean",
  E_CONDITION_REVERTED: "reverted",
  E_CONDITION_OUT_OF_GAS: "outOfGas",
  E_RPC_TIMEOUT: "timeout",
};

/**
 * Throws E_CONDITION {reason} unless the condition holds at the block policies are read at: one that reverts, lies, or takes too much gas or time says no.
 * Throws E_NOT_READY if it is the chain that cannot be asked.
 */
export async function requireCondition(
  context: NodeContext,
  { policyId, condition, terms }: Grant,
  { at }: Snapshot,
): Promise<void> {
  if (condition.length === 0) return;
  const { chain, clock } = context;
  const asked = chain.isAllowed(condition, policyId, terms.recipientSigner, at);
  const verdict = await withDeadline(asked, TIMEOUT_MS, clock).catch((cause: unknown) => ({ cause }));
  if (verdict === true) return;
  const cause = verdict === false ? undefined : verdict.cause;
  const reason = cause === undefined ? "no" : await reasonOf(context, cause);
  throw new NkmsError("E_CONDITION", "The policy's condition is not met.", {
    why: REASONS[reason],
    fix: "Meet the condition the owner set, wait a block, and ask again.",
    data: { policyId: toHex(policyId), block: at, answered: cause === undefined, reason },
    cause,
  });
}

/** The condition's fault. A timeout is one only if the chain answers something else meanwhile. */
async function reasonOf({ chain, clock }: NodeContext, cause: unknown): Promise<Reason> {
  const reason = REASON_OF[codeOf(cause)];
  if (reason === undefined) throw silent(cause);
  if (reason === "timeout")
    await withDeadline(chain.head(), TIMEOUT_MS, clock).catch(() => Promise.reject(silent(cause)));
  return reason;
}
