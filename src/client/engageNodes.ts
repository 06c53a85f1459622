/** From terms to a policy that every node has accepted: recruit, hand over, and begin anew without whoever failed. */
import { creationFee } from "../protocol/policy";
import type { Context } from "./context";
import { checkBalance } from "./funds";
import { type AcceptedPolicy, type Draft, handOver } from "./handOver";
import type { NodeFailure } from "./nodeOutcome";
import { type Candidates, type Engagement, type Recruit, recruitNodes, tooFewNodes } from "./recruitNodes";

/** Each hand-over that fails costs every node a fraction for nothing, so the search ends after this many. */
const MAX_HAND_OVERS = 8;

/**
 * A policy on the draft's terms, at the highest fee rate among its nodes, accepted by all of them. The balance is checked before
 * the first fraction leaves. Throws E_TOO_FEW_NODES, E_INSUFFICIENT_BALANCE.
 */
export async function engageNodes(
  context: Context,
  candidates: Candidates,
  shares: number,
  engagement: Engagement,
  draft: Draft,
): Promise<AcceptedPolicy> {
  const refusals: NodeFailure[] = [];
  let recruits: readonly Recruit[] = [];
  for (let handOvers = 0; handOvers < MAX_HAND_OVERS; handOvers++) {
    recruits = await recruitNodes(context, candidates, shares, engagement, { recruits, refusals });
    const terms = { ...draft.terms, feeRate: highestFeeRate(recruits) };
    await checkBalance(context, creationFee(terms, shares));
    const outcome = await handOver(context, { ...draft, terms }, recruits);
    if ("policy" in outcome) return outcome;
    refusals.push(...outcome.failures);
    recruits = recruits.filter(({ node }) => !outcome.failures.some((failure) => failure.node === node));
  }
  throw tooFewNodes(shares, recruits.length, refusals);
}

function highestFeeRate(recruits: readonly Recruit[]): bigint {
  return recruits.reduce((highest, { feeRate }) => (feeRate > highest ? feeRate : highest), 0n);
}
