import { homedir } from "node:os";
import { join } from "node:path";

/** Where keys, deployments and state of one user are: the given folder, else `NKMS_HOME`, else `~/.nkms`. */
export function nkmsHome(home?: string): string {
  return home ?? process.env.NKMS_HOME ?? join(homedir(), ".nkms");
}
