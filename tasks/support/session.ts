/** What one run of a task works with: its arguments, the network, the keys, and a connection that is closed at the end. */
import type { HardhatRuntimeEnvironment } from "hardhat/types";

import { type Chain, type ChainOptions, connectChain } from "../../src/chain/connection";
import { openProvider } from "../../src/chain/provider";
import { type Identity, keyFileAddress, openKeyFile } from "../../src/chain/identity";
import { passwordFromFile } from "../../src/chain/password";
import { NkmsError } from "../../src/errors";
import { noNetwork, orNoNetwork, rpcUrlOf } from "./network";
import type { Terminal } from "./terminal";

/** The values Hardhat parsed, by parameter name in camel case. */
export type Arguments = Record<string, string | boolean | undefined>;

export class Session {
  private readonly opened: Chain[] = [];

  constructor(
    readonly hre: HardhatRuntimeEnvironment,
    readonly args: Arguments,
    readonly terminal: Terminal,
  ) {}

  /** A parameter that may be left out. */
  optional(name: string): string | undefined {
    const value = this.args[name];
    return typeof value === "string" ? value : undefined;
  }

  /** A parameter that must be there. Throws E_USAGE. */
  required(name: string): string {
    const value = this.optional(name);
    if (value !== undefined && value !== "") return value;
    throw usage(`${option(name)} is missing.`, `Give it: ${option(name)} <value>`);
  }

  flag(name: string): boolean {
    return this.args[name] === true;
  }

  /** A whole number in a range, both ends included. Throws E_USAGE. */
  wholeNumber(name: string, minimum: number, byDefault?: number, maximum = Number.MAX_SAFE_INTEGER): number {
    const text = this.optional(name) ?? byDefault?.toString() ?? this.required(name);
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    const range = maximum === Number.MAX_SAFE_INTEGER ? "on" : `to ${maximum}`;
    throw usage(`${option(name)} is "${text}".`, `Give a whole number from ${minimum} ${range}.`);
  }

  /** The JSON-RPC URL of the network; undefined for Hardhat's own in-process network. Throws E_RPC_URL_MISSING. */
  get rpcUrl(): string | undefined {
    return rpcUrlOf(this.hre.network);
  }

  /** The same for what needs a chain that outlives the command. Throws E_USAGE. */
  get requiredUrl(): string {
    const { rpcUrl } = this;
    if (rpcUrl !== undefined) return rpcUrl;
    throw noNetwork();
  }

  /** A connection for reading, or one that sends as `signer`. */
  async connect(signer?: ChainOptions["signer"]): Promise<Chain> {
    const { rpcUrl } = this;
    const provider = signer?.provider ?? (rpcUrl ? undefined : this.hre.ethers.provider);
    const { chainId: expectedChainId } = this.hre.network.config;
    const connecting = connectChain({ rpcUrl, provider, signer, expectedChainId });
    const chain = await (rpcUrl === undefined ? orNoNetwork(connecting) : connecting);
    this.opened.push(chain);
    return chain;
  }

  /** The identity that `--from` names, and a connection that sends from its account. */
  async connectAs(): Promise<{ chain: Chain; identity: Identity }> {
    const identity = await this.identity(this.required("from"));
    return { chain: await this.connect(identity.account), identity };
  }

  /** Opens a key file with the password from NKMS_PASSWORD_FILE or a prompt. */
  async identity(name: string): Promise<Identity> {
    await keyFileAddress({ name }); // says that the key is missing before asking for a password
    return openKeyFile({ name, password: await this.password(`Password of ${name}: `) });
  }

  /** Throws E_PASSWORD_NEEDED where nobody can be asked. */
  async password(question: string): Promise<string> {
    const fromFile = await passwordFromFile();
    if (fromFile !== undefined) return fromFile;
    if (this.terminal.interactive) return this.terminal.askHidden(question);
    throw new NkmsError("E_PASSWORD_NEEDED", "A password is needed and there is no terminal to ask for it.", {
      why: "NKMS_PASSWORD_FILE is not set. Passwords are never taken from arguments.",
      fix: "Put the password into a file that only you can read and let NKMS_PASSWORD_FILE name it.",
    });
  }

  /** The address of a key file's name, or of a 0x address. Throws E_KEY_MISSING, E_BAD_ADDRESS. */
  async account(nameOrAddress: string): Promise<string> {
    if (!nameOrAddress.startsWith("0x")) return keyFileAddress({ name: nameOrAddress });
    const isAddress: boolean = this.hre.ethers.isAddress(nameOrAddress);
    if (isAddress) return this.hre.ethers.getAddress(nameOrAddress);
    throw new NkmsError("E_BAD_ADDRESS", `"${nameOrAddress}" is not an address.`, {
      why: "An address has 40 hex digits after 0x, and its capitals, if any, are a checksum.",
      fix: "Copy the address again, or give the name of a key.",
      data: { got: nameOrAddress },
    });
  }

  /** The account that `--of`, else `--from`, names. */
  async subject(): Promise<string> {
    const name = this.optional("of") ?? this.optional("from");
    if (name) return this.account(name);
    throw usage("It is not said whose.", "Give --of <name|0x...>");
  }

  /** A signer for an account that the node itself unlocks, as local chains do. Throws E_NO_UNLOCKED_ACCOUNT. */
  async unlocked(index: number): Promise<NonNullable<ChainOptions["signer"]>> {
    const provider = this.rpcUrl ? await openProvider(this.rpcUrl) : this.hre.ethers.provider;
    const accounts = (await provider.send("eth_accounts", [])) as string[];
    if (accounts[index]) return provider.getSigner(accounts[index]);
    throw new NkmsError("E_NO_UNLOCKED_ACCOUNT", `The chain has no unlocked account ${index}.`, {
      why: "Only local chains hold keys themselves.",
      fix: "Use a key file: --from <name>",
      data: { index, accounts: accounts.length },
    });
  }

  close(): void {
    for (const chain of this.opened) chain.close();
  }
}

/** Input that cannot be used. */
export function usage(message: string, fix: string): NkmsError {
  return new NkmsError("E_USAGE", message, { why: "Nothing was sent.", fix });
}

/** How a parameter is typed: `dryRun` is `--dry-run`. */
export function option(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
