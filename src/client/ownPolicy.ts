/** A policy of ours by its id. */
import { NkmsError } from "../errors";
import type { Context } from "./context";
import type { PolicyRecord } from "./policyRecord";

/** The record of a policy. Throws E_UNKNOWN_POLICY if the store does not know it. */
export async function ownPolicy({ store }: Context, id: string): Promise<PolicyRecord> {
  const record = await store.get(id);
  if (record !== undefined) return record;
  throw new NkmsError("E_UNKNOWN_POLICY", `No policy ${id} is in this identity's store.`, {
    why: "It was made by another identity, on another chain, or the store was lost. Nothing was sent.",
    fix: "Call rebuildPolicies() to restore the store from the chain, or readPolicies() to see what is there.",
    data: { id },
  });
}
