/**
 * The node under measurement, in a process of its own: `server <backend> <number of requests>`. Tells its parent where it listens
 * and what to send, answers every message with the processor time it has used, and ends with its parent.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BackendName } from "../../src/crypto/backend";
import { backendNamed } from "../../src/crypto/backends";
import { osRandom } from "../../src/crypto/random";
import { umbral } from "../../src/crypto/umbral";
import { PUBLIC_CHAIN } from "../../src/node/chainHead";
import { systemClock } from "../../src/node/clock";
import { startNode } from "../../src/node/startNode";
import { makeParties } from "./parties";

/** What the parent needs. */
export interface Served {
  readonly url: string;
  readonly grant: string;
  readonly requests: string[];
}

const UNBOUNDED = { perSecond: 1e9, burst: 1e9 };

async function main(backend: BackendName, count: number): Promise<void> {
  const engine = umbral(backendNamed(backend));
  const { keys, chain, grant, requests } = makeParties(engine);
  const directory = mkdtempSync(join(tmpdir(), "nkms-bench-"));
  process.on("exit", () => rmSync(directory, { recursive: true }));
  const node = await startNode({
    host: "127.0.0.1",
    port: 0,
    directory,
    keys,
    engine,
    chain,
    following: { ...PUBLIC_CHAIN, maxHeadAgeSeconds: undefined },
    clock: systemClock,
    random: osRandom,
    log: () => undefined,
    limits: { perIp: UNBOUNDED, perRequester: UNBOUNDED },
  });
  process.on("message", () => process.send!(process.cpuUsage()));
  process.on("disconnect", () => void node.close().then(() => process.exit(0)));
  const served: Served = { url: node.url, grant, requests: requests(count) };
  process.send!(served);
}

void main(process.argv[2] as BackendName, Number(process.argv[3]));
