/** Node processes: started, watched until they listen, killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { NkmsError } from "../../src/errors";

/** Which program answers: the node as shipped, or the one that gives wrong answers. */
export type NodeProgram = "honest" | "dishonest";

export interface NodeProcessOptions {
  program: NodeProgram;
  config: string;
  passwordFile: string;
  logFile: string;
}

const ROOT = join(__dirname, "..", "..");
const HONEST = [join(ROOT, "dist", "src", "node", "main.js")];
const DISHONEST = ["-r", "ts-node/register/transpile-only", join(__dirname, "dishonestNode.ts")];
const START_TIMEOUT_MS = 30_000;

export class NodeProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<void>,
  ) {}

  get pid(): number {
    return this.child.pid!; // set once the process was spawned, which start awaits
  }

  /** Starts a node and waits until it listens. Throws E_NODE_START with the end of its log. */
  static async start({ program, config, passwordFile, logFile }: NodeProcessOptions): Promise<NodeProcess> {
    const args = [...(program === "honest" ? HONEST : DISHONEST), "--config", config, "--password-file", passwordFile];
    const log = openSync(logFile, "a", 0o600);
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", log] });
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    const node = new NodeProcess(child, exited);
    const firstLine = await Promise.race([readLine(child), exited.then(() => undefined), deadline()]);
    if (firstLine !== undefined && (JSON.parse(firstLine) as { ok: boolean }).ok) return node;
    await node.kill();
    throw notStarted(firstLine, logFile);
  }

  /** Ends it as a power failure would. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  /** Ends it as an operator does. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.exited;
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function readLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => createInterface({ input: child.stdout! }).once("line", resolve));
}

function deadline(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, START_TIMEOUT_MS, undefined).unref());
}

function notStarted(firstLine: string | undefined, logFile: string): NkmsError {
  const log = readFileSync(logFile, "utf8").split("\n").slice(-6).join("\n");
  return new NkmsError("E_NODE_START", "A node process did not start.", {
    why: firstLine ?? log,
    fix: "Run npm run build, then the demo again.",
  });
}
