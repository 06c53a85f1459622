import { inBatches } from "../../src/batches";
import type { Chain } from "../../src/chain/connection";
import type { PolicyParameters, PolicyRecord, PolicyState } from "../../src/chain/policyManager";
import { shareIndexOf } from "../../src/chain/policyView";
import { formatAmount } from "../../src/protocol/amount";
import { policyIds } from "../support/policies";
import { propose, type Step } from "../support/propose";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { nkms } from "../support/show";

const CLAIMS_AT_ONCE = 8;

/** Pays a node what it has served under policies; when all is over, also frees its collateral. Or returns the bounties to the owners. */
export async function claimPolicy(session: Session): Promise<Outcome> {
  const ids = policyIds(session);
  const { chain, identity } = await session.connectAs();
  const records = await chain.policyManager.policiesById(ids);
  if (session.flag("bounty")) return returnBounties(session, chain, records);
  const of = session.optional("of");
  const node = of === undefined ? identity.account.address : await session.account(of);
  const claims = await claimsOf(chain, records, node);
  const earned = claims.reduce((sum, claim) => sum + claim.earned, 0n);
  const isFinal = claims.every((claim) => claim.isFinal);
  return propose(session, chain, {
    title: isFinal ? "Claim for good" : "Claim",
    rows: [...ids.map((id) => ["policy", id] as const), ["node", node], ["fee", `about ${nkms(earned)}`]],
    result: { ...named(ids), node, expected: formatAmount(earned), final: isFinal },
    steps: claimSteps(chain, node, claims),
  });
}

/** One share that is claimed. */
interface Claim {
  readonly record: PolicyRecord;
  readonly shareIndex: number;
  readonly earned: bigint;
  readonly isFinal: boolean;
}

async function claimsOf(chain: Chain, records: PolicyRecord[], node: string): Promise<Claim[]> {
  const { policyManager } = chain;
  const [parameters, { timestamp }] = await Promise.all([policyManager.parameters(), chain.block()]);
  return inBatches(records, CLAIMS_AT_ONCE, async (record) => {
    const shareIndex = shareIndexOf(record, node);
    const [state, { earned }] = await Promise.all([
      policyManager.policyState(record.policyId),
      policyManager.feesDue(record, shareIndex),
    ]);
    return { record, shareIndex, earned, isFinal: timestamp >= finalFrom(state, parameters) };
  });
}

/** What is settled for good is settled one by one, the rest in one transaction. */
function claimSteps({ policyManager }: Chain, node: string, claims: readonly Claim[]): Step[] {
  const running = claims.filter(({ isFinal }) => !isFinal);
  const ended = claims.filter(({ isFinal }) => isFinal);
  const many = () =>
    policyManager.claimMany(
      node,
      running.map(({ record }) => record),
      running.map(({ shareIndex }) => shareIndex),
    );
  const one = ({ record, shareIndex }: Claim) => policyManager.claim(record, shareIndex);
  return [
    ...(running.length === 0 ? [] : [{ title: "claim", call: running.length === 1 ? () => one(running[0]) : many }]),
    ...ended.map(({ record, shareIndex }) => ({
      title: "claim",
      call: () => policyManager.finalClaim(record, shareIndex),
    })),
  ];
}

async function returnBounties(session: Session, chain: Chain, records: readonly PolicyRecord[]): Promise<Outcome> {
  const calls = records.map((record) => () => chain.policyManager.returnBounty(record));
  const amounts = await Promise.all(calls.map((call) => call().check()));
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  const ids = records.map((record) => record.policyId);
  return propose(session, chain, {
    title: "Return bounties",
    rows: records.flatMap(({ policyId: id, terms }, index) => [
      ["policy", id] as const,
      ["bounties", `${nkms(amounts[index])} to ${terms.owner}`] as const,
    ]),
    result: { ...named(ids), expected: formatAmount(total) },
    steps: calls.map((call) => ({ title: "return", call })),
  });
}

/** One id as such, several as a list. */
function named(ids: readonly string[]): { policyId: string } | { policyIds: readonly string[] } {
  return ids.length === 1 ? { policyId: ids[0] } : { policyIds: ids };
}

/** The second from which a share can be settled for good: end + challengeWindow + revealWindow. */
function finalFrom({ end }: PolicyState, { challengeWindow, revealWindow }: PolicyParameters): bigint {
  return end + challengeWindow + revealWindow;
}
