/** delete: removes an object and the re-encryption keys that open it (V.A). */
import type { Context } from "./context";
import type { Revoked } from "./revoke";
import { deletePolicies } from "./updatePolicies";

/**
 * Revokes every policy of ours on the path that has not ended, then removes the object. Throws E_POLICY_PENDING {pending} before either if one of them is
 * not seen on the chain yet.
 */
export async function deleteObject(context: Context, uri: string): Promise<Revoked[]> {
  const revoked = await deletePolicies(context, { path: uri });
  await context.storage.delete(uri);
  return revoked;
}
