/** Which policies a reader may use for an object, by the chain. */
import { inBatches } from "../batches";
import { equalBytes } from "../bytes";
import type { PolicyRecord } from "../chain/policyManager";
import { policyPhase } from "../chain/policyView";
import type { Address } from "../protocol/abi";
import { keyId } from "../protocol/path";
import type { Context } from "./context";

/** The policies that share a path's key with this reader, newest first. Anybody can make one: not each need be the path owner's. */
export interface ReadablePolicies {
  /** Those that nodes should serve now. */
  readonly open: readonly PolicyRecord[];
  /** Those not begun, over or revoked. */
  readonly shut: readonly PolicyRecord[];
}

/** Policies whose state is read together. */
const AT_ONCE = 32;

/** Policies for a path key and this reader, of one owner if one is named. */
export async function policiesToRead(
  { chain, keys }: Context,
  pathKeyId: Uint8Array,
  owner?: Address,
): Promise<ReadablePolicies> {
  const recipientSigner = keys.requestSigner.address;
  const recipientKeyId = keyId(keys.recipient.publicKey);
  const [found, headTime] = await Promise.all([
    chain.policyManager.policies({ owner, recipientSigner, pathKeyId }),
    chain.headTime(),
  ]);
  const policies = found.filter(({ terms }) => equalBytes(terms.recipientKeyId, recipientKeyId)).reverse();
  const states = await inBatches(policies, AT_ONCE, ({ policyId }) => chain.policyManager.policyState(policyId));
  const isOpen = (policy: PolicyRecord, index: number) =>
    policyPhase(policy, states[index], BigInt(headTime)) === "active";
  return {
    open: policies.filter(isOpen),
    shut: policies.filter((policy, index) => !isOpen(policy, index)),
  };
}
