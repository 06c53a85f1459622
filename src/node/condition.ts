/** A policy's condition (V.F), asked of the chain for one requester. */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import type { Snapshot } from "./chainHead";
import type { NodeContext } from "./context";
import { withDeadline } from "./deadline";
import type { Grant } from "./grant";

const TIMEOUT_MS = 3_000;

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
  throw new NkmsError("E_CONDITION", "The policy's condition is not met.", {
    why: cause ? "The condition's contract gave no answer." : "The condition's contract says no.",
    fix: "Meet the condition the owner set, wait a block, and ask again.",
    data: { policyId: toHex(policyId), block: at, answered: cause === undefined },
    cause,
  });
}
