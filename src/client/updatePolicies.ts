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
export function updatePolicies(context: Context, filter: PolicyFilter, change: RenewOptions): Promise<Renewed[]> {
  return forEach(context, filter, ({ id }) => renew(context, id, change));
}

/**
 * Revokes those that are not over. A failure's `data.done` lists the policies revoked before it. Throws E_POLICY_PENDING {pending} before anything is
 * sent if the filter finds policies whose transaction is not seen on the chain, since they could begin afterwards, and as {@link revoke}.
 */
export function deletePolicies(context: Context, filter: PolicyFilter): Promise<Revoked[]> {
  return forEach(context, filter, ({ id }) => revoke(context, id));
}

/** One after another: the account's transactions have an order anyway. */
async function forEach<T extends { readonly id: string }>(
  context: Context,
  filter: PolicyFilter,
  change: (policy: PolicySummary) => Promise<T>,
): Promise<T[]> {
  const found = await readPolicies(context, filter);
  requireNonePending(found);
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

/** What may still come to exist cannot be changed yet, and must not be passed over. */
function requireNonePending(found: readonly PolicySummary[]): void {
  const pending = found.flatMap(({ id, acceptBy }) => (acceptBy === undefined ? [] : [{ id, acceptBy }]));
  if (pending.length === 0) return;
  const named = pending.map(({ id, acceptBy }) => `${id} until ${acceptBy.toISOString()}`);
  throw new NkmsError("E_POLICY_PENDING", `${pending.length} of the policies may still come to exist.`, {
    why: `Sent, not seen on the chain: ${named.join(", ")}. Nothing was changed.`,
    fix: "Do it again when they are on the chain, or when that time is over: then they never will be. A filter by state leaves them out.",
    data: { pending },
  });
}

function after(
  { code, message, why, fix, data, cause }: NkmsError,
  { id }: PolicySummary,
  done: readonly { readonly id: string }[],
): NkmsError {
  return new NkmsError(code, message, { why, fix, data: { ...data, id, done: done.map((one) => one.id) }, cause });
}
