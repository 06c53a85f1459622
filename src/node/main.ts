#!/usr/bin/env node
/**
 * The node as a process: `node dist/src/node/main.js --config node.json`. Prints one JSON line when it listens, or when it
 * cannot; the log goes to stderr. SIGTERM and SIGINT stop it gracefully, a second one at once.
 */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { parseArgs } from "node:util";

import { passwordFromFile } from "../chain/password";
import { NkmsError } from "../errors";
import { encodeProblem } from "../protocol/problem";
import { readConfig, type NodeConfig } from "./config";
import { exitCodeOf, EXIT_INTERRUPTED } from "./exitCodes";
import { runNode } from "./runNode";

const USAGE = "node dist/src/node/main.js --config <file> [--password-file <file>]";

interface Arguments {
  readonly config: string;
  readonly passwordFile?: string;
}

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  const config = withEnvironment(await readConfig(args.config));
  const password = (await passwordFromFile(args.passwordFile)) ?? (await askPassword(config.identity));
  const node = await runNode({ config, password, writeLog: (line) => process.stderr.write(line + "\n") });
  stopOnSignals(() => node.close());
  print({ ok: true, url: node.url, port: node.port, staker: node.staker });
}

function readArguments(argv: string[]): Arguments {
  try {
    const options = { config: { type: "string" }, "password-file": { type: "string" } } as const;
    const { values } = parseArgs({ args: argv, options, allowPositionals: false });
    if (values.config !== undefined) return { config: values.config, passwordFile: values["password-file"] };
    throw new NkmsError("E_USAGE", "The configuration file is missing.", { fix: USAGE });
  } catch (error) {
    throw error instanceof NkmsError ? error : new NkmsError("E_USAGE", (error as Error).message, { fix: USAGE });
  }
}

function withEnvironment(config: NodeConfig): NodeConfig {
  return { ...config, rpcUrl: process.env.NKMS_RPC_URL ?? config.rpcUrl };
}

async function askPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new NkmsError("E_PASSWORD_NEEDED", `The password of the key ${name} is needed.`, {
      why: "No password file is named, and nobody is at a terminal to ask.",
      fix: "Let NKMS_PASSWORD_FILE name a file whose first line is the password.",
      data: { name },
    });
  }
  process.stderr.write(`Password of the key ${name}: `);
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: hidden, terminal: true });
  try {
    return await reader.question("");
  } finally {
    reader.close();
    process.stderr.write("\n");
  }
}

function stopOnSignals(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(EXIT_INTERRUPTED);
    stopping = true;
    close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function print(value: object): void {
  process.stdout.write(JSON.stringify(value) + "\n");
}

function fail(error: unknown): never {
  const known = error instanceof NkmsError ? error : new NkmsError("E_UNEXPECTED", String(error));
  print({ ok: false, error: JSON.parse(encodeProblem(known)) as unknown });
  process.exit(exitCodeOf(error));
}

main().catch(fail);
