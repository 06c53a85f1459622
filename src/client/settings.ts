/** Where a client's settings come from: the call, then the environment, then `nkms.config.json` here, then defaults. */
import { readFile } from "node:fs/promises";

import type { Deployment } from "../chain/deployment";
import { hasErrno } from "../disk/durableFile";
import type { Identity } from "../chain/identity";
import type { RandomSource } from "../crypto/engine";
import { NkmsError } from "../errors";
import type { StorageBackend } from "../storage/storage";
import type { Fetch } from "./http";

/** A chain that is not one of the named networks. */
export interface CustomNetwork {
  readonly rpcUrl: string;
  /** Refuses to work with any other chain. */
  readonly chainId?: number;
}

/** Everything `connect` can be told; all of it is optional but the identity. */
export interface ConnectOptions {
  /**
   * `local` (chain 31337 on this machine), `sepolia`, or {rpcUrl, chainId}. The URLs of the two are in
   * NKMS_LOCALHOST_URL (default http://127.0.0.1:8545) and NKMS_SEPOLIA_URL, as for tasks. Env: NKMS_NETWORK; NKMS_RPC_URL stands for
   * {rpcUrl} and wins over it. Default `local`. */
  readonly network?: "local" | "sepolia" | CustomNetwork;
  /** A key file's name, or an identity that is open already. Env: NKMS_IDENTITY. */
  readonly identity?: string | Identity;
  /** Opens the key file. Prefer `passwordFile`. */
  readonly password?: string;
  /** A file whose first line is the password. Env: NKMS_PASSWORD_FILE. */
  readonly passwordFile?: string;
  /** Keys, deployments and policies of this user. Env: NKMS_HOME. Default `~/.nkms`. */
  readonly home?: string;
  /** Root of `file://` objects. Env: NKMS_STORAGE. Default `<home>/objects`. */
  readonly storageRoot?: string;
  /** Further storage backends; one that answers for `file` replaces the default. */
  readonly storage?: readonly StorageBackend[];
  /** The contracts, if they are in no deployment file. */
  readonly deployment?: Deployment;
  /** Publish the identity's public keys if they are not yet. Default: on the named networks, where the account has ether. */
  readonly publish?: boolean;
  /** How long a node may take to answer, in milliseconds. Default 5,000. */
  readonly nodeTimeoutMs?: number;
  readonly random?: RandomSource;
  readonly fetch?: Fetch;
}

/** The settings that may stand in the environment or in a file. */
export type StoredSettings = Pick<
  ConnectOptions,
  "network" | "identity" | "passwordFile" | "home" | "storageRoot" | "nodeTimeoutMs" | "publish"
>;

/** All of them by name; the type makes sure that none is forgotten. */
const OPTIONS: Readonly<Record<keyof ConnectOptions, true>> = {
  network: true,
  identity: true,
  password: true,
  passwordFile: true,
  home: true,
  storageRoot: true,
  storage: true,
  deployment: true,
  publish: true,
  nodeTimeoutMs: true,
  random: true,
  fetch: true,
};

const CONFIG_FILE = "nkms.config.json";
const STORABLE = ["network", "identity", "passwordFile", "home", "storageRoot", "nodeTimeoutMs", "publish"];

/** The options with everything filled in that environment and configuration file know. Throws E_BAD_CONFIG, E_BAD_OPTION {option}. */
export async function settle(options: ConnectOptions, environment: NodeJS.ProcessEnv): Promise<ConnectOptions> {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) throw unknownOption(unknown);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...(await fromFile(CONFIG_FILE)), ...fromEnvironment(environment), ...given };
}

function unknownOption(option: string): NkmsError {
  return new NkmsError("E_BAD_OPTION", `connect has no option ${option}.`, {
    why: "It would be ignored, and something else than was meant would happen.",
    fix: `The options are ${Object.keys(OPTIONS).join(", ")}.`,
    data: { option },
  });
}

function fromEnvironment(environment: NodeJS.ProcessEnv): StoredSettings {
  const { NKMS_NETWORK, NKMS_RPC_URL, NKMS_IDENTITY, NKMS_PASSWORD_FILE, NKMS_HOME, NKMS_STORAGE } = environment;
  const network = NKMS_RPC_URL ? { rpcUrl: NKMS_RPC_URL } : NKMS_NETWORK;
  const settings = {
    network,
    identity: NKMS_IDENTITY,
    passwordFile: NKMS_PASSWORD_FILE,
    home: NKMS_HOME,
    storageRoot: NKMS_STORAGE,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value));
}

async function fromFile(file: string): Promise<StoredSettings> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (hasErrno(error, "ENOENT")) return {};
    throw error;
  }
  const settings = parseObject(text);
  const unknown = settings && Object.keys(settings).find((name) => !STORABLE.includes(name));
  if (settings && unknown === undefined) return settings;
  throw new NkmsError("E_BAD_CONFIG", `${file} is not a configuration.`, {
    why: unknown === undefined ? "It is not a JSON object." : `It sets ${unknown}, which is no setting of a file.`,
    fix: `Use only ${STORABLE.join(", ")}. Passwords stay in a file of their own: passwordFile.`,
    data: { file, unknown },
  });
}

function parseObject(text: string): StoredSettings | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
