/** Files that an option names. */
import { readFile } from "node:fs/promises";

import { hasErrno, writeDurably } from "../../src/disk/durableFile";
import { option, usage } from "./session";

/** The text of the file that a parameter names. Throws E_USAGE; `holding` says what it should hold. */
export async function readNamedFile(param: string, file: string, holding: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch {
    throw usage(`The file ${file} cannot be read.`, `Let ${option(param)} name a file with ${holding}.`);
  }
}

/** Writes a line to the new file that a parameter names, readable by its user alone. Throws E_USAGE. */
export async function writeNamedFile(param: string, file: string, line: string): Promise<void> {
  try {
    await writeDurably(file, `${line}\n`, { mode: 0o600, exclusive: true });
  } catch (error) {
    const why = hasErrno(error, "EEXIST") ? "exists already and is not overwritten" : "cannot be written";
    throw usage(`The file ${file} ${why}.`, `Let ${option(param)} name a new file in a folder of yours.`);
  }
}
