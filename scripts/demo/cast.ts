/** The people of the demo: their keys come from the seed and are worth nothing outside it. */
import { join } from "node:path";

import { createKeyFile, identityFromPhrase, type Identity, phraseFromEntropy } from "../../src/chain/identity";
import { writeDurably } from "../../src/disk/durableFile";
import { SeededRandom } from "./seededRandom";

/** Protects the demo's key files, which last as long as the demo. */
export const PASSWORD = "only for the demo";

/** The identity of a name under a seed. */
export function person(seed: number, name: string): Identity {
  return identityFromPhrase(phraseOf(seed, name), name);
}

/** Writes the key file that a node process opens, with light scrypt: the demo says so. */
export async function writeKeyFile(seed: number, name: string, home: string): Promise<void> {
  await createKeyFile({ name, home, password: PASSWORD, phrase: phraseOf(seed, name), lightScrypt: true });
}

/** Writes the file that names the password to the node processes. */
export async function writePasswordFile(home: string): Promise<string> {
  const file = join(home, "password");
  await writeDurably(file, PASSWORD + "\n", { mode: 0o600 });
  return file;
}

function phraseOf(seed: number, name: string): string {
  return phraseFromEntropy(new SeededRandom(`nkms demo/${seed}/${name}`).bytes(32));
}
