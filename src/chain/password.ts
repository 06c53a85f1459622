/** Passwords come from a file or a prompt, never from an argument or the value of an environment variable. */
import { readFile, stat } from "node:fs/promises";

import { NkmsError } from "../errors";
import { octalMode, openToOthers } from "../disk/permissions";

/**
 * Reads the first line of the file named by `passwordFile`, else by `NKMS_PASSWORD_FILE`; undefined if neither is set. Throws
 * E_PASSWORD_FILE if it cannot be read, or can be read by others.
 */
export async function passwordFromFile(passwordFile?: string): Promise<string | undefined> {
  const file = passwordFile ?? process.env.NKMS_PASSWORD_FILE;
  if (!file) return undefined;
  try {
    const { mode } = await stat(file);
    if (openToOthers(mode)) throw readableByOthers(file, mode);
    return (await readFile(file, "utf8")).split(/\r?\n/, 1)[0];
  } catch (error) {
    if (error instanceof NkmsError) throw error;
    throw new NkmsError("E_PASSWORD_FILE", `The password file ${file} cannot be read.`, {
      why: error instanceof Error ? error.message : undefined,
      fix: "Let NKMS_PASSWORD_FILE name a readable file whose first line is the password.",
      data: { file },
    });
  }
}

function readableByOthers(file: string, mode: number): NkmsError {
  return new NkmsError(
    "E_PASSWORD_FILE",
    `The password file ${file} may be read by others (mode ${octalMode(mode)}).`,
    {
      why: "Whoever reads it can open the keys it protects. It was not used.",
      fix: `chmod 600 ${file}`,
      data: { file, mode: octalMode(mode) },
    },
  );
}
