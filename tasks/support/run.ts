/** Runs what a task does, and prints its outcome or its error. */
import { type Ending, line, reportFailure } from "./failure";
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

/** How a run ended, what it prints, and what still goes on. */
export interface Report extends Ending {
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
    return reportFailure(error, { json, stack: stackOf(error, session) });
  } finally {
    session.close();
  }
}

function stackOf(error: unknown, session: Session): string {
  const { verbose, showStackTraces } = session.hre.hardhatArguments;
  return verbose || showStackTraces ? line((error as Error).stack ?? "") : "";
}

/** Notes to somebody who waits; silent where only the result counts. */
export function progress(session: Session): Terminal["note"] {
  return session.flag("json") ? () => undefined : (text) => session.terminal.note(text);
}
