/** Parameters of a deployment as data: whole tokens are strings, everything else whole numbers. */
import { readFile } from "node:fs/promises";

import type { PolicyParameters } from "../src/chain/policyManager";
import type { StakingParameters } from "../src/chain/stakingEscrow";
import { NkmsError } from "../src/errors";
import { parseAmount } from "../src/protocol/amount";

/** What is chosen at deployment. Amounts are base units; the contracts' constructors enforce bounds and cross-checks. */
export interface SystemParameters {
  token: { initialSupply: bigint; maxSupply: bigint };
  staking: StakingParameters;
  policy: PolicyParameters;
  payments: { closeDelay: bigint };
}

const FIELDS = {
  token: ["initialSupply", "maxSupply"],
  staking: [
    "periodLength",
    "decayPeriods",
    "minDeposit",
    "minLockPeriods",
    "maxLockPeriods",
    "unbondingPeriods",
    "checkShareBps",
    "vestPeriods",
  ],
  policy: ["collateralPerKey", "minFee", "minPaid", "maxDuration", "challengeWindow", "revealWindow", "leakBurnBps"],
  payments: ["closeDelay"],
} as const;

/** The set of parameters in a file. Throws E_BAD_PARAMETERS naming every missing, unknown or unreadable field. */
export async function readParameters(file: string): Promise<SystemParameters> {
  return parseParameters(parseJson(await readText(file), file), file);
}

/** The set of parameters in a JSON value; `origin` names it in errors. */
export function parseParameters(value: unknown, origin: string): SystemParameters {
  const faults: string[] = [];
  const groups = asRecord(value);
  const known = Object.keys(FIELDS);
  faults.push(...Object.keys(groups).filter((group) => !known.includes(group)));
  const parsed = Object.entries(FIELDS).map(([group, names]) => [
    group,
    parseGroup(group, names, groups[group], faults),
  ]);
  if (faults.length) throw badParameters(origin, faults);
  return Object.fromEntries(parsed) as SystemParameters;
}

function parseGroup(group: string, names: readonly string[], value: unknown, faults: string[]): Record<string, bigint> {
  const fields = asRecord(value);
  faults.push(...Object.keys(fields).flatMap((name) => (names.includes(name) ? [] : [`${group}.${name}`])));
  return Object.fromEntries(
    names.map((name) => {
      const parsed = parseField(fields[name]);
      if (parsed === undefined) faults.push(`${group}.${name}`);
      return [name, parsed ?? 0n];
    }),
  );
}

function parseField(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  if (typeof value !== "string") return undefined;
  try {
    return parseAmount(value);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw badParameters(file, ["the file, which cannot be read"]);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badParameters(file, ["the file, which is not JSON"]);
  }
}

function badParameters(origin: string, faults: string[]): NkmsError {
  return new NkmsError("E_BAD_PARAMETERS", `${origin} is not a set of parameters. At fault: ${faults.join(", ")}.`, {
    why: "Each field must be there once: whole tokens as a string, other values as whole numbers. Nothing was sent.",
    fix: "Begin with a copy of deploy/parameters/reference.json.",
    data: { origin, faults },
  });
}
