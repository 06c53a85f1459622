import { planShare, share } from "../../src/client/share";
import { DEFAULT_MAX_READ_PRICE, type ShareOptions } from "../../src/client/shareOptions";
import { sponsor } from "../../src/client/sponsor";
import { formatAmount, parseAmount } from "../../src/protocol/amount";
import { parseCondition } from "../../src/protocol/conditionText";
import { openClient } from "../support/client";
import { confirm } from "../support/propose";
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
  const { id, nodes, threshold, fee, bounties, expires, transaction } = grant;
  return {
    result: {
      policyId: id,
      path,
      reader,
      nodes,
      threshold,
      fee: formatAmount(fee),
      bounties: formatAmount(bounties),
      end: expires.getTime() / 1000,
      transaction,
    },
    text: [
      ...(session.flag("yes") ? preview : []),
      `  ✓ policy ${id}, ${nkms(fee + bounties)} escrowed  ${short(transaction)}`,
      ...rows(nodes.map((node, index) => [`node ${index}`, node])),
      "  Next: the reader reads, for example with bob.read(path)",
    ],
  };
}

async function shareOptions(session: Session): Promise<ShareOptions> {
  const number = (name: string) => (session.optional(name) === undefined ? undefined : session.wholeNumber(name, 1));
  const amount = (name: string) => {
    const given = session.optional(name);
    return given === undefined ? undefined : parseAmount(given);
  };
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
    maxReadPrice: amount("maxReadPrice"),
    bounty: amount("bounty"),
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
  const {
    time,
    notBefore,
    nodes,
    maxTime = time,
    bounty = 0n,
    maxReadPrice = DEFAULT_MAX_READ_PRICE,
    n = nodes?.length ?? 3,
    m = 2,
    maxFeeRate = 0n,
    payer,
  } = options;
  const most = BigInt(n) * BigInt(time) * maxFeeRate;
  return [
    ["owner", session.required("from")],
    ["path", path],
    ["reader", reader],
    [
      "time",
      `${time} s${notBefore === undefined ? "" : ` from ${utc(BigInt(notBefore))}`}, any ${Math.min(m, n)} of ${n} nodes`,
    ],
    ["renewable", maxTime > time ? `up to ${maxTime} s` : "no"],
    ["condition", session.optional("when") ?? "none"],
    [
      "fee",
      payer === "readers"
        ? `none: the readers pay per read, at most ${nkms(maxReadPrice)} to each node`
        : `at most ${nkms(most)}`,
    ],
    ...(bounty > 0n ? [["bounties", `${nkms(BigInt(n) * bounty)} until no leak can be proven any more`] as const] : []),
    ...(typeof payer === "object" ? [["payer", `${session.required("payer")} ${payer.address}`] as const] : []),
  ];
}
