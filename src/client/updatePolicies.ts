/** updatePolicies and deletePolicies: the same change for all of our policies that a filter finds (V.A). */
import { NkmsError } from "../errors";
import type { Context } from "./context";
import { type PolicyFilter, type PolicySummary, readPolicies } from "./readPolicies";
import { renew, type Renewed, type RenewOptions } from "./renew";
import { revoke, type Revoked } from "./revoke";

/**
 * Renews those that are not over. A failure's `data.done` lists the policies renewed before it. Throws E_POLICY_PENDING {pending} before anything is
 * sent if the filter finds policies whose transaction is not seen on the chain, and as {@link renew}.
 */
export async function updatePolicies(context: Context, filter: PolicyFilter, change: RenewOptions): Promise<Renewed[]> {
  const found = await readPolicies(context, filter);
  const pending = pendingOnes(found);
  if (pending.length > 0) throw notYet(pending);
  return forEach(found, ({ id }) => renew(context, id, change));
}

/**
 * Revokes those that are not over. A failure's `data.done` lists the policies revoked before it. Throws as {@link revoke}; and once all others are
 * revoked E_POLICY_PENDING {pending, done} if the filter finds policies whose transaction is not seen on the chain, since they could begin afterwards.
 */
export async function deletePolicies(context: Context, filter: PolicyFilter): Promise<Revoked[]> {
  const found = await readPolicies(context, filter);
  const revoked = await forEach(found, ({ id }) => revoke(context, id));
  const pending = pendingOnes(found);
  if (pending.length > 0) throw notAll(pending, idsOf(revoked));
  return revoked;
}

/** One after another: the account's transactions have an order anyway. */
async function forEach<T extends { readonly id: string }>(
  found: readonly PolicySummary[],
  change: (policy: PolicySummary) => Promise<T>,
): Promise<T[]> {
  const open = found.filter(({ state }) => state === "active" || state === "upcoming");
  const done: T[] = [];
  for (const policy of open) {
    try {
      done.push(await change(policy));
    } catch (error) {
      throw error instanceof NkmsError ? after(error, policy, done) : error;
    }
  }
  return done;
}

/** A policy that may still come to exist: it cannot be changed yet, and must not be passed over. */
interface Pending {
  readonly id: string;
  readonly acceptBy: Date;
}

function pendingOnes(found: readonly PolicySummary[]): Pending[] {
  return found.flatMap(({ id, acceptBy }) => (acceptBy === undefined ? [] : [{ id, acceptBy }]));
}

function notYet(pending: readonly Pending[]): NkmsError {
  return new NkmsError("E_POLICY_PENDING", `${pending.length} of the policies may still come to exist.`, {
    why: `${sentNotSeen(pending)} Nothing was changed.`,
    fix: `${AGAIN} A filter by state leaves them out.`,
    data: { pending },
  });
}

function notAll(pending: readonly Pending[], done: readonly string[]): NkmsError {
  return new NkmsError("E_POLICY_PENDING", `${pending.length} of the policies may still come to exist.`, {
    why: `${sentNotSeen(pending)} Of the others ${done.length} were revoked now; no object was removed.`,
    fix: AGAIN,
    data: { pending, done },
  });
}

const AGAIN = "Do it again when they are on the chain, or when that time is over: then they never will be.";

function sentNotSeen(pending: readonly Pending[]): string {
  const named = pending.map(({ id, acceptBy }) => `${id} until ${acceptBy.toISOString()}`);
  return `Sent, not seen on the chain: ${named.join(", ")}.`;
}

function after(
  { code, message, why, fix, data, cause }: NkmsError,
  { id }: PolicySummary,
  done: readonly { readonly id: string }[],
): NkmsError {
  return new NkmsError(code, message, { why, fix, data: { ...data, id, done: idsOf(done) }, cause });
}

function idsOf(policies: readonly { readonly id: string }[]): string[] {
  return policies.map(({ id }) => id);
}
