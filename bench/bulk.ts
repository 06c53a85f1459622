/**
 * `npm run bench:bulk` prints how fast files are encrypted and decrypted in constant memory, beside the same cipher of node:crypto
 * reading and writing the same file, `-- --json` the same as JSON. `-- --mib 64` takes a smaller file than 1 GiB. Every job runs in a
 * process of its own, so that its peak memory is its own, the raw one and ours by turns. It is compiled first: a process that
 * compiles TypeScript while it runs holds more memory than the job does.
 */
import { fork } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { transform } from "../src/crypto/bulk/allOrNothing";
import { sealPackage } from "../src/crypto/bulk/packageHeader";
import { restoreRotated } from "../src/crypto/bulk/rotation";
import { osRandom } from "../src/crypto/random";
import { decryptStream, encryptStream, type StreamSuite } from "../src/crypto/stream";

interface Measured {
  readonly seconds: number;
  readonly peakMiB: number;
}

interface Row {
  readonly op: string;
  readonly mibPerSecond: number;
  readonly rawMibPerSecond: number;
  /** Ours over raw: 1 is as fast as the cipher itself. */
  readonly ratio: number;
  readonly peakMiB: number;
}

const TURNS = 3;
const PIECE = 1024 * 1024;
const KEY = new Uint8Array(32).fill(7);
const RAW_OF = {
  "chacha20-poly1305 encrypt": "chacha20-poly1305 raw",
  "chacha20-poly1305 decrypt": "chacha20-poly1305 raw",
  "aes-256-gcm encrypt": "aes-256-gcm raw",
  "aes-256-gcm decrypt": "aes-256-gcm raw",
  "all-or-nothing transform": "aes-256-gcm raw",
  "all-or-nothing restore": "aes-256-gcm raw",
} as const;

/** What each job does in a directory that holds the file `plain`. */
const JOBS: Record<string, (directory: string) => Promise<void>> = {
  "chacha20-poly1305 raw": (directory) => raw(directory, "chacha20-poly1305"),
  "aes-256-gcm raw": (directory) => raw(directory, "aes-256-gcm"),
  "chacha20-poly1305 encrypt": (directory) => encrypt(directory, "chacha20-poly1305"),
  "chacha20-poly1305 decrypt": (directory) => decrypt(directory, "chacha20-poly1305"),
  "aes-256-gcm encrypt": (directory) => encrypt(directory, "aes-256-gcm"),
  "aes-256-gcm decrypt": (directory) => decrypt(directory, "aes-256-gcm"),
  "all-or-nothing transform": async (directory) => {
    const { body, finish } = transform(reading(join(directory, "plain")), osRandom);
    await pipeline(body, writing(join(directory, "body")));
    const header = sealPackage({ content: finish(), rotation: 0, layerBlocks: 1 }, KEY);
    await writeFile(join(directory, "header"), header);
  },
  "all-or-nothing restore": async (directory) => {
    const header = await readFile(join(directory, "header"));
    const body = restoreRotated(header, KEY, () => reading(join(directory, "body")));
    await pipeline(body, writing(join(directory, "restored")));
  },
};

function reading(file: string) {
  return createReadStream(file, { highWaterMark: PIECE });
}

function writing(file: string) {
  return createWriteStream(file, { highWaterMark: PIECE });
}

function raw(directory: string, cipher: StreamSuite): Promise<void> {
  const encryptor = createCipheriv(cipher as "aes-256-gcm", KEY, new Uint8Array(12), { authTagLength: 16 });
  return pipeline(reading(join(directory, "plain")), encryptor, writing(join(directory, "raw")));
}

function encrypt(directory: string, suite: StreamSuite): Promise<void> {
  const chunks = encryptStream(suite, KEY, reading(join(directory, "plain")));
  return pipeline(chunks, writing(join(directory, suite)));
}

function decrypt(directory: string, suite: StreamSuite): Promise<void> {
  const chunks = decryptStream(suite, KEY, reading(join(directory, suite)));
  return pipeline(chunks, writing(join(directory, "decrypted")));
}

async function measured(job: string, directory: string): Promise<void> {
  const began = performance.now();
  await JOBS[job](directory);
  const seconds = (performance.now() - began) / 1000;
  process.send!({ seconds, peakMiB: process.resourceUsage().maxRSS / 1024 } satisfies Measured);
  process.disconnect();
}

async function inChild(job: string, directory: string): Promise<Measured> {
  const child = fork(__filename, [], { env: { ...process.env, BENCH_JOB: job, BENCH_DIRECTORY: directory } });
  const [result] = (await once(child, "message")) as [Measured];
  await once(child, "exit");
  return result;
}

async function fill(file: string, mib: number): Promise<void> {
  const handle = await open(file, "w");
  for (let written = 0; written < mib; written++) await handle.write(new Uint8Array(PIECE).fill(written));
  await handle.close();
}

function rowOf(op: string, mib: number, ours: readonly Measured[], theirs: readonly Measured[]): Row {
  const best = (runs: readonly Measured[]) => Math.min(...runs.map(({ seconds }) => seconds));
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    op,
    mibPerSecond: Math.round(mib / best(ours)),
    rawMibPerSecond: Math.round(mib / best(theirs)),
    ratio: round(best(theirs) / best(ours)),
    peakMiB: Math.round(Math.max(...ours.map(({ peakMiB }) => peakMiB))),
  };
}

async function main(): Promise<void> {
  const at = process.argv.indexOf("--mib");
  const mib = at < 0 ? 1024 : Number(process.argv[at + 1]);
  const directory = await mkdtemp(join(tmpdir(), "nkms-bulk-"));
  try {
    await fill(join(directory, "plain"), mib);
    const rows: Row[] = [];
    for (const [op, rawJob] of Object.entries(RAW_OF)) {
      const [ours, theirs]: [Measured[], Measured[]] = [[], []];
      for (let turn = 0; turn < TURNS; turn++) {
        theirs.push(await inChild(rawJob, directory));
        ours.push(await inChild(op, directory));
      }
      rows.push(rowOf(op, mib, ours, theirs));
    }
    if (process.argv.includes("--json")) console.log(JSON.stringify({ mib, bulk: rows }, undefined, 2));
    else console.table(rows);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const { BENCH_JOB, BENCH_DIRECTORY } = process.env;
void (BENCH_JOB ? measured(BENCH_JOB, BENCH_DIRECTORY!) : main());
