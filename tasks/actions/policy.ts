import type { Chain } from "../../src/chain/connection";
import type { PolicyRecord } from "../../src/chain/policyManager";
import { leavingWith, liveShares, refundIfRevoked, shareIndexOf } from "../../src/chain/policyView";
import { fittingRevocation } from "../../src/client/consentToRevoke";
import { formatAmount } from "../../src/protocol/amount";
import { readNamedFile } from "../support/files";
import type { Outcome } from "../support/run";
import { describeCondition, describePolicy, filterOf, findPolicy, policyId, withState } from "../support/policies";
import { propose } from "../support/propose";
import { type Session, usage } from "../support/session";
import { nkms, rows, short, table, utc } from "../support/show";

/** Lists policies by owner or reader. */
export async function listPolicies(session: Session): Promise<Outcome> {
  const chain = await session.connect();
  const records = await chain.policyManager.policies(await filterOf(session, chain));
  const all = await withState(chain, records);
  const shown = session.flag("active") ? all.filter(({ phase }) => phase === "active") : all;
  return {
    result: { policies: shown.map(describePolicy) },
    text: table(
      ["id", "owner", "reader's signer", "m of n", "end", "state"],
      shown.map(({ record: { policyId, terms, nodes }, state, phase }) => [
        policyId,
        short(terms.owner),
        short(terms.recipientSigner),
        `${terms.threshold} of ${nodes.length}`,
        utc(state.end),
        phase,
      ]),
      "There are no such policies.",
    ),
  };
}

/** Prints all that the chain knows of a policy. */
export async function showPolicy(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const chain = await session.connect();
  const [shown] = await withState(chain, [await findPolicy(chain, id)]);
  const { record, state, phase } = shown;
  const live = new Set(liveShares(record, state));
  return {
    result: { ...describePolicy(shown), when: describeCondition(chain, record) },
    text: rows([
      ["policy", record.policyId],
      ["state", phase],
      ["owner", record.terms.owner],
      ["payer", record.terms.payer],
      ["reader's signer", record.terms.recipientSigner],
      ["time", `${utc(record.terms.start)} to ${utc(state.end)}`],
      ["fee", `${nkms(record.terms.feeRate * 86_400n)} per node and day`],
      ["needs", `${record.terms.threshold} of ${record.nodes.length} nodes`],
      ...record.nodes.map((node, index) => [`node ${index}`, live.has(index) ? node : `${node}  left`] as const),
      ["condition", describeCondition(chain, record)],
    ]),
  };
}

/** Ends a policy at once, or takes out one node; its payer gets the fee for the time not served back. */
export async function revokePolicy(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const name = session.optional("node");
  const node = name === undefined ? undefined : await session.account(name);
  const consent = await ownersConsent(session);
  if (consent !== undefined && node !== undefined)
    throw usage("--consent ends the whole policy.", "Leave out --node, or let the owner take the node out.");
  const { chain } = await session.connectAs();
  const record = await findPolicy(chain, id);
  const signature = consent && fittingRevocation({ chain }, consent, id, record).signature;
  const shareIndex = node === undefined ? undefined : shareIndexOf(record, node);
  const refund = await expectedRefund(chain, record, shareIndex);
  const { policyManager } = chain;
  return propose(session, chain, {
    title: node === undefined ? "Revoke" : "Revoke one node",
    rows: [
      ["policy", id],
      ...(node === undefined ? [] : [["node", node] as const]),
      ["refund", `about ${nkms(refund)} to ${record.terms.payer}`],
    ],
    result: { policyId: id, node, expectedRefund: formatAmount(refund), payer: record.terms.payer },
    steps: [
      {
        title: "revoke",
        call: () => {
          if (signature) return policyManager.revokeBySignature(record, signature);
          return shareIndex === undefined ? policyManager.revoke(record) : policyManager.revokeNode(record, shareIndex);
        },
      },
    ],
    next: "nodes refuse the reader from now on and delete their fractions",
  });
}

function ownersConsent(session: Session): Promise<string> | undefined {
  const file = session.optional("consent");
  return file === undefined ? undefined : readNamedFile("consent", file, "what policy:consent --revoke gave the owner");
}

async function expectedRefund(chain: Chain, record: PolicyRecord, shareIndex?: number): Promise<bigint> {
  const [state, { minPaid }, { timestamp }] = await Promise.all([
    chain.policyManager.policyState(record.policyId),
    chain.policyManager.parameters(),
    chain.block(),
  ]);
  const leaving = shareIndex === undefined ? undefined : leavingWith(record, state);
  return refundIfRevoked(record, state, minPaid, timestamp, leaving);
}
