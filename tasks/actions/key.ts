import { rm } from "node:fs/promises";

import { createKeyFile, keyFileAddress, keyFilePath, listKeyFiles, phraseFromEntropy } from "../../src/chain/identity";
import { passwordFromFile } from "../../src/chain/password";
import { toHex } from "../../src/bytes";
import { osRandom } from "../../src/crypto/random";
import { umbral } from "../../src/crypto/umbral";
import { clientKeys, nodeKeys } from "../../src/protocol/keys";
import { readNamedFile, writeNamedFile } from "../support/files";
import type { Outcome } from "../support/run";
import { type Session, usage } from "../support/session";
import { rows } from "../support/show";

const NO_BACKUP =
  "  This key has no backup: there was no terminal to show its words on. --phrase-out <file> keeps them.";

/** Makes an encrypted key file. Its backup words go to a file if one is named, else to the terminal, once, and never to stdout. */
export async function newKey(session: Session): Promise<Outcome> {
  const name = session.required("name");
  keyFilePath({ name });
  const given = await readPhrase(session.optional("phraseFile"));
  const password = await newPassword(session, name);
  const phrase = given ?? phraseFromEntropy(osRandom(32));
  const phraseOut = given === undefined ? await writePhrase(session.optional("phraseOut"), phrase) : undefined;
  const key = { name, password, phrase, lightScrypt: session.flag("light") };
  const { address, file } = await createKeyFile(key).catch(async (error: unknown) => {
    if (phraseOut) await rm(phraseOut);
    throw error;
  });
  const backup = given ? "given" : (phraseOut ?? (session.terminal.interactive ? "terminal" : "none"));
  if (backup === "terminal") showWords(session, phrase);
  return {
    result: { name, address, file, backup },
    text: [
      `  ✓ key ${name}`,
      ...rows([["address", address], ["file", file], ...(phraseOut ? ([["backup words", phraseOut]] as const) : [])]),
      ...(backup === "none" ? [NO_BACKUP] : []),
    ],
  };
}

/** Prints the address of a key, and with --keys the public keys derived from it. */
export async function showKey(session: Session): Promise<Outcome> {
  const name = session.optional("name");
  const names = name ? [name] : await listKeyFiles();
  const keys = await Promise.all(
    names.map(async (each) => ({ name: each, address: await keyFileAddress({ name: each }) })),
  );
  const derived = session.flag("keys") ? await publicKeys(session, session.required("name")) : {};
  const shown = [...keys.map((key) => [key.name, key.address] as const), ...Object.entries(derived)];
  return {
    result: name ? { ...keys[0], ...derived } : { keys },
    text: shown.length ? rows(shown) : ["  There are no keys yet. Make one: npx hardhat key:new --name ada"],
  };
}

async function publicKeys(session: Session, name: string): Promise<Record<string, string>> {
  const { seed } = await session.identity(name);
  const engine = umbral();
  const client = clientKeys(seed, engine);
  const node = nodeKeys(seed, engine);
  return {
    encryptionKey: toHex(client.recipient.publicKey),
    verifyingKey: toHex(client.signing.publicKey),
    requestSigner: client.requestSigner.address,
    worker: node.worker.address,
    nodeEncryptionKey: toHex(node.encryption.publicKey),
  };
}

async function readPhrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return (await readNamedFile("phraseFile", file, "the backup words")).trim().split(/\s+/).join(" ");
}

async function newPassword(session: Session, name: string): Promise<string> {
  const password = await session.password(`New password for ${name}: `);
  if ((await passwordFromFile()) !== undefined) return password;
  if (password === (await session.password("Once more: "))) return password;
  throw usage("The two passwords differ.", "Try again.");
}

/** Before the key is made: words that cannot be kept must not become a key without a backup. Throws E_USAGE. */
async function writePhrase(file: string | undefined, phrase: string): Promise<string | undefined> {
  if (file !== undefined) await writeNamedFile("phraseOut", file, phrase);
  return file;
}

function showWords({ terminal }: Session, phrase: string): void {
  terminal.note("  Write these words down. They are shown this once, and whoever has them has the key:");
  for (const words of chunks(phrase.split(" "), 6)) terminal.note(`    ${words.join(" ")}`);
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
