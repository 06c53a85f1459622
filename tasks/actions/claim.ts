import { inBatches } from "../../src/batches";
import type { Chain } from "../../src/chain/connection";
import { sharesIn } from "../../src/chain/nodeShares";
import type { PolicyRecord } from "../../src/chain/policyManager";
import { isSameAddress } from "../../src/protocol/abi";
import { formatAmount } from "../../src/protocol/amount";
import { feeSteps } from "../support/claims";
import { policyIds } from "../support/policies";
import { propose } from "../support/propose";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { nkms } from "../support/show";

const CHECKS_AT_ONCE = 8;

/** Pays a node what it has served under policies; when all is over, also frees its collateral. Or returns the bounties to the owners. */
export async function claimPolicy(session: Session): Promise<Outcome> {
  const ids = policyIds(session);
  const { chain, identity } = await session.connectAs();
  const records = await chain.policyManager.policiesById(ids);
  if (session.flag("bounty")) return returnBounties(session, chain, records);
  const of = session.optional("of");
  const node = of === undefined ? identity.account.address : await session.account(of);
  const shares = await sharesIn(chain, records, node);
  const atOnce = (await isOwn(chain, node, identity.account.address)) ? undefined : 1;
  const earned = shares.reduce((sum, share) => sum + share.earned, 0n);
  const isFinal = shares.every((share) => share.final);
  return propose(session, chain, {
    title: isFinal ? "Claim for good" : "Claim",
    rows: [...ids.map((id) => ["policy", id] as const), ["node", node], ["fee", `about ${nkms(earned)}`]],
    result: { ...named(ids), node, expected: formatAmount(earned), final: isFinal },
    steps: feeSteps(chain, node, shares, atOnce).map((step) => ({ ...step, title: "claim" })),
  });
}

/** Whether an account is a node's staker or worker, who claim several policies at once; a payer settles them one by one. */
async function isOwn({ nodeRegistry }: Chain, node: string, account: string): Promise<boolean> {
  if (isSameAddress(node, account)) return true;
  const { worker } = await nodeRegistry.nodeOf(node);
  return worker !== undefined && isSameAddress(worker, account);
}

async function returnBounties(session: Session, chain: Chain, records: readonly PolicyRecord[]): Promise<Outcome> {
  const calls = records.map((record) => () => chain.policyManager.returnBounty(record));
  const amounts = await inBatches(calls, CHECKS_AT_ONCE, (call) => call().check());
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
