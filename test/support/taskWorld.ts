import { JsonRpcProvider } from "ethers";
import hre from "hardhat";
import { TASK_COMPILE } from "hardhat/builtin-tasks/task-names";
import type { HardhatRuntimeEnvironment } from "hardhat/types";
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Chain, connectChain } from "../../src/chain/connection";
import { createKeyFile, type Identity, openKeyFile } from "../../src/chain/identity";
import { actionOf } from "../../tasks/support/define";
import { type Report, runTask } from "../../tasks/support/run";
import { type Arguments, Session } from "../../tasks/support/session";
import type { Terminal } from "../../tasks/support/terminal";
import { type ChainProcess, startChain } from "./chainProcess";

export const PASSWORD = "correct horse battery";
const SILENT: Terminal = {
  interactive: false,
  ask: () => Promise.reject(new Error("nobody answers")),
  askHidden: () => Promise.reject(new Error("nobody answers")),
  note: () => undefined,
};

/** The value a task printed with `--json`, and its exit code. */
export interface JsonReport {
  exitCode: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read what they expect
  value: Record<string, any>;
}

/** What of the network is other than it should be. */
export interface EnvironmentChange {
  chainId?: number;
  url?: string;
}

let compiled: Promise<unknown> | undefined;

/** Hardhat's `run`, which compiles once: sources stay as they are while tests run, and looking at all of them takes a second. */
const runOnce: HardhatRuntimeEnvironment["run"] = (name, ...args) =>
  name === TASK_COMPILE ? (compiled ??= hre.run(name, ...args)) : hre.run(name, ...args);

/** A chain process with the contracts, a home with the keys `ada` and `bea`, each with 100,000 NKMS and an ether. */
export class TaskWorld {
  private prepared?: Promise<void>;

  private constructor(
    readonly process: ChainProcess,
    readonly rpc: JsonRpcProvider,
    readonly home: string,
    readonly out: string,
  ) {}

  static async open(): Promise<TaskWorld> {
    const process_ = await startChain();
    const folder = await mkdtemp(join(tmpdir(), "nkms-tasks-"));
    const rpc = new JsonRpcProvider(process_.url, 31337, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 50,
      batchStallTime: 0,
    });
    // A block that the chain mines by itself could come between what a test reads of time and what it sets.
    await rpc.send("evm_setIntervalMining", [0]);
    const world = new TaskWorld(process_, rpc, join(folder, "home"), join(folder, "deploy"));
    await writeFile(join(folder, "password"), `${PASSWORD}\n`, { mode: 0o600 });
    for (const name of ["ada", "bea"]) {
      await createKeyFile({ name, password: PASSWORD, lightScrypt: true, home: world.home });
    }
    return world;
  }

  /** Leaves nothing behind. All at once, for the end of a process. */
  close(): void {
    this.rpc.destroy();
    this.process.kill();
    rmSync(join(this.home, ".."), { recursive: true, force: true });
  }

  /** What an operator has in the environment. */
  get environment(): Record<string, string> {
    return { NKMS_HOME: this.home, NKMS_PASSWORD_FILE: join(this.home, "..", "password") };
  }

  /** Deploys and funds the keys, as an operator would, once. */
  prepare(): Promise<void> {
    return (this.prepared ??= this.deployAndFund());
  }

  private async deployAndFund(): Promise<void> {
    await this.json("deploy", { out: this.out });
    for (const to of ["ada", "bea"]) await this.json("faucet", { to, yes: true });
  }

  /** Runs a task against the chain process as `--network localhost` would. */
  run(name: string, args: Arguments = {}, change: EnvironmentChange & { terminal?: Terminal } = {}): Promise<Report> {
    return runTask(actionOf(name), new Session(this.hardhat(change), args, change.terminal ?? SILENT));
  }

  /** Runs a task with `--json`; stdout must hold exactly one value and one line. */
  async json(name: string, args: Arguments = {}, change: EnvironmentChange = {}): Promise<JsonReport> {
    const { exitCode, stdout } = await this.run(name, { ...args, json: true }, change);
    if (!/^[^\n]+\n$/.test(stdout)) throw new Error(`not one line: ${stdout}`);
    return { exitCode, value: JSON.parse(stdout) as JsonReport["value"] };
  }

  identity(name: string): Promise<Identity> {
    return openKeyFile({ name, password: PASSWORD });
  }

  async connect(name: string): Promise<Chain> {
    return connectChain({ provider: this.rpc, signer: (await this.identity(name)).account });
  }

  async passPeriods(count: number): Promise<void> {
    await this.rpc.send("evm_increaseTime", [count * 60]);
    await this.rpc.send("evm_mine", []);
  }

  /** Goes to the beginning of a period, so that none ends while a test runs. Asks past the provider's cache, which outlives a revert. */
  async beginPeriod(): Promise<void> {
    const block = (await this.rpc.send("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
    const timestamp = Number(block.timestamp);
    await this.rpc.send("evm_setNextBlockTimestamp", [(Math.floor(timestamp / 60) + 1) * 60]);
    await this.rpc.send("evm_mine", []);
  }

  snapshot(): Promise<string> {
    return this.rpc.send("evm_snapshot", []) as Promise<string>;
  }

  async revert(snapshot: string): Promise<void> {
    await this.rpc.send("evm_revert", [snapshot]);
  }

  private hardhat({ chainId = 31337, url = this.process.url }: EnvironmentChange): HardhatRuntimeEnvironment {
    const provider = {
      request: ({ method, params }: { method: string; params?: unknown[] }) => this.rpc.send(method, params ?? []),
    };
    const config = { ...hre.config.networks.localhost, url, chainId };
    const network = { ...hre.network, name: "localhost", config, provider };
    return Object.create(hre, { network: { value: network }, run: { value: runOnce } }) as HardhatRuntimeEnvironment;
  }
}

let shared: Promise<TaskWorld> | undefined;

async function openWorld(): Promise<TaskWorld> {
  const world = await TaskWorld.open();
  process.once("exit", () => world.close());
  return world;
}

/** The one world of all task tests that a process runs: starting a chain costs seconds. Every test gets it as it was after `prepare`. */
export function useTaskWorld(): () => TaskWorld {
  let world: TaskWorld;
  let snapshot: string;
  const environment = { ...process.env };
  before(async function () {
    this.timeout(120_000);
    shared ??= openWorld();
    world = await shared;
    Object.assign(process.env, world.environment);
    await world.prepare();
    snapshot = await world.snapshot();
  });
  beforeEach(async () => {
    Object.assign(process.env, world.environment);
    await world.beginPeriod();
  });
  afterEach(async () => {
    await world.revert(snapshot);
    snapshot = await world.snapshot();
  });
  after(() => {
    process.env = environment;
  });
  return () => world;
}
