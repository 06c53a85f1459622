/** Shows what will be sent and what it costs, asks, and sends. */
import type { Call, Mined, SendOptions } from "../../src/chain/call";
import { inBatches } from "../../src/batches";
import { explain } from "../../src/chain/refusals";
import { NkmsError } from "../../src/errors";
import type { Chain } from "../../src/chain/connection";
import type { Outcome } from "./run";
import type { Session } from "./session";
import { usage } from "./session";
import { amount, grouped, type Row, rows, short } from "./show";

/** What a person sees before agreeing, and what a program gets beside the transactions. */
export interface Proposal {
  title: string;
  rows: Row[];
  result: Record<string, unknown>;
  /**
   * The transactions in order; none for what is only signed. All are checked before the first is sent, but for those that wait for the one
   * before; each is prepared again when its turn comes.
   */
  steps: Step[];
  next?: string;
}

export interface Step {
  title: string;
  call: () => Call | Promise<Call>;
  /** It cannot be checked before the step before it is mined. */
  waits?: boolean;
  /** What a step that waits usually takes, where that is known. */
  usualGas?: bigint;
}

const ESTIMATES_AT_ONCE = 8;

interface Sent {
  title: string;
  hash: string;
  block: number;
  gasUsed: bigint;
  cost: bigint;
}

/**
 * Reads --max-fee, checks every step that does not wait for another against the present state, shows the proposal with its cost, asks unless
 * `--yes`, and sends every step.
 * Throws E_USAGE, E_NOT_CONFIRMED, and whatever a step throws; its data then list the steps that were `done`.
 */
export async function propose(session: Session, chain: Chain, proposal: Proposal): Promise<Outcome> {
  const options = sendOptions(session);
  const { estimate, text } = await costOf(proposal.steps);
  const preview = [`  ${proposal.title}`, ...rows([...proposal.rows, ["cost", text], ["chain", `${chain.chainId}`]])];
  if (session.flag("dryRun")) {
    return {
      result: { ...proposal.result, dryRun: true, estimate },
      text: [...preview, "  Nothing was sent (--dry-run)."],
    };
  }
  await confirm(session, preview);
  const sent = await sendAll(proposal.steps, options);
  const lines = sent.map(({ title, block, hash }) => `  ✓ ${title}: mined in block ${grouped(block)}  ${short(hash)}`);
  const next = proposal.next ? [`  Next: ${proposal.next}`] : [];
  return {
    result: { ...proposal.result, transactions: sent },
    text: [...(session.flag("yes") ? preview : []), ...lines, ...next],
  };
}

interface Cost {
  gas: bigint;
  cost: bigint;
}

/** What all steps cost, for programs and for people. */
async function costOf(steps: Step[]): Promise<{ estimate: Cost & { transactions: number }; text: string }> {
  if (steps.length === 0) {
    return { estimate: { transactions: 0, gas: 0n, cost: 0n }, text: "none: nothing is sent" };
  }
  const known = await inBatches(
    steps.filter(({ waits }) => !waits),
    ESTIMATES_AT_ONCE,
    async ({ call }) => (await call()).estimate(),
  );
  const { gasPrice } = known[0];
  const waiting = steps.filter(({ waits }) => waits);
  const gas = [...known.map((step) => step.gas), ...waiting.map(({ usualGas = 0n }) => usualGas)];
  const sum = gas.reduce((total, part) => total + part, 0n);
  const estimate = { transactions: steps.length, gas: sum, cost: sum * gasPrice };
  const price = `${grouped(sum)} gas at ${(Number(gasPrice) / 1e9).toPrecision(3)} gwei`;
  return { estimate, text: `≈ ${amount(estimate.cost)} ETH (${price})${inTransactions(steps.length, waiting)}` };
}

function inTransactions(count: number, waiting: Step[]): string {
  const parts = [
    ...(count > 1 ? [`in ${count} transactions`] : []),
    ...waiting.map(({ title, usualGas }) =>
      usualGas === undefined ? `without "${title}", known when its turn comes` : `"${title}" as usual`,
    ),
  ];
  return parts.map((part) => `, ${part}`).join("");
}

/** Shows a preview and asks, unless `--yes`. Throws E_NOT_CONFIRMED. */
export async function confirm(session: Session, preview: string[]): Promise<void> {
  if (session.flag("yes")) return;
  if (!session.terminal.interactive) throw notConfirmed("There is no terminal to ask on.");
  for (const text of preview) session.terminal.note(text);
  const answer = await session.terminal.ask("  Send it? [y/N] ");
  if (!/^y(es)?$/i.test(answer.trim())) throw notConfirmed(`The answer was "${answer.trim()}".`);
}

async function sendAll(steps: Step[], options: SendOptions): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const { title, call } of steps) {
    try {
      const mined = await (await call()).send(options);
      sent.push({ title, ...plain(mined) });
    } catch (error) {
      const known = explain(error);
      if (sent.length) known.data.done = sent.map((step) => step.title);
      throw known;
    }
  }
  return sent;
}

function plain({ hash, block, gasUsed, cost }: Mined): Omit<Sent, "title"> {
  return { hash, block, gasUsed, cost };
}

function sendOptions(session: Session): SendOptions {
  const gwei = session.optional("maxFee");
  if (gwei === undefined) return {};
  if (!/^\d+(\.\d{1,9})?$/.test(gwei))
    throw usage(`--max-fee is "${gwei}".`, "Give a price in gwei, for example: --max-fee 3.5");
  return { maxFeePerGas: session.hre.ethers.parseUnits(gwei, "gwei") };
}

function notConfirmed(why: string): NkmsError {
  return new NkmsError("E_NOT_CONFIRMED", "It was not confirmed. Nothing was sent.", {
    why,
    fix: "Answer y, or give --yes.",
  });
}
