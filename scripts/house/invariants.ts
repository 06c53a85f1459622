import type { SourceTree } from "./imports";

/** One row of the invariants' tables in docs/protocol.md. */
export interface InvariantRow {
  /** As tests quote it, for example I-E1. */
  readonly name: string;
  /** Paths of the tests named in the row, from the repository's root. */
  readonly tests: readonly string[];
}

/** The rows of all tables whose first cell starts with an invariant's name; links lead from docs/ to tests. */
export function invariantRows(text: string): InvariantRow[] {
  return [...text.matchAll(/^\| (I-[A-Z]\d+) .*\|([^|]*)\|$/gm)].map(([, name, cell]) => ({
    name,
    tests: [...cell.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map((match) => match[1]),
  }));
}

/**
 * Where table and tests disagree: a row names a test that does not quote the invariant, a test quotes a name without a row,
 * or an invariant has two rows.
 */
export function invariantMismatches(rows: readonly InvariantRow[], tests: SourceTree): string[] {
  const names = rows.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name} has two rows`);
  const unquoted = rows.flatMap(({ name, tests: named }) =>
    named.filter((path) => !quotes(tests.get(path) ?? "").has(name)).map((path) => `${path} does not quote ${name}`),
  );
  const unknown = [...tests].flatMap(([path, text]) =>
    [...quotes(text)].filter((name) => !names.includes(name)).map((name) => `${path} quotes ${name}, which has no row`),
  );
  return [...twice, ...unquoted, ...unknown];
}

function quotes(text: string): Set<string> {
  return new Set([...text.matchAll(/\bI-[A-Z]\d+\b/g)].map((match) => match[0]));
}
