import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { importsOf, type SourceTree } from "../house/imports";

/** Whether npm installed forge's program for this platform: it comes in a package of its own. One that does not run is there, and fails. */
export function hasForge(root: string): boolean {
  const scope = join(root, "node_modules", "@foundry-rs");
  return existsSync(scope) && readdirSync(scope).some((name) => name.startsWith("forge-"));
}

const MARK = "NKMS_DEEP";

/** Random steps of all campaigns together, at least. The short form belongs to `npm test`. */
const STEPS = { deep: 1_000_000, short: 11_400 };
/** Steps from one deployment on. */
const DEPTH = { deep: 500, short: 300 };

/** The suite that the short form leaves out: `test/differential/draws.test.ts` draws on the contract too, less often. */
export const DRAWS = "DrawsTest";

/** `chosen` is NKMS_STEPS. */
export function stepsWanted(short: boolean, chosen: string | undefined): number {
  if (chosen === undefined) return short ? STEPS.short : STEPS.deep;
  if (/^[1-9]\d*$/.test(chosen)) return Number(chosen);
  throw new Error(`NKMS_STEPS must be a positive integer, and is "${chosen}".`);
}

/** How often each campaign is run, and with how many steps, so that all take `steps` at least. */
export function shapeOf(short: boolean, steps: number, campaigns: number): { runs: number; depth: number } {
  const depth = short ? DEPTH.short : DEPTH.deep;
  return { runs: Math.ceil(steps / (campaigns * depth)), depth };
}

/** Test files that widen themselves under NKMS_DEEP, or import a file that does. */
export function deepTests(tests: SourceTree): string[] {
  const deep = (path: string, seen: ReadonlySet<string>): boolean =>
    !seen.has(path) &&
    ((tests.get(path) ?? "").includes(`process.env.${MARK}`) ||
      importsOf(path, tests).some(({ target }) => target !== undefined && deep(target, new Set([...seen, path]))));
  return [...tests.keys()].filter((path) => path.endsWith(".test.ts") && deep(path, new Set())).sort();
}

/** How many invariant campaigns forge runs: each invariant of an abstract suite once for every contract made from it. */
export function campaignsIn(sources: SourceTree): number {
  return [...sources.values()].reduce((sum, text) => {
    const invariants = (text.match(/function invariant_/g) ?? []).length;
    return sum + invariants * (text.match(/^contract \w+ is /gm) ?? []).length;
  }, 0);
}

/** What forge's report counts: tests passed and failed, and steps of all campaigns. */
export function forgeCounts(report: string): { passed: number; failed: number; steps: number } {
  const sum = (pattern: RegExp) => [...report.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
  const [, passed, failed] = /(\d+) tests passed, (\d+) failed/.exec(report) ?? [];
  return { passed: Number(passed ?? 0), failed: Number(failed ?? 1), steps: sum(/\(runs: \d+, calls: (\d+)/g) };
}
