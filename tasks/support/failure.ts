/** What a failed run prints. */
import { NkmsError } from "../../src/errors";
import { exitCodeOf } from "./exitCodes";
import { networkFault } from "./hardhatFaults";
import { toJson } from "./show";

/** How a run ended, and the bytes it prints. */
export interface Ending {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** An error as one JSON value on stdout, or as lines on stderr; `stack` is printed after it. */
export function reportFailure(error: unknown, { json, stack = "" }: { json: boolean; stack?: string }): Ending {
  const known = error instanceof NkmsError ? error : (networkFault(error) ?? unexpected(error));
  const exitCode = exitCodeOf(known);
  if (json) return { exitCode, stdout: line(toJson({ ok: false, error: known.toJSON() })), stderr: stack };
  return { exitCode, stdout: "", stderr: explain(known) + stack };
}

/** Text with its line end. */
export function line(text: string): string {
  return `${text}\n`;
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
