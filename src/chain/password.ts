/** Passwords come from a file or a prompt, never from an argument or the value of an environment variable. */
import { readFile } from "node:fs/promises";

import { NkmsError } from "../errors";

/** Reads the first line of the file named by `passwordFile`, else by `NKMS_PASSWORD_FILE`; undefined if neither is set. */
export async function passwordFromFile(passwordFile?: string): Promise<string | undefined> {
  const file = passwordFile ?? process.env.NKMS_PASSWORD_FILE;
  if (!file) return undefined;
  try {
    return (await readFile(file, "utf8")).split(/\r?\n/, 1)[0];
  } catch (error) {
    throw new NkmsError("E_PASSWORD_FILE", `The password file ${file} cannot be read.`, {
      why: error instanceof Error ? error.message : undefined,
      fix: "Let NKMS_PASSWORD_FILE name a readable file whose first line is the password.",
      data: { file },
    });
  }
}
