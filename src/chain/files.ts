/** Files that survive a crash: either the old content stands or the whole new one, never a part. */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Where keys, deployments and state of one user are: the given folder, else `NKMS_HOME`, else `~/.nkms`. */
export function nkmsHome(home?: string): string {
  return home ?? process.env.NKMS_HOME ?? join(homedir(), ".nkms");
}

/** How a file is written: its permission bits, and whether an existing file is an error (`EEXIST`) or replaced. */
export interface WriteOptions {
  mode?: number;
  exclusive?: boolean;
}

/** Writes beside the target, syncs, then moves into place and syncs the folder. Missing folders are made for the user alone. */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await writeSynced(draft, content, options.mode ?? 0o600);
    await (options.exclusive ? link(draft, path) : rename(draft, path));
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(folder);
}

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

/** Whether a file's mode lets anybody but its owner read, write or run it. */
export function openToOthers(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

/** The permission bits as `chmod` takes them. */
export function octalMode(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, "0");
}

/** True for the errors of Node's file calls that carry this code, such as `ENOENT`. */
export function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
