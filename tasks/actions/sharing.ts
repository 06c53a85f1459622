import type { Chain } from "../../src/chain/connection";
import type { Identity } from "../../src/chain/identity";
import type { PolicyParameters, PolicyRecord, PolicyState } from "../../src/chain/policyManager";
import { liveShares } from "../../src/chain/policyView";
import { contextOf } from "../../src/client/connect";
import { share } from "../../src/client/share";
import type { ShareOptions } from "../../src/client/shareOptions";
import { umbral } from "../../src/crypto/umbral";
import { formatAmount, parseAmount } from "../../src/protocol/amount";
import { parseCondition } from "../../src/protocol/conditionText";
import { findPolicy, policyId } from "../support/policies";
import { confirm, propose, type Step } from "../support/propose";
import type { Outcome } from "../support/run";
import { type Session, usage } from "../support/session";
import { nkms, type Row, rows, short, utc } from "../support/show";

const SECONDS_PER_DAY = 86_400n;

/** Shares a path with a reader through nodes drawn by stake. */
export async function createPolicy(session: Session): Promise<Outcome> {
  const path = session.required("path");
  const reader = await session.account(session.required("reader"));
  const options = shareOptions(session);
  const { chain, identity } = await session.connectAs();
  const preview = ["  Share", ...rows(previewRows(path, reader, options, identity))];
  if (session.flag("dryRun")) {
    return { result: { path, reader, dryRun: true }, text: [...preview, "  Nothing was sent (--dry-run)."] };
  }
  await confirm(session, preview);
  const grant = await share(contextOf({}, identity, chain, umbral()), reader, path, options);
  const { id, nodes, threshold, fee, expires, transaction } = grant;
  return {
    result: {
      policyId: id,
      path,
      reader,
      nodes,
      threshold,
      fee: formatAmount(fee),
      end: expires.getTime() / 1000,
      transaction,
    },
    text: [
      ...(session.flag("yes") ? preview : []),
      `  ✓ policy ${id}, ${nkms(fee)} escrowed  ${short(transaction)}`,
      ...rows(nodes.map((node, index) => [`node ${index}`, node])),
      "  Next: the reader reads, for example with bob.read(path)",
    ],
  };
}

function shareOptions(session: Session): ShareOptions {
  const number = (name: string) => (session.optional(name) === undefined ? undefined : session.wholeNumber(name, 1));
  const payer = session.optional("payer") ?? "owner";
  if (payer !== "owner" && payer !== "readers") throw usage(`--payer is "${payer}".`, "Give owner or readers.");
  const when = session.optional("when");
  return {
    time: session.wholeNumber("time", 1),
    maxTime: number("maxTime"),
    m: number("m"),
    n: number("n"),
    when: when === undefined ? undefined : parseCondition(when),
    payer,
    maxFeeRate: parseAmount(session.optional("maxPerDay") ?? "10") / SECONDS_PER_DAY,
  };
}

function previewRows(path: string, reader: string, options: ShareOptions, { name }: Identity): Row[] {
  const { time, m = 2, n = 3, maxFeeRate = 0n, payer } = options;
  const most = BigInt(n) * BigInt(time) * maxFeeRate;
  return [
    ["owner", name ?? ""],
    ["path", path],
    ["reader", reader],
    ["time", `${time} s, any ${Math.min(m, n)} of ${n} nodes`],
    ["fee", payer === "readers" ? "none: the readers pay per read" : `at most ${nkms(most)}`],
  ];
}

/** Prolongs a policy at its rate. */
export async function renewPolicy(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const time = BigInt(session.wholeNumber("time", 1));
  const { chain } = await session.connectAs();
  const record = await findPolicy(chain, id);
  const state = await chain.policyManager.policyState(id);
  const end = state.end + time;
  const fee = record.terms.feeRate * BigInt(liveShares(record, state).length) * time;
  return propose(session, chain, {
    title: "Renew",
    rows: [
      ["policy", id],
      ["until", utc(end)],
      ["fee", nkms(fee)],
    ],
    result: { policyId: id, end: Number(end), fee: formatAmount(fee) },
    steps: await renewalSteps(chain, record, end, fee),
  });
}

/** An approval, if the allowance does not cover the fee, and the renewal. */
async function renewalSteps(chain: Chain, record: PolicyRecord, end: bigint, fee: bigint): Promise<Step[]> {
  const { nkmsToken, policyManager, deployment } = chain;
  const allowance = await nkmsToken.allowance(record.terms.payer, deployment.PolicyManager);
  const renewal = { title: "renew", call: () => policyManager.renew(record, end) };
  if (allowance >= fee) return [renewal];
  return [{ title: "approve", call: () => nkmsToken.approve(deployment.PolicyManager, fee) }, renewal];
}

/** Pays a node what it has served under one policy; when all is over, also frees its collateral. */
export async function claimPolicy(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const { chain, identity } = await session.connectAs();
  const of = session.optional("of");
  const node = of === undefined ? identity.account.address : await session.account(of);
  const record = await findPolicy(chain, id);
  const shareIndex = record.nodes.findIndex((one) => one.toLowerCase() === node.toLowerCase());
  if (shareIndex < 0) throw usage(`${node} is no node of this policy.`, `See: npx hardhat policy:show --id ${id}`);
  const [state, parameters, { timestamp }, { earned }] = await Promise.all([
    chain.policyManager.policyState(id),
    chain.policyManager.parameters(),
    chain.block(),
    chain.policyManager.feesDue(record, shareIndex),
  ]);
  const isFinal = timestamp >= finalFrom(state, parameters);
  return propose(session, chain, {
    title: isFinal ? "Claim for good" : "Claim",
    rows: [
      ["policy", id],
      ["node", node],
      ["fee", `about ${nkms(earned)}`],
    ],
    result: { policyId: id, node, expected: formatAmount(earned), final: isFinal },
    steps: [{ title: "claim", call: () => claimCall(chain, record, shareIndex, isFinal) }],
  });
}

/** The second from which a share can be settled for good: end + challengeWindow + revealWindow. */
function finalFrom({ end }: PolicyState, { challengeWindow, revealWindow }: PolicyParameters): bigint {
  return end + challengeWindow + revealWindow;
}

function claimCall({ policyManager }: Chain, record: PolicyRecord, shareIndex: number, isFinal: boolean) {
  return isFinal ? policyManager.finalClaim(record, shareIndex) : policyManager.claim(record, shareIndex);
}
