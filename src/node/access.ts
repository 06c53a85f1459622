/** Who may be served, from what the chain says (design 7, I-L7). Pure. */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import type { PolicyState } from "./chainView";
import type { Fate, Grant } from "./grant";

/**
 * Why the fraction of a grant is of no more use at the second `now`; undefined as long as it may be served now or later.
 * An end that lies before the one agreed on was lowered by a revocation.
 */
export function fateOf({ terms, shareIndex }: Grant, state: PolicyState, now: bigint): Fate | undefined {
  if (!state.exists) return now >= terms.acceptBy ? "unfunded" : undefined;
  if (((state.removed | state.leaked | state.disclosed) >>> shareIndex) & 1) return "removed";
  if (state.closed) return "revoked";
  if (now < state.end) return undefined;
  return state.end < terms.end ? "revoked" : "expired";
}

/** Throws E_NOT_FUNDED, E_REVOKED, E_EXPIRED or E_NOT_YET unless the policy exists, is open, and start <= now < end. */
export function requireAccess(grant: Grant, state: PolicyState, now: bigint): void {
  const { policyId, shareIndex, terms } = grant;
  const data = { policyId: toHex(policyId), shareIndex };
  if (!state.exists) throw notFunded({ ...data, acceptBy: terms.acceptBy });
  requireOpen(grant, state, now);
  if (now < terms.start) throw notYet({ ...data, start: terms.start, now });
}

/** Throws E_REVOKED or E_EXPIRED if the policy is on chain and over. */
export function requireOpen(grant: Grant, state: PolicyState, now: bigint): void {
  const fate = state.exists ? fateOf(grant, state, now) : undefined;
  if (!fate) return;
  const data = { policyId: toHex(grant.policyId), shareIndex: grant.shareIndex, end: state.end, now };
  throw fate === "expired" ? expired(data) : revoked(fate, data);
}

function notFunded(data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_NOT_FUNDED", "The policy is not on chain.", {
    why: "Its owner has not created it yet, or its block is not deep enough for this node.",
    fix: "Wait for the next block and ask again.",
    data,
  });
}

function revoked(fate: Fate, data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_REVOKED", "The policy was revoked.", {
    why:
      fate === "removed"
        ? "This node's share was taken out of the policy."
        : "Its owner ended it, or too few nodes are left.",
    fix: "Ask the owner to share again.",
    data,
  });
}

function expired(data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_EXPIRED", "The policy has ended.", {
    why: "The time it was shared for is over.",
    fix: "Ask the owner to share again.",
    data,
  });
}

function notYet(data: Record<string, unknown>): NkmsError {
  return new NkmsError("E_NOT_YET", "The policy has not begun.", {
    why: "It was shared from a later moment on.",
    fix: "Ask again when it has begun.",
    data,
  });
}
