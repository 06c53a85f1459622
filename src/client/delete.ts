/** delete: removes an object and the re-encryption keys that open it (V.A). */
import type { Context } from "./context";
import { readPolicies } from "./readPolicies";
import { revoke, type Revoked } from "./revoke";

/** Revokes every policy of ours on the path that has not ended, then removes the object. */
export async function deleteObject(context: Context, uri: string): Promise<Revoked[]> {
  const policies = await readPolicies(context, { path: uri });
  const open = policies.filter(({ state }) => state === "active" || state === "upcoming");
  const revoked: Revoked[] = [];
  for (const { id } of open) revoked.push(await revoke(context, id));
  await context.storage.delete(uri);
  return revoked;
}
