import { readFile } from "node:fs/promises";

import { createKeyFile, keyFileAddress, keyFilePath, listKeyFiles } from "../../src/chain/identity";
import { passwordFromFile } from "../../src/chain/password";
import { toHex } from "../../src/bytes";
import { umbral } from "../../src/crypto/umbral";
import { clientKeys, nodeKeys } from "../../src/protocol/keys";
import type { Outcome } from "../support/run";
import { type Session, usage } from "../support/session";
import { rows } from "../support/show";

/** Makes an encrypted key file and prints its address and, on a terminal, its backup words once. */
export async function newKey(session: Session): Promise<Outcome> {
  const name = session.required("name");
  keyFilePath({ name });
  const phrase = await readPhrase(session.optional("phraseFile"));
  const password = await newPassword(session, name);
  const created = await createKeyFile({ name, password, phrase, lightScrypt: session.flag("light") });
  const { address, file } = created;
  const words = phrase ? [] : backupWords(created.phrase);
  return {
    result: { name, address, file },
    text: [
      `  ✓ key ${name}`,
      ...rows([
        ["address", address],
        ["file", file],
      ]),
      ...words,
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
  try {
    return (await readFile(file, "utf8")).trim().split(/\s+/).join(" ");
  } catch {
    throw usage(`The file ${file} cannot be read.`, "Let --phrase-file name a file with the backup words.");
  }
}

async function newPassword(session: Session, name: string): Promise<string> {
  const password = await session.password(`New password for ${name}: `);
  if ((await passwordFromFile()) !== undefined) return password;
  if (password === (await session.password("Once more: "))) return password;
  throw usage("The two passwords differ.", "Try again.");
}

function backupWords(phrase: string): string[] {
  return [
    "  Write these words down. They are shown this once, and whoever has them has the key:",
    ...chunks(phrase.split(" "), 6).map((words) => `    ${words.join(" ")}`),
  ];
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
