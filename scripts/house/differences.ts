import type { SourceTree } from "./imports";

/** What separates the committed files from freshly made ones, one line each; empty if nothing does. */
export function differences(committed: SourceTree, fresh: SourceTree): string[] {
  const missing = [...fresh.keys()].filter((path) => !committed.has(path)).map((path) => `${path} is missing`);
  const found = [...committed].flatMap(([path, text]) => {
    if (!fresh.has(path)) return [`${path} has no source any more`];
    return fresh.get(path) === text ? [] : [`${path} is stale`];
  });
  return [...found, ...missing].sort();
}
