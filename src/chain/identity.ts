/**
 * Identities: one BIP-39 mnemonic each, kept in an encrypted key file (Web3 Secret Storage v3 with the mnemonic, as wallets
 * write it) at `NKMS_HOME/keys/<name>.json`, readable by its owner alone. Every other key is derived from the seed elsewhere.
 */
import { encryptKeystoreJson, getAddress, HDNodeWallet, isKeystoreJson, Mnemonic, randomBytes, Wallet } from "ethers";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { fromHex, toHex } from "../bytes";
import { NkmsError } from "../errors";
import type { Domain, Message, MessageType } from "../protocol/typedData";
import { hasErrno, writeDurably } from "../disk/durableFile";
import { octalMode, openToOthers } from "../disk/permissions";
import { nkmsHome } from "../disk/home";

/** Who acts: the chain account (path m/44'/60'/0'/0/0) and the 64-byte BIP-39 seed that all other keys come from. */
export interface Identity {
  name?: string;
  account: HDNodeWallet;
  seed: Uint8Array;
}

/** Which key file is meant. `home` as in {@link nkmsHome}. */
export interface KeyFileName {
  name: string;
  home?: string;
}

/** A new key file. `phrase` brings an existing mnemonic; `lightScrypt` weakens the password hashing, for demos and tests. */
export interface NewKeyFile extends KeyFileName {
  password: string;
  phrase?: string;
  lightScrypt?: boolean;
}

/** What `createKeyFile` made. The phrase is shown to the user once and kept nowhere else. */
export interface CreatedKey {
  name: string;
  address: string;
  file: string;
  phrase: string;
}

const MIN_PASSWORD_LENGTH = 8;
const STANDARD_SCRYPT_N = 1 << 17;
const LIGHT_SCRYPT_N = 1 << 12;

/** Where the key file is. Throws E_KEY_NAME for a name that is not 1 to 32 letters, digits, `-` or `_`. */
export function keyFilePath({ name, home }: KeyFileName): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(name)) {
    throw new NkmsError("E_KEY_NAME", `"${name}" cannot name a key file.`, {
      why: "A name is 1 to 32 letters, digits, - or _ and begins with a letter or digit.",
      fix: "Choose another name, for example: --name ada",
      data: { name },
    });
  }
  return join(nkmsHome(home), "keys", `${name}.json`);
}

/** The identity of a mnemonic. Throws E_BAD_MNEMONIC if its words or checksum are wrong; the words are not repeated. */
export function identityFromPhrase(phrase: string, name?: string): Identity {
  if (!Mnemonic.isValidMnemonic(phrase)) {
    throw new NkmsError("E_BAD_MNEMONIC", "The backup words are not a valid mnemonic.", {
      why: "A word is not in the BIP-39 English list, or the checksum in the last word does not fit.",
      fix: "Check the spelling and the order of the words.",
    });
  }
  const mnemonic = Mnemonic.fromPhrase(phrase);
  return { name, account: HDNodeWallet.fromMnemonic(mnemonic), seed: fromHex(mnemonic.computeSeed(), 64) };
}

/** The 24 words that stand for 32 bytes of entropy (BIP-39). */
export function phraseFromEntropy(entropy: Uint8Array): string {
  return Mnemonic.fromEntropy(entropy).phrase;
}

/** Makes a key file that did not exist. Throws E_KEY_EXISTS, E_PASSWORD_TOO_SHORT, E_KEY_NAME, E_BAD_MNEMONIC. */
export async function createKeyFile(options: NewKeyFile): Promise<CreatedKey> {
  const file = keyFilePath(options);
  if (options.password.length < MIN_PASSWORD_LENGTH) throw passwordTooShort();
  const phrase = options.phrase ?? phraseFromEntropy(randomBytes(32));
  const { account } = identityFromPhrase(phrase);
  const content = await encryptAccount(account, options.password, options.lightScrypt ?? false);
  try {
    await writeDurably(file, content, { mode: 0o600, exclusive: true });
  } catch (error) {
    throw hasErrno(error, "EEXIST") ? keyExists(options.name, file) : error;
  }
  return { name: options.name, address: account.address, file, phrase };
}

/** Opens a key file. Throws E_KEY_MISSING, E_KEY_PERMISSIONS, E_KEY_CORRUPT, E_WRONG_PASSWORD. */
export async function openKeyFile(key: KeyFileName & { password: string }): Promise<Identity> {
  const content = await readKeyFile(key);
  const wallet = await decryptAccount(content, key);
  if (!(wallet instanceof HDNodeWallet) || !wallet.mnemonic) throw keyCorrupt(key, "It holds no mnemonic.");
  return identityFromPhrase(wallet.mnemonic.phrase, key.name);
}

/** The account's address of a key file, which needs no password. Throws as {@link openKeyFile}. */
export async function keyFileAddress(key: KeyFileName): Promise<string> {
  const { address } = JSON.parse(await readKeyFile(key)) as { address: string };
  return getAddress(address.startsWith("0x") ? address : `0x${address}`);
}

/** The names of all key files, in alphabetical order. */
export async function listKeyFiles(home?: string): Promise<string[]> {
  try {
    const files = await readdir(join(nkmsHome(home), "keys"));
    return files
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .sort();
  } catch (error) {
    if (hasErrno(error, "ENOENT")) return [];
    throw error;
  }
}

async function encryptAccount(account: HDNodeWallet, password: string, light: boolean): Promise<string> {
  const { address, privateKey, path, mnemonic } = account;
  const entropy = mnemonic!.entropy; // account was made from a mnemonic by identityFromPhrase
  const scrypt = { N: light ? LIGHT_SCRYPT_N : STANDARD_SCRYPT_N };
  const keystore = { address, privateKey, mnemonic: { path: path!, locale: "en", entropy } };
  return encryptKeystoreJson(keystore, password, { scrypt, client: "nkms" });
}

async function readKeyFile(key: KeyFileName): Promise<string> {
  const file = keyFilePath(key);
  try {
    const { mode } = await stat(file);
    if (openToOthers(mode)) throw keyPermissions(key, file, mode);
    const content = await readFile(file, "utf8");
    if (!isKeystoreJson(content)) throw keyCorrupt(key, "It is not a version 3 key file.");
    return content;
  } catch (error) {
    throw hasErrno(error, "ENOENT") ? await keyMissing(key, file) : error;
  }
}

async function decryptAccount(content: string, key: KeyFileName & { password: string }) {
  try {
    return await Wallet.fromEncryptedJson(content, key.password);
  } catch (error) {
    if (error instanceof Error && /incorrect password/.test(error.message)) throw wrongPassword(key.name);
    throw keyCorrupt(key, "Its fields do not fit together.");
  }
}

function passwordTooShort(): NkmsError {
  return new NkmsError("E_PASSWORD_TOO_SHORT", `The password has fewer than ${MIN_PASSWORD_LENGTH} characters.`, {
    why: "The key file is only as safe as its password. Nothing was written.",
    fix: "Choose a longer password.",
    data: { minimum: MIN_PASSWORD_LENGTH },
  });
}

function keyExists(name: string, file: string): NkmsError {
  return new NkmsError("E_KEY_EXISTS", `There is already a key named ${name}.`, {
    why: "A key file is never overwritten. The existing one is unchanged.",
    fix: "Choose another --name, or move the existing file away.",
    data: { name, file },
  });
}

async function keyMissing({ name, home }: KeyFileName, file: string): Promise<NkmsError> {
  const known = await listKeyFiles(home);
  return new NkmsError("E_KEY_MISSING", `There is no key named ${name}.`, {
    why: known.length ? `The keys here are: ${known.join(", ")}.` : "There are no keys here yet.",
    fix: `Make it with createKeyFile({name, password}), or in the repository: npx hardhat key:new --name ${name}`,
    data: { name, file, known },
  });
}

function keyPermissions({ name }: KeyFileName, file: string, mode: number): NkmsError {
  const octal = octalMode(mode);
  return new NkmsError("E_KEY_PERMISSIONS", `The key file of ${name} may be read by others (mode ${octal}).`, {
    why: "A key file must be for its owner alone, or its password can be guessed elsewhere. It was not opened.",
    fix: `chmod 600 ${file}`,
    data: { name, file, mode: octal },
  });
}

function keyCorrupt(key: KeyFileName, why: string): NkmsError {
  return new NkmsError("E_KEY_CORRUPT", `The key file of ${key.name} cannot be used.`, {
    why,
    fix: `Move it away and make the key again from its backup words: createKeyFile({name, password, phrase}), or npx hardhat key:new --name ${key.name} --phrase-file <file>`,
    data: { name: key.name, file: keyFilePath(key) },
  });
}

function wrongPassword(name: string): NkmsError {
  return new NkmsError("E_WRONG_PASSWORD", `The password does not open the key of ${name}.`, {
    why: "The key file's checksum does not match. Nothing was sent.",
    fix: "Check the password, or the file that NKMS_PASSWORD_FILE names.",
    data: { name },
  });
}

/** The account of a 32-byte secret key. */
export function accountOf(secretKey: Uint8Array): Wallet {
  return new Wallet(toHex(secretKey));
}

/** An account's EIP-712 signature, r ‖ s ‖ v. */
export async function signTyped<T extends MessageType>(
  account: Pick<Wallet, "signTypedData">,
  domain: Domain,
  type: T,
  message: Message<T>,
): Promise<Uint8Array> {
  return fromHex(await account.signTypedData(domain, { [type.name]: [...type.fields] }, message), 65);
}
