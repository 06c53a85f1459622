/** What the words for custom errors are made of. */
import { formatAmount } from "../../protocol/amount";

/** An argument of a custom error as decoded: integers are bigint, addresses and bytes hex. */
export type Value = string | bigint;

/** What happened, why, and what to do, for one refusal. */
export interface Words {
  message: string;
  why: string;
  fix: string;
}

/** The words by custom error name; each takes the error's arguments by name. */
export type RefusalTexts = Record<string, (args: Record<string, Value>) => Words>;

/** Words in their fixed order. */
export function words(message: string, why: string, fix: string): Words {
  return { message, why, fix };
}

/** An amount in base units as `15000 NKMS`. */
export function nkms(amount: Value): string {
  return `${formatAmount(BigInt(amount))} NKMS`;
}

/** Unix seconds as `2026-11-24 20:15:00 UTC`. */
export function utc(seconds: Value): string {
  const date = new Date(Number(seconds) * 1000);
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
