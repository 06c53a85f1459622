import { levelFiles, type Level } from "../../../src/node/sealedDatabase";

/**
 * LevelDB's real files, and a diary of what was done to them, written when it was done: "batch synced", "del", ...
 * A test adds lines of its own to see what came first.
 */
export function watchedLevel(diary: string[]): (directory: string) => Level {
  return (directory) =>
    new Proxy(levelFiles(directory), {
      get(level, name) {
        const part: unknown = Reflect.get(level, name);
        if (typeof part !== "function") return part;
        if (name !== "batch" && name !== "del") return part.bind(level) as unknown;
        return async (change: unknown, options?: { sync?: boolean }) => {
          await (Reflect.apply(part, level, [change, options]) as Promise<void>);
          diary.push(options?.sync ? `${name} synced` : name);
        };
      },
    });
}
