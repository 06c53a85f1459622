import { homedir } from "node:os";
import { join } from "node:path";

/** Where keys, deployments and state of one user are: the given folder, else `NKMS_HOME`, else `~/.nkms`. */
export function nkmsHome(home?: string): string {
  return home ?? process.env.NKMS_HOME ?? join(homedir(), ".nkms");
}

/** The store of a node for which no other folder is named. `home` as in {@link nkmsHome}. */
export function nodeStore(chainId: number, staker: string, home?: string): string {
  return join(nkmsHome(home), "nodes", String(chainId), staker.toLowerCase());
}
