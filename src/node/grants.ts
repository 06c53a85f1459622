/**
 * Taking a fraction: everything is checked, then stored, then acknowledged. The acknowledgement is the worker's EIP-712
 * Acceptance, without which the contract does not create the policy (design 5).
 */
import { equalBytes, toHex } from "../bytes";
import { openSealed } from "../crypto/sealedBox";
import { wipe } from "../crypto/secrets";
import { NkmsError } from "../errors";
import type { GrantAnswer, GrantRequest } from "../protocol/messages";
import { keyId } from "../protocol/path";
import { ACCEPTANCE, optionalHash, policyDomain, policyId } from "../protocol/policy";
import { compactSignature, signTypedData } from "../protocol/typedSignature";
import { requireOpen } from "./access";
import type { NodeContext } from "./context";
import type { Admission } from "./fractionStore";
import type { Grant } from "./grant";
import { inconsistent, judgeProposal, requireDeployment } from "./offers";
import { requireRoom } from "./room";
import { requireServing } from "./serving";

/** Checks, stores and accepts a fraction; throws the refusal, if there is one. `network` is where it comes from. */
export async function acceptGrant(context: NodeContext, request: GrantRequest, network: string): Promise<GrantAnswer> {
  requireDeployment(context, request);
  const grant = grantOf(context, request);
  const admission = await requireWelcome(context, grant, network);
  const kfrag = openFraction(context, grant, request.sealedFraction);
  try {
    await context.store.insert(grant, kfrag, admission);
  } finally {
    wipe(kfrag);
  }
  context.log("grant_stored", { policyId: toHex(grant.policyId), shareIndex: grant.shareIndex });
  return { acceptance: compactSignature(signAcceptance(context, grant)) };
}

/** What is kept of a request whose parts belong together. Throws E_TERMS_MISMATCH {field}. */
function grantOf({ chain, readPrice }: NodeContext, request: GrantRequest): Grant {
  const { terms, nodes, commitments, condition, shareIndex, ownerKeys } = request;
  requireNodes(request, chain.staker.toLowerCase());
  requireHash("pathKeyId", terms.pathKeyId, keyId(ownerKeys.pathPublicKey));
  requireHash("recipientKeyId", terms.recipientKeyId, keyId(ownerKeys.recipientKey));
  requireHash("conditionHash", terms.conditionHash, optionalHash(condition));
  const id = policyId({ terms, nodes, commitments });
  const grant = { policyId: id, terms, shareIndex, commitment: commitments[shareIndex], ownerKeys, condition };
  return terms.feeRate === 0n && readPrice !== undefined ? { ...grant, readPrice } : grant;
}

function requireNodes({ terms, nodes, commitments, shareIndex }: GrantRequest, staker: string): void {
  const unordered = nodes.findIndex((node, index) => index > 0 && node <= nodes[index - 1]);
  if (unordered > 0) throw inconsistent("nodes", { shareIndex: unordered, why: "not strictly ascending" });
  if (nodes[shareIndex] !== staker) {
    throw inconsistent("shareIndex", { shareIndex, got: nodes[shareIndex], expected: staker });
  }
  if (commitments.length !== nodes.length) {
    throw inconsistent("commitments", { got: commitments.length, expected: nodes.length });
  }
  if (terms.threshold < 1 || terms.threshold > nodes.length) {
    throw inconsistent("threshold", { got: terms.threshold, min: 1, max: nodes.length });
  }
}

function requireHash(field: string, expected: Uint8Array, got: Uint8Array): void {
  if (!equalBytes(got, expected)) throw inconsistent(field, { got: toHex(got), expected: toHex(expected) });
}

/** Everything only the chain and this node's own terms can tell. Others may take the last place until the grant is stored. */
async function requireWelcome(context: NodeContext, grant: Grant, network: string): Promise<Admission> {
  const { snapshot, node } = await requireServing(context);
  const now = snapshot.head.timestamp;
  requireOpen(grant, await snapshot.policyState(grant.policyId), now);
  const admission = { network, requireRoom: () => requireRoom(context, node, network) };
  if (!context.store.grant(grant.policyId)) admission.requireRoom();
  judgeProposal(context, { ...grant.terms, conditional: grant.condition.length > 0 }, node, now);
  requireAcceptBy(grant, now, context.limits.maxAcceptSeconds);
  return admission;
}

function requireAcceptBy({ terms: { acceptBy } }: Grant, now: bigint, maxSeconds: bigint): void {
  if (now < acceptBy && acceptBy <= now + maxSeconds) return;
  throw inconsistent("acceptBy", { got: acceptBy, after: now, max: now + maxSeconds });
}

/** Opens and verifies the fraction. Throws E_BAD_FRACTION; nothing of the fraction enters the error. */
function openFraction({ engine, keys }: NodeContext, grant: Grant, sealed: Uint8Array): Uint8Array {
  const kfrag = attempt("sealed", () => openSealed(engine, keys.encryption.secretKey, sealed));
  try {
    const { pathPublicKey, recipientKey, verifyingKey } = grant.ownerKeys;
    const fractionKeys = {
      ownerPublicKey: pathPublicKey,
      recipientPublicKey: recipientKey,
      signerPublicKey: verifyingKey,
    };
    const { digest, point } = attempt("kfrag", () => engine.verifyFraction(kfrag, fractionKeys));
    const isCommitted = equalBytes(digest, grant.commitment.digest) && toHex(point) === grant.commitment.point;
    if (!isCommitted) throw badFraction("commitment");
    return kfrag;
  } catch (error) {
    wipe(kfrag);
    throw error;
  }
}

function attempt<T>(part: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw cause instanceof NkmsError ? badFraction(part, cause) : cause;
  }
}

const FRACTION_FAULTS: Readonly<Record<string, string>> = {
  sealed: "It is not sealed to this node's encryption key, or it was changed on the way.",
  kfrag: "It is malformed, or not signed for these keys.",
  commitment: "It is not the fraction that the policy commits to.",
};

function badFraction(part: string, cause?: NkmsError): NkmsError {
  return new NkmsError("E_BAD_FRACTION", "The fraction cannot be accepted.", {
    why: FRACTION_FAULTS[part],
    fix: "Read the node's encryption key from the registry and make the fractions again.",
    data: { part, code: cause?.code },
    cause,
  });
}

function signAcceptance({ chain, keys }: NodeContext, { policyId, shareIndex }: Grant): Uint8Array {
  const domain = policyDomain(chain.chainId, chain.policyManager);
  return signTypedData(keys.worker.secretKey, domain, ACCEPTANCE, { policyId, shareIndex: BigInt(shareIndex) });
}
