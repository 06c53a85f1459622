/** Declares a task: its parameters, what it does, and how its outcome or error is printed. */
import { task, types } from "hardhat/config";

import { NkmsError } from "../../src/errors";
import { exitCodeOf } from "./exitCodes";
import { Session } from "./session";
import { toJson } from "./show";
import { processTerminal, type Terminal } from "./terminal";

/** What a task found or did: `result` for programs, `text` for people. */
export interface Outcome {
  result: Record<string, unknown>;
  text: string[];
  /** What goes on after the outcome is printed, such as a service that runs until it is stopped. */
  until?: Promise<void>;
}

/** A task's name, help, and parameters by name in camel case; all are optional to Hardhat and checked by us (exit code 2). */
export interface TaskDefinition {
  name: string;
  description: string;
  params?: Record<string, string>;
  flags?: Record<string, string>;
  /** Adds what every transaction takes: --from, --yes, --dry-run, --max-fee. */
  writes?: boolean;
  run(session: Session): Promise<Outcome>;
}

/** How a run ended, and the bytes it prints. */
export interface Report {
  exitCode: number;
  stdout: string;
  stderr: string;
  until?: Promise<void>;
}

const WRITE_PARAMS = { from: "Name of the key file that sends", maxFee: "Highest price of gas, in gwei" };
const WRITE_FLAGS = { yes: "Send without asking", dryRun: "Show what would be sent, send nothing" };

const definitions = new Map<string, TaskDefinition>();

/** Makes a task known to Hardhat. */
export function defineTask(definition: TaskDefinition): void {
  const { name, description, writes } = definition;
  definitions.set(name, definition);
  const declared = task(name, description);
  const params = { ...definition.params, ...(writes ? WRITE_PARAMS : {}) };
  const flags = { ...definition.flags, ...(writes ? WRITE_FLAGS : {}), json: "Print one JSON value and nothing else" };
  for (const [param, help] of Object.entries(params)) declared.addOptionalParam(param, help, undefined, types.string);
  for (const [flag, help] of Object.entries(flags)) declared.addFlag(flag, help);
  declared.setAction(async (args: Session["args"], hre) => {
    const report = await runTask(name, new Session(hre, args, processTerminal));
    process.stdout.write(report.stdout);
    process.stderr.write(report.stderr);
    process.exitCode = report.exitCode;
    await report.until;
  });
}

/** Runs a declared task and reports; it throws nothing. */
export async function runTask(name: string, session: Session): Promise<Report> {
  const json = session.flag("json");
  try {
    const { result, text, until } = await definitions.get(name)!.run(session);
    const stdout = json ? line(toJson({ ok: true, ...result })) : text.map(line).join("");
    return { exitCode: 0, stdout, stderr: "", until };
  } catch (error) {
    return failure(error, json, session);
  } finally {
    session.close();
  }
}

function failure(error: unknown, json: boolean, session: Session): Report {
  const known = error instanceof NkmsError ? error : unexpected(error);
  const { verbose, showStackTraces } = session.hre.hardhatArguments;
  const stack = verbose || showStackTraces ? line((error as Error).stack ?? "") : "";
  const exitCode = exitCodeOf(error);
  if (json) return { exitCode, stdout: line(toJson({ ok: false, error: known.toJSON() })), stderr: stack };
  return { exitCode, stdout: "", stderr: explain(known) + stack };
}

function unexpected(error: unknown): NkmsError {
  return new NkmsError("E_UNEXPECTED", error instanceof Error ? error.message : String(error), {
    why: "This is a bug.",
    fix: "Run it again with --show-stack-traces and report what it prints.",
  });
}

function explain({ code, message, why, fix, data }: NkmsError): string {
  const done =
    Array.isArray(data.done) && data.done.length ? [`  Done before: ${(data.done as string[]).join(", ")}`] : [];
  const parts = [`  ✗ ${code}  ${message}`, ...done];
  if (why) parts.push(`    Why: ${why}`);
  if (fix) parts.push(`    Fix: ${fix}`);
  return parts.map(line).join("");
}

function line(text: string): string {
  return `${text}\n`;
}

/** Notes to somebody who waits; silent where only the result counts. */
export function progress(session: Session): Terminal["note"] {
  return session.flag("json") ? () => undefined : (text) => session.terminal.note(text);
}
