/**
 * Objects as files below one root: `file://docs/plan.txt` is `<root>/docs/plan.txt`. A URI is always relative to the root;
 * nothing outside it can be named, not even through a symbolic link inside.
 */
import { constants } from "node:fs";
import { lstat, mkdir, open, type FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";

import { NkmsError } from "../errors";
import { isAbsent, removeDurably, writeDurably } from "../disk/durableFile";
import { MAX_OBJECT_BYTES, notFound, tooLarge, type StorageBackend } from "./storage";

const PREFIX = "file://";
const MAX_SEGMENT_BYTES = 200;
const MAX_PATH_BYTES = 1024;
/** Control characters, and what some file system or URI reader would take for syntax. */
const FORBIDDEN = /[\u0000-\u001f\u007f\\:*?"<>|%#]/;
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

export class FileStorage implements StorageBackend {
  readonly scheme = "file";
  readonly #root: string;

  /** `root` is made, with mode 0700, by the first write. */
  constructor(root: string) {
    this.#root = resolve(root);
  }

  async read(uri: string): Promise<Uint8Array> {
    const { directories, path } = this.#locate(uri);
    for (const directory of directories) await refuseLink(directory, uri);
    const file = await openObject(path, uri);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw badUri(uri);
      if (stat.size > MAX_OBJECT_BYTES) throw tooLarge(uri, stat.size);
      return new Uint8Array(await file.readFile());
    } finally {
      await file.close();
    }
  }

  async write(uri: string, data: Uint8Array): Promise<string> {
    const { directories, path } = this.#locate(uri);
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    for (const directory of directories) await ensureDirectory(directory, uri);
    await writeDurably(path, data);
    return uri;
  }

  async delete(uri: string): Promise<void> {
    const { directories, path } = this.#locate(uri);
    try {
      for (const directory of directories) await refuseLink(directory, uri);
    } catch (error) {
      if (error instanceof NkmsError && error.code === "E_NOT_FOUND") return;
      throw error;
    }
    await removeDurably(path);
  }

  /** The file of a URI and the directories between the root and it, outermost first. */
  #locate(uri: string): { directories: string[]; path: string } {
    const segments = uri.startsWith(PREFIX) ? uri.slice(PREFIX.length).split("/") : [];
    const fits = Buffer.byteLength(uri) <= MAX_PATH_BYTES && uri === uri.normalize("NFC");
    if (!fits || segments.length === 0 || !segments.every(isPlainName)) throw badUri(uri);
    const directories = segments.slice(0, -1).map((_, index) => join(this.#root, ...segments.slice(0, index + 1)));
    return { directories, path: join(this.#root, ...segments) };
  }
}

/** A name that means the same file on every system: no traversal, no separators, no device, no trailing dot or blank. */
function isPlainName(segment: string): boolean {
  return (
    segment.length > 0 &&
    Buffer.byteLength(segment) <= MAX_SEGMENT_BYTES &&
    !FORBIDDEN.test(segment) &&
    !DEVICE_NAME.test(segment) &&
    !/[. ]$|^ /.test(segment)
  );
}

async function openObject(path: string, uri: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error)) throw notFound(uri);
    if ((error as NodeJS.ErrnoException).code === "ELOOP") throw badUri(uri, error);
    throw error;
  }
}

async function ensureDirectory(path: string, uri: string): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await refuseLink(path, uri);
}

async function refuseLink(path: string, uri: string): Promise<void> {
  const stat = await lstat(path).catch((error: unknown) => {
    throw isAbsent(error) ? notFound(uri) : error;
  });
  if (!stat.isDirectory()) throw badUri(uri);
}

function badUri(uri: string, cause?: unknown): NkmsError {
  return new NkmsError("E_BAD_URI", `${JSON.stringify(uri)} does not name a file below the storage root.`, {
    why: 'Every part must be a plain name: no `..`, no empty part, no link, none of \\ : * ? " < > | % #.',
    fix: "Use a URI such as file://docs/plan.txt, relative to the storage root.",
    data: { uri },
    cause,
  });
}
