/** Runs what a task does, and prints its outcome or its error. */
import { NkmsError } from "../../src/errors";
import { exitCodeOf } from "./exitCodes";
import { type Arguments, Session } from "./session";
import { toJson } from "./show";
import { processTerminal, type Terminal } from "./terminal";
import type { HardhatRuntimeEnvironment } from "hardhat/types";

/** What a task found or did: `result` for programs, `text` for people. */
export interface Outcome {
  result: Record<string, unknown>;
  text: string[];
  /** What goes on after the outcome is printed, such as a service that runs until it is stopped. */
  until?: Promise<void>;
}

/** What a task does. */
export type Action = (session: Session) => Promise<Outcome>;

/** How a run ended, and the bytes it prints. */
export interface Report {
  exitCode: number;
  stdout: string;
  stderr: string;
  until?: Promise<void>;
}

/** Runs an action for somebody at a terminal: prints, and leaves the exit code for Hardhat to end with. */
export async function runOnProcess(action: Action, args: Arguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  const report = await runTask(action, new Session(hre, args, processTerminal));
  process.stdout.write(report.stdout);
  process.stderr.write(report.stderr);
  process.exitCode = report.exitCode;
  await report.until;
}

/** Runs an action and reports; it throws nothing. */
export async function runTask(action: Action, session: Session): Promise<Report> {
  const json = session.flag("json");
  try {
    const { result, text, until } = await action(session);
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
