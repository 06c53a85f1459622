/**
 * What a node writes down. Every event has a name and typed fields, listed here and nowhere else: there is no way to log free
 * text, a key, a message of another party or bytes. One JSON object per line.
 *
 * Levels: error = the operator must act; warn = something was refused or failed and may pass; info = a change of state;
 * debug = one line per request.
 */
import type { Clock } from "./clock";

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Fields by event. Ids are hashes and addresses the chain shows anyway. */
export interface LogEvents {
  node_started: { url: string; staker: string; worker: string; engine: string; backend: string; held: number };
  node_stopped: { held: number };
  grant_stored: { policyId: string; shareIndex: number };
  grant_refused: { code: string };
  reencrypted: { policyId: string; milliseconds: number };
  reencrypt_refused: { code: string };
  fraction_deleted: { policyId: string; reason: string; block: number };
  chain_lost: { code: string };
  chain_found: { block: number };
  follow_failed: { code: string; cause?: string };
  vouchers_redeemed: { channels: number; amount: string };
  vouchers_forgotten: { channels: number };
  voucher_unsigned: { payer: string };
  redeem_failed: { code: string };
  forget_failed: { code: string };
  answer_withheld: { policyId: string; code: string };
  unexpected: { where: string; name: string; frames: string };
}

export const LEVELS: { readonly [E in keyof LogEvents]: LogLevel } = {
  node_started: "info",
  node_stopped: "info",
  grant_stored: "info",
  grant_refused: "debug",
  reencrypted: "debug",
  reencrypt_refused: "debug",
  fraction_deleted: "info",
  chain_lost: "warn",
  chain_found: "info",
  follow_failed: "warn",
  vouchers_redeemed: "info",
  vouchers_forgotten: "info",
  voucher_unsigned: "error",
  redeem_failed: "warn",
  forget_failed: "warn",
  answer_withheld: "error",
  unexpected: "error",
};

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

export type Log = <E extends keyof LogEvents>(event: E, fields: LogEvents[E]) => void;

/** A log that gives each line at or above `level` to `write`, with Unix seconds, level and event before the fields. */
export function jsonLog(level: LogLevel, clock: Clock, write: (line: string) => void): Log {
  return (event, fields) => {
    if (RANK[LEVELS[event]] > RANK[level]) return;
    write(JSON.stringify({ time: clock.unixSeconds(), level: LEVELS[event], event, ...fields }));
  };
}

/** What may be said of an error nobody foresaw: its class and where it arose, never its message. */
export function describeUnexpected(where: string, error: unknown): LogEvents["unexpected"] {
  if (!(error instanceof Error)) return { where, name: typeof error, frames: "" };
  const stack = (error.stack ?? "").replace(error.message, "");
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  return {
    where,
    name: error.name,
    frames: frames
      .slice(0, 5)
      .join(" | ")
      .replace(/ {4}at /g, ""),
  };
}
