/** rebuildPolicies: the owner's store again from the chain's events and the seed alone (design 5). */
import { equalBytes } from "../bytes";
import type { PolicyRecord as CreatedPolicy } from "../chain/policyManager";
import type { Address } from "../protocol/abi";
import { pathKeyPair } from "../protocol/keys";
import { openNote } from "../protocol/note";
import { keyId } from "../protocol/path";
import type { Context } from "./context";
import type { PolicyRecord } from "./policyRecord";

/**
 * Writes a record for every policy this account ever created and returns how many there are. Paths come from the notes; one too
 * long for its note stays unknown unless the store still knows it, and its policy is handled by id.
 */
export async function rebuildPolicies(context: Context): Promise<number> {
  const { address, chain, store } = context;
  const created = await chain.policyManager.policies({ owner: address });
  for (const policy of created) await store.put(await recordOf(context, policy));
  return created.length;
}

async function recordOf(context: Context, created: CreatedPolicy): Promise<PolicyRecord> {
  const { store } = context;
  const { policyId: id, terms, nodes, commitments, condition } = created;
  const former = await store.get(id).catch(() => undefined);
  return {
    id,
    pending: false,
    path: pathOf(context, created) ?? former?.path,
    recipient: former?.recipient ?? (await recipientOf(context, created)),
    terms,
    nodes,
    commitments,
    condition,
  };
}

/** The account that was first to publish both keys of the recipient. */
async function recipientOf({ chain }: Context, { terms }: CreatedPolicy): Promise<Address | undefined> {
  const publishers = await chain.keyRegistry.publishersOf(terms.recipientSigner);
  return publishers.find(({ encryptionKey }) => equalBytes(keyId(encryptionKey), terms.recipientKeyId))?.account;
}

/** The path of a note, if its key is the policy's: a note could have been copied from another policy's event. */
function pathOf({ engine, keys, seed }: Context, { note, terms }: CreatedPolicy): string | undefined {
  const path = openNote(keys.noteKey, note);
  if (path === undefined) return undefined;
  const { publicKey } = pathKeyPair(seed, path, engine);
  return equalBytes(keyId(publicKey), terms.pathKeyId) ? path : undefined;
}
