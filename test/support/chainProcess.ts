import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const START_TIMEOUT_MS = 60_000;

/** A chain of its own process, as operators run against. */
export interface ChainProcess {
  readonly url: string;
  kill(): void;
}

/** Starts `hardhat node` on a free loopback port and waits until it listens. */
export async function startChain(): Promise<ChainProcess> {
  const port = await freePort();
  const hardhat = require.resolve("hardhat/internal/cli/bootstrap");
  const child = spawn(process.execPath, [hardhat, "node", "--hostname", "127.0.0.1", "--port", `${port}`], {
    cwd: ROOT,
    env: { ...process.env, HARDHAT_NETWORK: "hardhat" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  await listening(child);
  child.stdout.resume();
  child.stderr.resume();
  return { url: `http://127.0.0.1:${port}`, kill: () => void child.kill() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error(`the chain did not start: ${output}`)), START_TIMEOUT_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Started HTTP")) done(resolve);
    };
    const done = (settle: () => void) => {
      clearTimeout(timer);
      child.stdout?.off("data", read);
      child.stderr?.off("data", read);
      settle();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", () => done(() => reject(new Error(`the chain ended: ${output}`))));
  });
}
