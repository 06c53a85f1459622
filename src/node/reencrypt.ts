/**
 * Serving a request: who asks, whether the chain allows it and the reader pays (the condition, which costs this node the most, last), then
 * one re-encryption with its proof, checked once more before the worker signs for it (design 7). Payment is taken when the answer is ready: nobody pays for
 * one this node cannot give. Nothing but "no such grant" and "not your signature" is said to who is not the requester.
 */
import { equalBytes, fromHex, toHex } from "../bytes";
import { wipe } from "../crypto/secrets";
import { NkmsError } from "../errors";
import type { ReencryptAnswer, ReencryptRequest, RequestMessage } from "../protocol/messages";
import { capsuleHash, receiptOf } from "../protocol/receipt";
import { RECEIPT, REQUEST, trafficDomain } from "../protocol/request";
import { recoverSigner, signTypedData } from "../protocol/typedSignature";
import { requireAccess } from "./access";
import { requireCondition } from "./condition";
import type { NodeContext } from "./context";
import type { Grant } from "./grant";
import { REQUEST_WINDOW_SECONDS } from "./limits";
import { requirePayment, takePayment } from "./payment";
import { tooMany } from "./refusals";
import { requireServing } from "./serving";

const NOTHING = new Uint8Array();

/** Answers a request; throws the refusal, if there is one. */
export async function answerRequest(context: NodeContext, message: ReencryptRequest): Promise<ReencryptAnswer> {
  const grant = grantFor(context, message);
  const { snapshot } = await requireServing(context);
  const now = snapshot.head.timestamp;
  requireFresh(message.request, now);
  if (context.requests.isSpent(message.request)) throw replayed(message.request);
  requireRate(context, grant);
  requireMatch(message, grant);
  requireAccess(grant, await snapshot.policyState(grant.policyId), now);
  const payment = await requirePayment(context, grant, message.voucher, snapshot);
  await requireCondition(context, grant, snapshot);
  requireCapsule(context, message.capsule);
  if (!(await context.requests.spend(message.request))) throw replayed(message.request);
  const answered = await answer(context, message, grant);
  if (payment) await takePayment(context, payment);
  return answered;
}

/** The grant asked about, if its requester asks. Throws E_NO_GRANT or E_BAD_SIGNATURE. */
function grantFor({ chain, store }: NodeContext, { request, signature }: ReencryptRequest): Grant {
  const grant = store.grant(request.policyId);
  if (!grant) throw noGrant(request.policyId);
  const signer = recoverSigner(trafficDomain(chain.chainId, chain.policyManager), REQUEST, request, signature);
  if (signer === grant.terms.recipientSigner) return grant;
  throw new NkmsError("E_BAD_SIGNATURE", "The request is not signed by the policy's requester.", {
    why: "It was signed by another key, for another chain or contract, or changed on the way.",
    fix: "Sign the request with the key whose address the policy names as recipientSigner.",
  });
}

/** After the checks that a stale or repeated request fails, so that sending one again does not use up its signer's rate. */
function requireRate({ requesterRates }: NodeContext, { terms }: Grant): void {
  const wait = requesterRates.take(terms.recipientSigner);
  if (wait > 0) throw tooMany(wait);
}

function requireMatch({ request, capsule }: ReencryptRequest, { shareIndex }: Grant): void {
  if (request.shareIndex !== BigInt(shareIndex)) {
    throw new NkmsError("E_TERMS_MISMATCH", "This node holds another share of the policy.", {
      fix: "Ask with the node's place in the policy's list of nodes.",
      data: { field: "shareIndex", got: request.shareIndex, expected: shareIndex },
    });
  }
  if (!equalBytes(request.capsuleHash, capsuleHash(capsule))) throw badCapsule("hash");
}

function requireFresh({ requestTime }: RequestMessage, now: bigint): void {
  const isNear = requestTime <= now + REQUEST_WINDOW_SECONDS && now <= requestTime + REQUEST_WINDOW_SECONDS;
  if (isNear) return;
  throw new NkmsError("E_STALE_REQUEST", "The request's time is not near the chain's.", {
    why: "A request is good for a minute around the time of the chain's newest block.",
    fix: "Sign a new request with the time of the newest block.",
    data: { requestTime, now, window: REQUEST_WINDOW_SECONDS },
  });
}

function requireCapsule({ engine }: NodeContext, capsule: Uint8Array): void {
  try {
    engine.verifyCapsule(capsule);
  } catch (cause) {
    throw cause instanceof NkmsError ? badCapsule("proof", cause) : cause;
  }
}

async function answer(context: NodeContext, message: ReencryptRequest, grant: Grant): Promise<ReencryptAnswer> {
  const kfrag = await context.store.fraction(grant.policyId);
  if (!kfrag) throw noGrant(grant.policyId);
  try {
    const cfrag = context.engine.reencrypt(kfrag, message.capsule, context.random);
    requireCorrect(context, cfrag, message.capsule, grant);
    return signed(context, message.request, cfrag);
  } finally {
    wipe(kfrag);
  }
}

/** A wrong answer under the worker's signature would cost stake, whatever made it wrong: it is never signed. */
function requireCorrect({ engine, log }: NodeContext, cfrag: Uint8Array, capsule: Uint8Array, grant: Grant): void {
  const { pathPublicKey, recipientKey } = grant.ownerKeys;
  const { digest, point } = grant.commitment;
  const commitment = { digest, point: fromHex(point, 20) };
  try {
    engine.verify(cfrag, { capsule, commitment, ownerPublicKey: pathPublicKey, recipientPublicKey: recipientKey });
  } catch (cause) {
    if (cause instanceof NkmsError) log("answer_withheld", { policyId: toHex(grant.policyId), code: cause.code });
    throw new NkmsError("E_INTERNAL", "This node could not make a correct answer.", {
      why: "Its own check of the answer failed.",
      fix: "Ask another node.",
      cause,
    });
  }
}

function signed({ chain, keys }: NodeContext, request: RequestMessage, cfrag: Uint8Array): ReencryptAnswer {
  const receipt = receiptOf(request, { cfrag, wrapped: NOTHING });
  const domain = trafficDomain(chain.chainId, chain.policyManager);
  const receiptSignature = signTypedData(keys.worker.secretKey, domain, RECEIPT, receipt);
  return { cfrag, wrapped: NOTHING, receipt, receiptSignature };
}

function replayed({ requestId }: RequestMessage): NkmsError {
  return new NkmsError("E_REPLAY", "The request id was used before.", {
    why: "Every request is answered once.",
    fix: "Sign a new request with a fresh random id.",
    data: { requestId: toHex(requestId) },
  });
}

function noGrant(policyId: Uint8Array): NkmsError {
  return new NkmsError("E_NO_GRANT", "This node holds no fraction for the policy.", {
    fix: "Check the policy's list of nodes, or ask another of them.",
    data: { policyId: toHex(policyId) },
  });
}

function badCapsule(part: "hash" | "proof", cause?: NkmsError): NkmsError {
  return new NkmsError("E_BAD_CAPSULE", "The capsule cannot be re-encrypted.", {
    why: part === "hash" ? "It is not the one the request was signed for." : "It is malformed, or its own proof fails.",
    fix: "Read the object again; if the capsule is still refused, the object was tampered with.",
    data: { part },
    cause,
  });
}
