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
function hardhat(environment: NodeJS.ProcessEnv, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const bin = require.resolve("hardhat/internal/cli/bootstrap");
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: join(__dirname, "../.."),
    env: { ...process.env, HARDHAT_NETWORK: undefined, NKMS_SEPOLIA_URL: undefined, ...environment },
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
  const start = (...args: string[]) =>
    hardhat({ NKMS_LOCALHOST_URL: world().process.url }, ...args, "--network", "localhost");
  const run = (...args: string[]) => start(...args).ended;
  const runSilent = () =>
    hardhat({ NKMS_LOCALHOST_URL: "http://127.0.0.1:1" }, "deploy", "--network", "localhost", "--json").ended;
  const code = ({ stdout }: Ended) => (JSON.parse(stdout) as { error: { code: string } }).error.code;

  it("prints one JSON value and nothing else, or text, with the exit code of the outcome", async () => {
    const [refused, usage] = await Promise.all([
      run("stake:create", "--from", "ada", "--amount", "10", "--lock", "30p", "--yes", "--json"),
      run("stake:create", "--from", "ada", "--lock", "30p", "--yes"),
    ]);
    expect([refused.exitCode, usage.exitCode], refused.stderr).to.deep.equal([3, 2]);
    expect(code(refused)).to.equal("E_DEPOSIT_BELOW_MINIMUM");
    expect([usage.stdout, usage.stderr]).to.deep.equal([
      "",
      "  ✗ E_USAGE  --amount is missing.\n    Why: Nothing was sent.\n    Fix: Give it: --amount <value>\n",
    ]);
  });

  it("refuses what is mistyped before anything runs, and blames a chain that is silent, not a bug", async () => {
    const [task, silent] = await Promise.all([run("stake:creat", "--json"), runSilent()]);
    expect([task.exitCode, code(task), task.stderr]).to.deep.equal([2, "E_USAGE", ""]);
    expect([silent.exitCode, code(silent)]).to.deep.equal([4, "E_RPC_FAILED"]);
  });

  it("runs a node until it is told to stop", async () => {
    await world().json("node:register", { from: "ada", url: "http://127.0.0.1:7151", yes: true });
    await world().passPeriods(1);
    const node = start("node:run", "--from", "ada", "--port", "0", "--json");
    const { url, staker } = await firstLine(node.child);
    const answer = await fetch(`${url}/v1/info`);
    expect(((await answer.json()) as { staker: string }).staker.toLowerCase()).to.equal(staker.toLowerCase());
    node.child.kill("SIGTERM");
    const { exitCode, stdout, stderr } = await node.ended;
    expect(exitCode, stderr).to.equal(0);
    expect(stdout.trim().split("\n")).to.have.length(1);
  });

  if (!process.env.NKMS_DEEP) return;

  it("prints one JSON value of what was asked", async () => {
    const done = await run("token:balance", "--of", "ada", "--json");
    expect(done.exitCode, done.stderr).to.equal(0);
    expect(JSON.parse(done.stdout)).to.include({ ok: true, nkms: "100000" });
  });

  it("refuses mistyped options with the exit code of usage and pure output", async () => {
    const option = await run("stake:create", "--amout", "5", "--json");
    expect([option.exitCode, code(option), option.stderr]).to.deep.equal([2, "E_USAGE", ""]);
    const value = await run("stake:create", "--amount");
    expect([value.exitCode, value.stdout]).to.deep.equal([2, ""]);
    expect(value.stderr).to.match(/^ {2}✗ E_USAGE {2}--amount has no value\.\n/);
  });

  it("blames a chain that is unnamed or another one", async () => {
    const sepolia = ["deploy", "--from", "ada", "--network", "sepolia", "--json"];
    const unnamed = await hardhat({}, ...sepolia).ended;
    expect([unnamed.exitCode, code(unnamed)]).to.deep.equal([2, "E_RPC_URL_MISSING"]);
    expect(unnamed.stdout).to.contain("NKMS_SEPOLIA_URL is not set.");
    const other = await hardhat({ NKMS_SEPOLIA_URL: world().process.url }, ...sepolia).ended;
    expect([other.exitCode, code(other)]).to.deep.equal([7, "E_WRONG_CHAIN"]);
    const { data } = (JSON.parse(other.stdout) as { error: { data: object } }).error;
    expect(data).to.deep.equal({ got: 31337, expected: 11155111 });
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
