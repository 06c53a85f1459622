/** Finding nodes for a new policy: draw by stake, ask for an offer, and draw on for every node that cannot or will not serve. */
import { NkmsError } from "../errors";
import type { NodeTerms, RegisteredNode } from "../chain/nodeRegistry";
import type { Address } from "../protocol/abi";
import type { Context } from "./context";
import { NodeDraw } from "./drawNodes";
import { type NodeFailure, nodeFailure } from "./nodeOutcome";

/** What is asked of every node. */
export interface Engagement {
  readonly start: bigint;
  readonly end: bigint;
  readonly maxEnd: bigint;
  /** Whether the policy has a condition. */
  readonly conditional: boolean;
  /** NKMS wei per second that every node gets at least: what the contract's minimum fee comes to. */
  readonly leastFeeRate: bigint;
  /** NKMS wei per second beyond which a node is passed over. */
  readonly maxFeeRate: bigint;
  /** NKMS wei per read beyond which a node is passed over; set if the readers pay, and then there is no fee. */
  readonly maxReadPrice?: bigint;
  readonly signal?: AbortSignal;
}

/** A node that would serve. */
export interface Recruit {
  readonly node: Address;
  readonly url: string;
  readonly worker: Address;
  readonly encryptionKey: Uint8Array;
  readonly feeRate: bigint;
}

/** Where candidates come from: drawn by stake, or the owner's own list. */
export interface Candidates {
  next(count: number): Promise<Address[]>;
}

/** Candidates drawn on the stake line, locked until the last second to which the policy may be renewed. */
export function drawnCandidates({ chain, random }: Context, maxEnd: bigint): Candidates {
  return new NodeDraw((...args) => chain.stakingEscrow.sample(...args), random, maxEnd);
}

/** The owner's own choice (VI): nobody steps in for a node that refuses. */
export function chosenCandidates(nodes: readonly Address[]): Candidates {
  let rest = nodes.map((node) => node.toLowerCase());
  return {
    next: async (count) => {
      const batch = rest.slice(0, count);
      rest = rest.slice(count);
      return batch;
    },
  };
}

/**
 * Adds recruits to those given until there are `count`, and the refusals of all others to `refusals`. Throws E_TOO_FEW_NODES {needed, got, nodes} when the
 * candidates run out.
 */
export async function recruitNodes(
  context: Context,
  candidates: Candidates,
  count: number,
  engagement: Engagement,
  { recruits, refusals }: { recruits: readonly Recruit[]; refusals: NodeFailure[] },
): Promise<Recruit[]> {
  const found = [...recruits];
  while (found.length < count) {
    const batch = await candidates.next(count - found.length);
    if (batch.length === 0) throw tooFewNodes(count, found.length, refusals);
    const outcomes = await Promise.all(batch.map((node) => tryRecruit(context, node, engagement)));
    engagement.signal?.throwIfAborted();
    for (const outcome of outcomes) {
      if ("code" in outcome) refusals.push(outcome);
      else found.push(outcome);
    }
  }
  return found;
}

async function tryRecruit(context: Context, node: Address, engagement: Engagement): Promise<Recruit | NodeFailure> {
  let url: string | undefined;
  try {
    const registered = await context.chain.nodeRegistry.nodeOf(node);
    url = registered.url;
    const feeRate = engagement.maxReadPrice === undefined ? acceptableFeeRate(registered.terms, engagement) : 0n;
    checkDuration(registered.terms, engagement);
    await askForOffer(context, registered, feeRate, engagement);
    return { node, url, worker: workerOf(registered), encryptionKey: registered.encryptionKey, feeRate };
  } catch (error) {
    return nodeFailure(node, url, error);
  }
}

async function askForOffer(
  { chain, engine, nodes }: Context,
  { url }: RegisteredNode,
  feeRate: bigint,
  { start, end, maxEnd, conditional, maxReadPrice, signal }: Engagement,
): Promise<void> {
  const request = {
    chainId: BigInt(chain.chainId),
    policyManager: chain.deployment.PolicyManager,
    engine: engine.properties.name,
    start,
    end,
    maxEnd,
    feeRate,
    conditional,
  };
  const { readPrice = 0n } = await nodes.offer(url, request, signal);
  if (readPrice > (maxReadPrice ?? 0n)) throw readPriceTooHigh(readPrice, maxReadPrice ?? 0n);
}

function acceptableFeeRate({ feeRate }: NodeTerms, { leastFeeRate, maxFeeRate }: Engagement): bigint {
  if (feeRate <= maxFeeRate) return feeRate > leastFeeRate ? feeRate : leastFeeRate;
  throw new NkmsError("E_FEE_TOO_HIGH", `The node asks ${feeRate} wei per second; at most ${maxFeeRate} are offered.`, {
    fix: "Raise maxFeeRate, or let another node be drawn.",
    data: { got: feeRate, limit: maxFeeRate },
  });
}

function readPriceTooHigh(got: bigint, limit: bigint): NkmsError {
  return new NkmsError("E_PRICE_TOO_HIGH", `The node asks ${got} wei per read; at most ${limit} are offered.`, {
    fix: "Raise maxReadPrice, or let another node be drawn.",
    data: { got, limit },
  });
}

function checkDuration({ minDuration, maxDuration }: NodeTerms, { start, end, maxEnd }: Engagement): void {
  if (end - start >= minDuration && maxEnd - start <= maxDuration) return;
  throw new NkmsError("E_DURATION", `The node takes policies of ${minDuration} to ${maxDuration} seconds.`, {
    fix: "Choose another time, or let another node be drawn.",
    data: { got: maxEnd - start, minDuration, maxDuration },
  });
}

function workerOf({ worker }: RegisteredNode): Address {
  if (worker) return worker;
  throw new NkmsError("E_NO_WORKER", "The node has no worker in this period that could sign.", {
    fix: "Its operator must bond one; it counts from the next period.",
  });
}

/** E_TOO_FEW_NODES: the search ended with `got` of `needed`; every node that refused is named. */
export function tooFewNodes(needed: number, got: number, refusals: readonly NodeFailure[]): NkmsError {
  return new NkmsError("E_TOO_FEW_NODES", `Needed ${needed} nodes, found ${got}. Nothing was sent to the chain.`, {
    why: [
      "No other node is active and locked until the end to which the policy may be renewed.",
      ...refusals.map(({ node, code, message }) => `${node} ${code}: ${message}`),
    ].join("\n"),
    fix: "Share for a shorter time or maxTime, with fewer nodes, or wait until more nodes are there.",
    data: { needed, got, nodes: refusals },
  });
}
