/**
 * `npm run bench:crypto` prints the table, `npm run bench:crypto -- --json` the same as JSON. Microseconds per operation; ratio is the
 * peer's p10 over ours, so above 1 we are faster.
 */
import type { BackendName } from "../src/crypto/backend";
import { backendNamed } from "../src/crypto/backends";
import { measureEngines } from "./engines";
import { compare, type Timing } from "./sampling";
import { makeFixture, ourRows, peerRows } from "./umbral";

const ROUNDS = 30;
const BACKENDS: readonly BackendName[] = ["native", "noble"];

interface Row {
  readonly op: string;
  readonly backend: BackendName;
  readonly p10: number;
  readonly median: number;
  readonly peerP10: number;
  readonly peerMedian: number;
  readonly ratio: number;
}

function toRow(op: string, backend: BackendName, ours: Timing, peer: Timing): Row {
  const ratio = Math.round((100 * peer.p10) / ours.p10) / 100;
  return { op, backend, ...ours, peerP10: peer.p10, peerMedian: peer.median, ratio };
}

function measure(): Row[] {
  const fixture = makeFixture();
  const peer = peerRows(fixture);
  const [native, noble] = BACKENDS.map((name) => ourRows(fixture, backendNamed(name)));
  return Object.keys(peer).flatMap((op) => {
    const timings = compare({ peer: peer[op], native: native[op], noble: noble[op] }, ROUNDS);
    return BACKENDS.map((backend) => toRow(op, backend, timings[backend], timings.peer));
  });
}

async function main(): Promise<void> {
  const tables = { umbral: measure(), ...(await measureEngines()) };
  if (process.argv.includes("--json")) console.log(JSON.stringify(tables, undefined, 2));
  else for (const rows of Object.values(tables)) console.table(rows);
}

void main();
