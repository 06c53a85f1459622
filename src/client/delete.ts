/** delete: removes an object and the re-encryption keys that open it (V.A). */
import type { Context } from "./context";
import type { Revoked } from "./revoke";
import { deletePolicies } from "./updatePolicies";

/**
 * Revokes every policy of ours on the path that has not ended, then removes the object. If one of them is not seen on the chain yet it throws
 * E_POLICY_PENDING {pending, done} between the two: the others are revoked, and the object stays.
 */
export async function deleteObject(context: Context, uri: string): Promise<Revoked[]> {
  const revoked = await deletePolicies(context, { path: uri });
  await context.storage.delete(uri);
  return revoked;
}
