/** Which policies a reader may use for an object, by the chain. */
import type { PolicyRecord } from "../chain/policyManager";
import type { Context } from "./context";

/**
 * The policies that share a path's key with this reader, newest first: those open now, or, so that a refusal can be explained by its
 * nodes, the newest of those that are not.
 */
export async function policiesToRead({ chain, keys }: Context, pathKeyId: Uint8Array): Promise<PolicyRecord[]> {
  const recipientSigner = keys.requestSigner.address;
  const [found, now] = await Promise.all([
    chain.policyManager.policies({ recipientSigner, pathKeyId }),
    chain.headTime(),
  ]);
  const newestFirst = found.reverse();
  const states = await Promise.all(newestFirst.map(({ policyId }) => chain.policyManager.policyState(policyId)));
  const open = newestFirst.filter(({ terms }, index) => {
    const { closed, end } = states[index];
    return !closed && terms.start <= BigInt(now) && BigInt(now) < end;
  });
  return open.length > 0 ? open : newestFirst.slice(0, 1);
}
