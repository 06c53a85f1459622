/** Whether a consent is for the call that it is given with. */
import { NkmsError } from "../errors";

/** Throws E_CONSENT_MISMATCH {field, got, expected} for the first field in which a consent differs. */
export function requireSame<T extends object>(consent: T, expected: Partial<Record<keyof T, string | bigint>>): void {
  for (const [field, wanted] of Object.entries(expected) as [keyof T & string, string | bigint][]) {
    const got = consent[field] as string | bigint;
    if (got !== wanted) throw mismatch(field, got, wanted);
  }
}

function mismatch(field: string, got: string | bigint, expected: string | bigint): NkmsError {
  return new NkmsError("E_CONSENT_MISMATCH", `The consent is for ${field} ${got}; this call has ${expected}.`, {
    why: "A consent covers one call about one policy, by one party. Nothing was sent.",
    fix: field === "end" ? "Renew by the time that was agreed to, or ask for a new consent." : "Ask for a new consent.",
    data: { field, got, expected },
  });
}
