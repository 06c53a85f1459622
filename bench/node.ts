/**
 * `npm run bench:node` prints how many re-encryptions with proof and signed receipt a node answers in a second over loopback, and how
 * long they take, `-- --json` the same as JSON. Eight connections, each asking again as soon as it is answered; the node and its
 * clients share the machine. The chain answers at once: what is measured is the node. Milliseconds.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { cpus } from "node:os";
import { join } from "node:path";

import type { BackendName } from "../src/crypto/backend";
import type { Served } from "./node/server";

const CONNECTIONS = 8;
const WARM_UP_MS = 2_000;
const MEASURED_MS = 8_000;
/** Requests signed beforehand: more than a node can answer in the time. */
const PREPARED: Readonly<Record<BackendName, number>> = { native: 12_000, noble: 2_500 };

interface Row {
  readonly backend: string;
  readonly connections: number;
  readonly answers: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the node per answer: a busy machine changes it less than the other figures. */
  readonly cpuPerAnswer: number;
  readonly cpus: number;
}

/** Sends a body and returns the status of the answer once it is read. */
function post(agent: Agent, url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(answer.statusCode!));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Asks on all connections until the time is over; the milliseconds of each answer. */
async function load(agent: Agent, { url, requests }: Served, milliseconds: number): Promise<number[]> {
  const times: number[] = [];
  const end = performance.now() + milliseconds;
  const connection = async (): Promise<void> => {
    for (let body = requests.pop(); body && performance.now() < end; body = requests.pop()) {
      const began = performance.now();
      const status = await post(agent, `${url}/v1/reencrypt`, body);
      if (status !== 200) throw new Error(`the node answered ${status}`);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return times;
}

async function measure(backend: BackendName): Promise<Row> {
  const child = fork(join(__dirname, "node/server.ts"), [backend, String(PREPARED[backend])]);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const [served] = (await once(child, "message")) as [Served];
    await post(agent, `${served.url}/v1/grants`, served.grant);
    await load(agent, served, WARM_UP_MS);
    const [began, cpuBefore] = [performance.now(), await cpuMs(child)];
    const times = await load(agent, served, MEASURED_MS);
    return summarise(backend, times, performance.now() - began, (await cpuMs(child)) - cpuBefore);
  } finally {
    agent.destroy();
    await stop(child);
  }
}

/** Processor time the node has used. */
async function cpuMs(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [{ user, system }] = (await once(child, "message")) as [NodeJS.CpuUsage];
  return (user + system) / 1_000;
}

function summarise(backend: BackendName, times: number[], elapsedMs: number, nodeCpuMs: number): Row {
  const sorted = times.sort((a, b) => a - b);
  const at = (fraction: number) => Math.round(100 * sorted[Math.floor(fraction * sorted.length)]) / 100;
  return {
    backend,
    connections: CONNECTIONS,
    answers: times.length,
    perSecond: Math.round((10_000 * times.length) / elapsedMs) / 10,
    p50: at(0.5),
    p99: at(0.99),
    cpuPerAnswer: Math.round((100 * nodeCpuMs) / times.length) / 100,
    cpus: cpus().length,
  };
}

async function stop(child: ChildProcess): Promise<void> {
  child.disconnect();
  await once(child, "exit");
}

async function main(): Promise<void> {
  const table = { node: [await measure("native"), await measure("noble")] };
  if (process.argv.includes("--json")) console.log(JSON.stringify(table, undefined, 2));
  else console.table(table.node);
}

void main();
