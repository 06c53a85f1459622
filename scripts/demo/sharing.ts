/** The main job: store, share, read, and read on while nodes fail. */
import { readFile } from "node:fs/promises";

import type { Client } from "../../src/client/client";
import type { NodeFailure } from "../../src/client/nodeOutcome";
import type { Grant } from "../../src/client/share";
import { NkmsError } from "../../src/errors";
import { formatAmount } from "../../src/protocol/amount";
import { nkms, short } from "../../tasks/support/show";
import { drawMarks, drawStakeLine } from "../../tasks/support/stakeLine";
import { middles, segments } from "./line";
import { run } from "./operators";
import type { Facts, Telling } from "./story";
import { type Operator, operatorOf, type World } from "./world";

export const URI = "file://to_the_moon.txt";
const DAY = 86_400;
const EXCERPT = 40;

/** Alice encrypts a file of this repository and stores it. */
export async function storeFile(alice: Client, file: string, { line }: Telling): Promise<Facts> {
  const content = await readFile(file);
  const uri = await alice.write(URI, content);
  const stored = await alice.read(uri);
  line(`README.md, ${content.length} bytes  →  ${uri}, under a key of its own`);
  line("the storage sees (edek, c) and neither name, key nor text");
  return { uri, bytes: content.length, readBack: Buffer.compare(content, stored) === 0 };
}

/** Alice shares with Bob's address: 2 of 3 nodes, drawn by stake. */
export async function shareWithBob(world: World, alice: Client, bob: Client, { line, progress }: Telling) {
  progress("drawing nodes, sending fractions, collecting acceptances");
  const grant = await alice.share(bob.address, URI, { time: DAY, m: 2, n: 3 });
  const names = grant.nodes.map((node) => operatorOf(world, node).name);
  const leaves = await segments(world);
  const total = leaves.reduce((sum, { units }) => sum + units, 0n);
  line(drawStakeLine(leaves));
  line(drawMarks(middles(leaves, names), total));
  line(`drawn by stake: ${names.join("  ")}   any 2 of them open it`);
  line(`policy ${short(grant.id)}   ${nkms(grant.fee)} escrowed   until ${minute(grant.expires)}`);
  return { grant, facts: { policyId: grant.id, nodes: names, fee: formatAmount(grant.fee), expires: grant.expires } };
}

/** Bob reads; every answer is verified against the chain before it counts. */
export async function readAsBob(world: World, bob: Client, grant: Grant, { line }: Telling): Promise<Facts> {
  const { content, answered, failures } = await bob.read(URI, "report");
  const text = Buffer.from(content).toString("utf8");
  for (const node of grant.nodes) line(nodeLine(world, node, answered, failures));
  line(`"${text.slice(0, EXCERPT).replace(/\s+/g, " ")}…"  ${content.length} bytes; no node saw the key`);
  return {
    bytes: content.length,
    verified: answered.map((node) => operatorOf(world, node).name),
    failed: failures.map((failure) => told(world, failure)),
  };
}

/** One of the three nodes dies without a word. */
export async function killOne(world: World, grant: Grant, { line }: Telling): Promise<Operator> {
  const victim = operatorOf(world, grant.nodes[0]);
  const { pid } = victim.process!; // every operator's node is running
  await victim.process!.kill();
  line(`${victim.name} (process ${pid}) is killed`);
  return victim;
}

/** A second node begins to lie while the first is still down: Bob gets no data, but every reason. */
export async function readAmongLiars(world: World, bob: Client, grant: Grant, { line, progress }: Telling) {
  const liar = operatorOf(world, grant.nodes[1]);
  progress(`${liar.name} restarts with a patched program`);
  await liar.process!.stop();
  await run(world, liar, "dishonest");
  line(`${liar.name} now re-encrypts with a wrong key, and signs the result`);
  const error = await refused(bob.read(URI));
  line(`${error.code}  ${error.message}`);
  const outcomes = error.data.nodes as NodeFailure[];
  for (const outcome of outcomes) line(outcomeLine(world, outcome));
  const { evidence } = outcomes.find(({ node }) => operatorOf(world, node) === liar)!; // the read names every node
  line(`${liar.name}'s signed answer is kept: ${evidence ? "its receipt convicts it" : "no evidence"}`);
  return {
    liar: liar.name,
    code: error.code,
    evidence: evidence !== undefined,
    nodes: outcomes.map((o) => told(world, o)),
  };
}

/** A date to the minute: `2026-11-25 22:27 UTC`. */
export function minute(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The rejection of a promise that must reject. Throws E_NOT_REFUSED where it does not. */
export async function refused(attempt: Promise<unknown>): Promise<NkmsError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof NkmsError) return error;
    throw error;
  }
  throw new NkmsError("E_NOT_REFUSED", "Bob could read where he must not.");
}

/** One node's outcome as a line. */
export function outcomeLine(
  world: World,
  { node, code, message }: Pick<NodeFailure, "node" | "code" | "message">,
): string {
  const { name } = operatorOf(world, node);
  return code === "ok" ? `  ${name}  proof ok` : `  ${name}  ${code}  ${message}`.slice(0, 73);
}

function nodeLine(world: World, node: string, answered: readonly string[], failures: readonly NodeFailure[]): string {
  const failure = failures.find((one) => sameNode(one.node, node));
  if (failure) return outcomeLine(world, failure);
  const used = answered.some((one) => sameNode(one, node));
  return used ? outcomeLine(world, { node, code: "ok", message: "" }) : `  ${operatorOf(world, node).name}  not needed`;
}

function told(world: World, { node, code, message }: NodeFailure): Facts {
  return { node: operatorOf(world, node).name, code, message };
}

function sameNode(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
