import type { Chain } from "../../src/chain/connection";
import type { PolicyParameters, PolicyRecord, PolicyState } from "../../src/chain/policyManager";
import { shareIndexOf } from "../../src/chain/policyView";
import { planShare, share } from "../../src/client/share";
import type { ShareOptions } from "../../src/client/shareOptions";
import { sponsor } from "../../src/client/sponsor";
import { formatAmount, parseAmount } from "../../src/protocol/amount";
import { parseCondition } from "../../src/protocol/conditionText";
import { openClient } from "../support/client";
import { findPolicy, policyId } from "../support/policies";
import { confirm, propose } from "../support/propose";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { nkms, type Row, rows, short, utc } from "../support/show";

const SECONDS_PER_DAY = 86_400n;

/** Shares a path with a reader through nodes drawn by stake. */
export async function createPolicy(session: Session): Promise<Outcome> {
  const path = session.required("path");
  const reader = await session.account(session.required("reader"));
  const { context } = await openClient(session);
  const options = await shareOptions(session);
  await planShare(context, reader, path, options);
  const preview = ["  Share", ...rows(previewRows(session, path, reader, options))];
  if (session.flag("dryRun")) {
    return { result: { path, reader, dryRun: true }, text: [...preview, "  Nothing was sent (--dry-run)."] };
  }
  await confirm(session, preview);
  const grant = await share(context, reader, path, options);
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

async function shareOptions(session: Session): Promise<ShareOptions> {
  const number = (name: string) => (session.optional(name) === undefined ? undefined : session.wholeNumber(name, 1));
  const [when, nodes] = [session.optional("when"), session.optional("nodes")];
  return {
    time: session.wholeNumber("time", 1),
    notBefore: number("notBefore"),
    maxTime: number("maxTime"),
    m: number("m"),
    n: number("n"),
    nodes: nodes === undefined ? undefined : await accounts(session, nodes),
    when: when === undefined ? undefined : parseCondition(when),
    payer: await payerOf(session),
    maxFeeRate: parseAmount(session.optional("maxPerDay") ?? "10") / SECONDS_PER_DAY,
  };
}

function accounts(session: Session, list: string): Promise<string[]> {
  return Promise.all(list.split(",").map((one) => session.account(one.trim())));
}

/** Who pays: a sponsor's key must be here, since it signs when the nodes are found. */
async function payerOf(session: Session): Promise<ShareOptions["payer"]> {
  const payer = session.optional("payer") ?? "owner";
  if (payer === "owner" || payer === "readers") return payer;
  return sponsor((await openClient(session, payer)).context, () => true);
}

function previewRows(session: Session, path: string, reader: string, options: ShareOptions): Row[] {
  const { time, notBefore, nodes, n = nodes?.length ?? 3, m = 2, maxFeeRate = 0n, payer } = options;
  const most = BigInt(n) * BigInt(time) * maxFeeRate;
  return [
    ["owner", session.required("from")],
    ["path", path],
    ["reader", reader],
    [
      "time",
      `${time} s${notBefore === undefined ? "" : ` from ${utc(BigInt(notBefore))}`}, any ${Math.min(m, n)} of ${n} nodes`,
    ],
    ["fee", payer === "readers" ? "none: the readers pay per read" : `at most ${nkms(most)}`],
    ...(typeof payer === "object" ? [["payer", `${session.required("payer")} ${payer.address}`] as const] : []),
  ];
}

/** Pays a node what it has served under one policy; when all is over, also frees its collateral. */
export async function claimPolicy(session: Session): Promise<Outcome> {
  const id = policyId(session);
  const { chain, identity } = await session.connectAs();
  const of = session.optional("of");
  const node = of === undefined ? identity.account.address : await session.account(of);
  const record = await findPolicy(chain, id);
  const shareIndex = shareIndexOf(record, node);
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
