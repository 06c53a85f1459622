/** Shows what will be sent and what it costs, asks, and sends. */
import type { Call, Mined, SendOptions } from "../../src/chain/call";
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
   * The transactions in order; none for what is only signed. A later one may depend on an earlier one, so each is prepared only when its turn
   * comes.
   */
  steps: Step[];
  next?: string;
}

export interface Step {
  title: string;
  call: () => Call | Promise<Call>;
}

interface Sent {
  title: string;
  hash: string;
  block: number;
  gasUsed: bigint;
  cost: bigint;
}

/**
 * Reads --max-fee, checks the first step against the present state, shows the proposal with its cost, asks unless `--yes`, and sends every step.
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

/** What the first step costs, for programs and for people. */
async function costOf(steps: Step[]): Promise<{ estimate: { gas: bigint; cost: bigint }; text: string }> {
  if (steps.length === 0) return { estimate: { gas: 0n, cost: 0n }, text: "none: nothing is sent" };
  const { gas, gasPrice, cost } = await (await steps[0].call()).estimate();
  const ether = `≈ ${amount(cost)} ETH (${grouped(gas)} gas at ${(Number(gasPrice) / 1e9).toPrecision(3)} gwei)`;
  const many = steps.length > 1 ? `, first of ${steps.length} transactions` : "";
  return { estimate: { gas, cost }, text: ether + many };
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
