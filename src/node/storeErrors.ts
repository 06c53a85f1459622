import { NkmsError } from "../errors";

/** E_STORE_CORRUPT: something in the store is not what was written. `entry` is the name of what does not open. */
export function storeCorrupt(directory: string, entry: string, cause?: unknown): NkmsError {
  return new NkmsError("E_STORE_CORRUPT", `The store ${directory} is damaged.`, {
    why: "What is on disk is not what was written there. Nothing of it was used.",
    fix: "Move the store away and restore it from a backup, or start empty: owners can grant again.",
    data: { directory, entry },
    cause,
  });
}

/** What a failure of LevelDB means. */
export function storeError(directory: string, cause: unknown): unknown {
  const codes = levelCodes(cause);
  if (codes.includes("LEVEL_LOCKED")) return storeLocked(directory);
  const isDamage = codes.some((code) => ["LEVEL_CORRUPTION", "LEVEL_IO_ERROR", "LEVEL_INVALID"].includes(code));
  return isDamage ? storeCorrupt(directory, "database", cause) : cause;
}

function storeLocked(directory: string): NkmsError {
  return new NkmsError("E_STORE_LOCKED", `The store ${directory} is in use.`, {
    why: "Another process has it open; two nodes on one store would overwrite each other.",
    fix: "Stop the other node first.",
    data: { directory },
  });
}

/** The codes of an error and of its causes, as classic-level sets them. */
function levelCodes(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  return [...(typeof code === "string" ? [code] : []), ...levelCodes(error.cause)];
}
