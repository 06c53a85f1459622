/** publishKeys, publishPathKey: lets others share with us, and write for us, by our address alone. */
import { equalBytes } from "../bytes";
import { pathKeyPair } from "../protocol/keys";
import { pathId } from "../protocol/path";
import type { Context } from "./context";

/** Publishes encryption key, verifying key and request signer. Returns the transaction's hash; undefined if they stand already. */
export async function publishKeys(context: Context): Promise<string | undefined> {
  const { chain, keys, inTurn } = context;
  if (await hasPublishedKeys(context)) return undefined;
  const published = {
    encryptionKey: keys.recipient.publicKey,
    verifyingKey: keys.signing.publicKey,
    requestSigner: keys.requestSigner.address,
  };
  return (await inTurn(() => chain.keyRegistry.publish(published).send())).hash;
}

/** Whether the registry holds this identity's keys as they are. */
export async function hasPublishedKeys({ address, chain, keys }: Context): Promise<boolean> {
  const former = await chain.keyRegistry.keysOf(address);
  return (
    former !== undefined &&
    equalBytes(former.encryptionKey, keys.recipient.publicKey) &&
    equalBytes(former.verifyingKey, keys.signing.publicKey) &&
    former.requestSigner.toLowerCase() === keys.requestSigner.address
  );
}

/** Publishes the public key of a path of ours, so that others can write there. Returns as {@link publishKeys}. */
export async function publishPathKey(context: Context, path: string): Promise<string | undefined> {
  const { address, chain, engine, inTurn, seed } = context;
  const { publicKey } = pathKeyPair(seed, path, engine);
  const id = pathId(path);
  const former = await chain.keyRegistry.pathKeyOf(address, id);
  if (former && equalBytes(former, publicKey)) return undefined;
  return (await inTurn(() => chain.keyRegistry.publishPathKey(id, publicKey).send())).hash;
}
