/** connect: opens an identity and a chain, and gathers what the verbs work with (V.A). */
import { join } from "node:path";

import { type Chain, type ChainOptions, connectChain } from "../chain/connection";
import { nkmsHome } from "../disk/home";
import { type Identity, openKeyFile, signTyped } from "../chain/identity";
import { LOCAL_CHAIN_ID, SEPOLIA_CHAIN_ID } from "../chain/networks";
import { passwordFromFile } from "../chain/password";
import type { Engine } from "../crypto/engine";
import { osRandom } from "../crypto/random";
import { umbral } from "../crypto/umbral";
import { NkmsError } from "../errors";
import { serial } from "../serial";
import { clientKeys } from "../protocol/keys";
import { FileStorage } from "../storage/file";
import { Storage } from "../storage/storage";
import { type Client, client } from "./client";
import type { Context } from "./context";
import { NodeClient } from "./nodeClient";
import { openPolicyStore } from "./policyStore";
import { publicFetch } from "./publicFetch";
import { Purse } from "./purse";
import { publishKeys } from "./publishKeys";
import { type ConnectOptions, settle } from "./settings";

const DEFAULT_NODE_TIMEOUT_MS = 5_000;

/**
 * Connects an identity to the network. Throws E_IDENTITY_MISSING, E_PASSWORD_MISSING, E_KEY_MISSING, E_WRONG_PASSWORD,
 * E_UNKNOWN_NETWORK, E_RPC_FAILED, E_WRONG_CHAIN {got, expected}, E_NO_DEPLOYMENT, E_NOT_DEPLOYED, E_BAD_CONFIG,
 * E_BAD_OPTION.
 */
export async function connect(options: ConnectOptions = {}): Promise<Client> {
  const settings = await settle(options, process.env);
  const { expectedChainId, rpcUrl } = networkOf(settings);
  const identity = await identityOf(settings);
  const chain = await connectChain({ ...chainSource(settings), rpcUrl, expectedChainId, signer: identity.account });
  try {
    const context = contextOf(settings, identity, chain, umbral());
    if (settings.publish ?? (await mayPublish(settings, identity, chain))) await publishKeys(context);
    return client(context);
  } catch (error) {
    chain.close();
    throw error;
  }
}

/** Everything the verbs work with, from an open identity and an open chain. */
export function contextOf(settings: ConnectOptions, identity: Identity, chain: Chain, engine: Engine): Context {
  const home = nkmsHome(settings.home);
  const random = settings.random ?? osRandom;
  const { address } = identity.account;
  const keys = clientKeys(identity.seed, engine);
  const loopback = chain.chainId === LOCAL_CHAIN_ID;
  const files = new FileStorage(settings.storageRoot ?? join(home, "objects"));
  const policies = join(home, "state", String(chain.chainId), address.toLowerCase(), "policies");
  return {
    address,
    seed: identity.seed,
    keys,
    engine,
    chain,
    nodes: new NodeClient({
      fetch: settings.fetch ?? (loopback ? fetch : publicFetch()),
      timeoutMs: settings.nodeTimeoutMs ?? DEFAULT_NODE_TIMEOUT_MS,
      loopback,
    }),
    storage: new Storage([files, ...(settings.storage ?? [])]),
    store: openPolicyStore(policies, keys.storeKey, random),
    signAsAccount: (domain, type, message) => signTyped(identity.account, domain, type, message),
    purse: new Purse(),
    random,
    inTurn: serial(),
  };
}

function chainSource({ deployment, home }: ConnectOptions): Pick<ChainOptions, "deployment" | "home"> {
  return { deployment, home };
}

/** The URL of a network and the chain it must be. */
function networkOf({ network = "local" }: ConnectOptions): { rpcUrl: string; expectedChainId?: number } {
  if (typeof network === "object") return { rpcUrl: network.rpcUrl, expectedChainId: network.chainId };
  const { NKMS_LOCALHOST_URL, NKMS_SEPOLIA_URL } = process.env;
  if (network === "local") {
    return { rpcUrl: NKMS_LOCALHOST_URL ?? "http://127.0.0.1:8545", expectedChainId: LOCAL_CHAIN_ID };
  }
  if (network === "sepolia" && NKMS_SEPOLIA_URL) {
    return { rpcUrl: NKMS_SEPOLIA_URL, expectedChainId: SEPOLIA_CHAIN_ID };
  }
  throw unknownNetwork(network);
}

async function identityOf({ identity, password, passwordFile, home }: ConnectOptions): Promise<Identity> {
  if (typeof identity === "object") return identity;
  if (identity === undefined) throw identityMissing();
  const known = password ?? (await passwordFromFile(passwordFile));
  if (known === undefined) throw passwordMissing(identity);
  return openKeyFile({ name: identity, home, password: known });
}

/** On the test networks a reader is reachable at once, without asking, if the account can pay the gas. */
async function mayPublish(
  { network = "local" }: ConnectOptions,
  { account }: Identity,
  chain: Chain,
): Promise<boolean> {
  return typeof network === "string" && (await chain.provider.getBalance(account.address)) > 0n;
}

function unknownNetwork(network: string): NkmsError {
  const urlMissing = network === "sepolia";
  return new NkmsError("E_UNKNOWN_NETWORK", `The network ${JSON.stringify(network)} cannot be reached.`, {
    why: urlMissing ? "NKMS_SEPOLIA_URL is not set." : "The named networks are local and sepolia.",
    fix: urlMissing ? "Set NKMS_SEPOLIA_URL to an RPC URL." : "Use local, sepolia, or {rpcUrl, chainId}.",
    data: { network },
  });
}

function identityMissing(): NkmsError {
  return new NkmsError("E_IDENTITY_MISSING", "It is not said who connects.", {
    why: "Neither the call, nor NKMS_IDENTITY, nor nkms.config.json names an identity.",
    fix: 'Name a key file: connect({identity: "alice"}). Make one with createKeyFile({name, password}), or in the repository with npx hardhat key:new --name alice.',
  });
}

function passwordMissing(name: string): NkmsError {
  return new NkmsError("E_PASSWORD_MISSING", `The key of ${name} needs a password.`, {
    why: "Neither a password nor a password file was given, and a library never prompts.",
    fix: "Let NKMS_PASSWORD_FILE, or the option passwordFile, name a file whose first line is the password.",
    data: { name },
  });
}
