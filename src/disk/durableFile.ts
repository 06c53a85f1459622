/** Files that survive a crash: either the old content stands or the whole new one, never a part. */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, rename, rm, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** How a file is written: its permission bits, 0600 by default, and whether an existing file is an error (`EEXIST`) or replaced. */
export interface WriteOptions {
  readonly mode?: number;
  readonly exclusive?: boolean;
}

/**
 * Writes a temporary file beside `path`, syncs it, moves it into place and syncs the folder. When the promise resolves the
 * content survives a power cut; before, the former file does. Missing folders are made for the user alone.
 */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  { mode = 0o600, exclusive = false }: WriteOptions = {},
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${basename(path).slice(0, 64)}.${randomBytes(8).toString("hex")}.tmp`);
  try {
    await writeSynced(draft, content, mode);
    await (exclusive ? link(draft, path) : rename(draft, path));
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
}

/** Removes `path` so that it stays removed. A file that is not there is no error. */
export async function removeDurably(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Whether a file system call failed because the path does not exist. */
export function isAbsent(error: unknown): boolean {
  return hasErrno(error, "ENOENT");
}

/** True for the errors of Node's file calls that carry this code, such as `EEXIST`. */
export function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/** The draft is new or nothing is written: not even a link that leads elsewhere is followed. */
async function writeSynced(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
