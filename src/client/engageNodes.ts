/** From terms to a policy on chain: recruit, hand over, conclude, and begin anew without whoever failed. */
import { type Address, isSameAddress } from "../protocol/abi";
import { creationBounties, creationFee, type Policy, type Terms } from "../protocol/policy";
import { NkmsError } from "../errors";
import type { Context } from "./context";
import { checkBalance } from "./funds";
import { type AcceptedPolicy, type Draft, handOver, type HandOver } from "./handOver";
import { type NodeFailure, nodeFailure } from "./nodeOutcome";
import { type Candidates, type Engagement, type Recruit, recruitNodes, tooFewNodes } from "./recruitNodes";

/** Each hand-over that fails costs every node a fraction for nothing, so the search ends after this many. */
const MAX_HAND_OVERS = 8;
/** Refusals of the contract that concern one node: it lost its stake, reserved it elsewhere, or changed its worker meanwhile. */
const NODE_REFUSALS = ["E_NODE_INACTIVE", "E_INSUFFICIENT_COLLATERAL", "E_WRONG_ACCEPTANCE"];

/** What is to be engaged: how many nodes, from whom, on which terms. */
export interface Search {
  readonly candidates: Candidates;
  readonly shares: number;
  readonly engagement: Engagement;
  readonly draft: Draft;
}

/**
 * Finds nodes, lets all of them accept the draft's terms at the highest fee rate among them, and concludes. A node that refuses, fails, or
 * is refused by the contract is replaced. The balance is checked before the first fraction leaves. Throws E_TOO_FEW_NODES,
 * E_INSUFFICIENT_BALANCE, and whatever `conclude` throws that concerns no single node.
 */
export async function engageNodes<T>(
  context: Context,
  { candidates, shares, engagement, draft }: Search,
  conclude: (accepted: AcceptedPolicy) => Promise<T>,
): Promise<T> {
  const refusals: NodeFailure[] = [];
  let recruits: readonly Recruit[] = [];
  for (let handOvers = 0; handOvers < MAX_HAND_OVERS; handOvers++) {
    recruits = await recruitNodes(context, candidates, shares, engagement, { recruits, refusals });
    const terms = { ...draft.terms, feeRate: highestFeeRate(recruits) };
    await checkBalances(context, terms, shares);
    const outcome = await concluded(await handOver(context, { ...draft, terms }, recruits), conclude);
    if ("result" in outcome) return outcome.result;
    refusals.push(...outcome.failures);
    recruits = recruits.filter(({ node }) => !outcome.failures.some((failure) => isSameAddress(failure.node, node)));
  }
  throw tooFewNodes(shares, recruits.length, refusals);
}

/** The payer has the fee and the owner the bounties, or one both. */
async function checkBalances(context: Context, terms: Terms, shares: number): Promise<void> {
  const { owner, payer } = terms;
  const [fee, bounties] = [creationFee(terms, shares), creationBounties(terms, shares)];
  if (isSameAddress(owner, payer)) return checkBalance(context, owner, fee + bounties);
  await checkBalance(context, payer, fee);
  await checkBalance(context, owner, bounties);
}

async function concluded<T>(
  handed: HandOver,
  conclude: (accepted: AcceptedPolicy) => Promise<T>,
): Promise<{ result: T } | { failures: readonly NodeFailure[] }> {
  if ("failures" in handed) return handed;
  try {
    return { result: await conclude(handed) };
  } catch (error) {
    const node = refusedNode(error, handed.policy);
    if (node === undefined) throw error;
    return { failures: [nodeFailure(node, undefined, error)] };
  }
}

/** The node that the contract refused, if the refusal concerns one. */
function refusedNode(error: unknown, { nodes }: Policy): Address | undefined {
  if (!(error instanceof NkmsError) || !NODE_REFUSALS.includes(error.code)) return undefined;
  const { node, shareIndex } = error.data as { node?: string; shareIndex?: bigint };
  return node === undefined ? nodes[Number(shareIndex)] : nodes.find((one) => isSameAddress(one, node));
}

function highestFeeRate(recruits: readonly Recruit[]): bigint {
  return recruits.reduce((highest, { feeRate }) => (feeRate > highest ? feeRate : highest), 0n);
}
