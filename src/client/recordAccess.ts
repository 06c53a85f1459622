/** recordAccess: publishes that we are about to read an object, as policies with mandatory access logging ask (VIII.H). */
import { capsuleOf } from "../crypto/sealedBox";
import { accessDomain, ACCESS } from "../protocol/access";
import { splitEdek } from "../protocol/edek";
import { keyId } from "../protocol/path";
import { policyId } from "../protocol/policy";
import { capsuleHash } from "../protocol/receipt";
import { signTypedData } from "../protocol/typedSignature";
import type { Context } from "./context";
import { policiesToRead } from "./policiesToRead";
import { noGrant } from "./readFailure";

/** How long a signed access may wait to be mined, in seconds. */
const DEADLINE_SECONDS = 600n;

/**
 * Records an access to an object under the newest policy that shares it with us; returns the transaction's hash. The entry is public. Throws as
 * storage does, and E_NO_GRANT.
 */
export async function recordAccess(context: Context, uri: string): Promise<string> {
  const { chain, engine, inTurn } = context;
  const { header } = splitEdek(await context.storage.read(uri));
  const pathKeyId = keyId(header.pathPublicKey);
  const { open, shut } = await policiesToRead(context, pathKeyId);
  const policy = open[0] ?? shut[0];
  if (policy === undefined) throw noGrant(context.address, pathKeyId);
  const object = capsuleHash(capsuleOf(engine, header.edek));
  const { hash } = await inTurn(async () => {
    const access = await signedAccess(context, policyId(policy), object);
    return chain.accessLog.record(access).send();
  });
  return hash;
}

async function signedAccess({ chain, keys }: Context, id: Uint8Array, object: Uint8Array) {
  const requester = keys.requestSigner.address;
  const [{ count }, now] = await Promise.all([chain.accessLog.accessesOf(id, requester), chain.headTime()]);
  const deadline = BigInt(now) + DEADLINE_SECONDS;
  const domain = accessDomain(BigInt(chain.chainId), chain.deployment.AccessLog);
  const message = { policyId: id, object, number: count, deadline };
  const signature = signTypedData(keys.requestSigner.secretKey, domain, ACCESS, message);
  return { policyId: id, requester, object, deadline, signature };
}
