/** Handing every node its fraction and collecting the acceptances that the contract asks for (II.D, III.B). */
import { toHex } from "../bytes";
import type { Fraction } from "../crypto/engine";
import { sealTo } from "../crypto/sealedBox";
import { wipe } from "../crypto/secrets";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { OwnerKeys } from "../protocol/messages";
import { ACCEPTANCE, type Policy, policyId, type Terms } from "../protocol/policy";
import { type CompactSignature, expandedSignature, recoverSigner } from "../protocol/typedSignature";
import { acceptanceDomain, type Context } from "./context";
import { type NodeFailure, nodeFailure } from "./nodeOutcome";
import type { Recruit } from "./recruitNodes";

/** A policy before its nodes are bound: what is shared, with whom, under which terms. */
export interface Draft {
  readonly terms: Terms;
  /** Bytes of the terms' condition; empty for none. */
  readonly condition: Uint8Array;
  readonly ownerKeys: OwnerKeys;
  readonly pathSecretKey: Uint8Array;
  readonly signal?: AbortSignal;
}

/** A policy whose nodes have all accepted: one signature per node, in their order. */
export interface AcceptedPolicy {
  readonly policy: Policy;
  readonly acceptances: readonly CompactSignature[];
}

/** An accepted policy, or the nodes that did not accept. */
export type HandOver = AcceptedPolicy | { readonly failures: readonly NodeFailure[] };

/**
 * Makes fresh fractions and gives one to each recruit. If any node fails after it may have got its fraction, all fractions are
 * given up with it: the next attempt splits the key anew, so that the pieces left behind open nothing together with it.
 */
export async function handOver(context: Context, draft: Draft, recruits: readonly Recruit[]): Promise<HandOver> {
  const ascending = [...recruits].sort((a, b) => (a.node.toLowerCase() < b.node.toLowerCase() ? -1 : 1));
  const fractions = splitKey(context, draft, ascending.length);
  const policy: Policy = {
    terms: draft.terms,
    nodes: ascending.map(({ node }) => node),
    commitments: fractions.map(({ commitment: { digest, point } }) => ({ digest, point: toHex(point) })),
  };
  const outcomes = await Promise.all(
    ascending.map((recruit, index) => offerFraction(context, draft, policy, recruit, index, fractions[index])),
  );
  draft.signal?.throwIfAborted();
  const failures = outcomes.filter((outcome) => "code" in outcome);
  return failures.length > 0 ? { failures } : { policy, acceptances: outcomes.filter((outcome) => "r" in outcome) };
}

function splitKey(
  { engine, keys, random }: Context,
  { terms, ownerKeys, pathSecretKey }: Draft,
  shares: number,
): Fraction[] {
  const request = {
    ownerSecretKey: pathSecretKey,
    recipientPublicKey: ownerKeys.recipientKey,
    signerSecretKey: keys.signing.secretKey,
    threshold: terms.threshold,
    shares,
  };
  return engine.rekey(request, random);
}

async function offerFraction(
  context: Context,
  { condition, ownerKeys, signal }: Draft,
  policy: Policy,
  { node, url, worker, encryptionKey }: Recruit,
  shareIndex: number,
  { kfrag }: Fraction,
): Promise<CompactSignature | NodeFailure> {
  try {
    const sealedFraction = sealAndWipe(context, encryptionKey, kfrag);
    const request = {
      chainId: BigInt(context.chain.chainId),
      policyManager: context.chain.deployment.PolicyManager,
      ...policy,
      condition,
      shareIndex,
      ownerKeys,
      sealedFraction,
    };
    const { acceptance } = await context.nodes.grant(url, request, signal);
    checkAcceptance(context, policy, shareIndex, acceptance, worker);
    return acceptance;
  } catch (error) {
    return nodeFailure(node, url, error);
  }
}

/** The fraction in the clear is gone whether or not the node's key takes it. */
function sealAndWipe({ engine, random }: Context, encryptionKey: Uint8Array, kfrag: Uint8Array): Uint8Array {
  try {
    return sealTo(engine, encryptionKey, kfrag, random);
  } finally {
    wipe(kfrag);
  }
}

/** The contract would refuse a wrong signature; found here it costs no gas and names its node. */
function checkAcceptance(
  context: Context,
  policy: Policy,
  shareIndex: number,
  acceptance: CompactSignature,
  worker: Address,
): void {
  const message = { policyId: policyId(policy), shareIndex: BigInt(shareIndex) };
  const signer = recoverSigner(acceptanceDomain(context), ACCEPTANCE, message, expandedSignature(acceptance));
  if (signer === worker.toLowerCase()) return;
  throw new NkmsError("E_BAD_SIGNATURE", "The node's acceptance is not signed by its worker.", {
    why: `It is signed by ${signer}; the registry says ${worker}.`,
    fix: "Another node is drawn in its place.",
    data: { got: signer, expected: worker },
  });
}
