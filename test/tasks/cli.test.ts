import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

import { useTaskWorld } from "../support/taskWorld";

interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** What an operator types, with everything after `npx hardhat`. */
function hardhat(url: string, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const bin = require.resolve("hardhat/internal/cli/bootstrap");
  const child = spawn(process.execPath, [bin, ...args, "--network", "localhost"], {
    cwd: join(__dirname, "../.."),
    env: { ...process.env, NKMS_LOCALHOST_URL: url, HARDHAT_NETWORK: undefined },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once("close", (exitCode) => resolve({ exitCode, ...output })));
  return { child, ended };
}

describe("tasks on the command line", function () {
  this.timeout(120_000);
  const world = useTaskWorld();
  const run = (...args: string[]) => hardhat(world().process.url, ...args).ended;

  it("prints one JSON value and nothing else, or text, with the exit code of the outcome", async () => {
    const [done, refused, usage] = await Promise.all([
      run("token:balance", "--of", "ada", "--json"),
      run("stake:create", "--from", "ada", "--amount", "10", "--lock", "30p", "--yes", "--json"),
      run("stake:create", "--from", "ada", "--lock", "30p", "--yes"),
    ]);
    expect([done.exitCode, refused.exitCode, usage.exitCode], done.stderr).to.deep.equal([0, 3, 2]);
    expect(JSON.parse(done.stdout)).to.include({ ok: true, nkms: "100000" });
    expect(JSON.parse(refused.stdout).error.code).to.equal("E_DEPOSIT_BELOW_MINIMUM");
    expect([usage.stdout, usage.stderr]).to.deep.equal([
      "",
      "  ✗ E_USAGE  --amount is missing.\n    Why: Nothing was sent.\n    Fix: Give it: --amount <value>\n",
    ]);
  });

  it("runs a node until it is told to stop", async () => {
    await world().json("node:register", { from: "ada", url: "http://127.0.0.1:7151", yes: true });
    await world().passPeriods(1);
    const node = hardhat(world().process.url, "node:run", "--from", "ada", "--port", "0", "--json");
    const { url, staker } = await firstLine(node.child);
    const answer = await fetch(`${url}/v1/info`);
    expect(((await answer.json()) as { staker: string }).staker.toLowerCase()).to.equal(staker.toLowerCase());
    node.child.kill("SIGTERM");
    const { exitCode, stdout, stderr } = await node.ended;
    expect(exitCode, stderr).to.equal(0);
    expect(stdout.trim().split("\n")).to.have.length(1);
  });
});

function firstLine(child: ChildProcess): Promise<{ url: string; staker: string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const [line, rest] = text.split("\n", 2);
      if (rest !== undefined) resolve(JSON.parse(line) as { url: string; staker: string });
    });
    child.once("close", () => reject(new Error(`it ended before it listened: ${text}`)));
  });
}
