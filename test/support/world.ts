import { Mnemonic } from "ethers";
import hre from "hardhat";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { deploySystem } from "../../deploy/deploySystem";
import { readParameters, type SystemParameters } from "../../deploy/parameters";
import { type Chain, connectChain } from "../../src/chain/connection";
import { type Identity, identityFromPhrase } from "../../src/chain/identity";
import type { Client } from "../../src/client/client";
import { connect } from "../../src/client/connect";
import type { ConnectOptions } from "../../src/client/settings";
import { chainAs, Operator, type OperatorTerms } from "./operator";
import { type RpcServer, serveRpc } from "./rpcServer";
import { seededRandom } from "./seededRandom";

export const NKMS = 10n ** 18n;
const ETHER = 10n ** 18n;

/** Made once per process: deriving keys from a phrase takes longer than a transaction. */
const identities = new Map<string, Identity>();

const LOCAL_PARAMETERS = join(__dirname, "../../deploy/parameters/local.json");

export interface WorldOptions {
  /** One per operator; default five alike. */
  readonly operators?: readonly Partial<OperatorTerms>[];
  /** Changes to the local deployment's parameters. */
  readonly change?: (parameters: SystemParameters) => void;
}

const DEFAULT_TERMS: OperatorTerms = { stake: 20_000n * NKMS, lockPeriods: 10_000n, feeRate: 10n ** 12n };

/**
 * A whole network for scenarios: the contracts on the in-process chain, deployed as everywhere, and real nodes on loopback sockets
 * with stores of their own. Clients reach the chain over JSON-RPC, as other processes do. `close` puts the chain back as it was.
 */
export class World {
  readonly operators: Operator[] = [];

  private constructor(
    /** The chain for other processes. */
    readonly rpc: RpcServer,
    /** As the deployer, who holds the initial supply. */
    readonly chain: Chain,
    readonly parameters: SystemParameters,
    /** Keys, policies, objects and the nodes' stores; gone after `close`. */
    readonly home: string,
    private readonly undo: () => Promise<void>,
  ) {}

  static async open({ operators = Array(5).fill({}), change = () => undefined }: WorldOptions = {}): Promise<World> {
    const snapshot = await hre.network.provider.send("evm_snapshot", []);
    const [deployer] = await hre.ethers.getSigners();
    const parameters = await readParameters(LOCAL_PARAMETERS);
    change(parameters);
    const deployment = await deploySystem(hre, { deployer: deployer.address, parameters });
    const rpc = await serveRpc(hre.network.provider);
    const chain = await connectChain({ provider: hre.ethers.provider, deployment, signer: deployer });
    const home = await mkdtemp(join(tmpdir(), "nkms-world-"));
    const world = new World(rpc, chain, parameters, home, async () => {
      await rpc.close();
      await rm(home, { recursive: true });
      await hre.network.provider.send("evm_revert", [snapshot]);
    });
    await world.#enrolAll(operators);
    return world;
  }

  /** An identity that is the same in every run, with ether and NKMS. */
  async identity(name: string, nkms: bigint = 1_000n * NKMS): Promise<Identity> {
    const identity = identities.get(name) ?? identityFromPhrase(phraseOf(name), name);
    identities.set(name, identity);
    await this.fund(identity.account.address, nkms);
    return { ...identity, seed: identity.seed.slice() };
  }

  /** Gives an account ether and NKMS. */
  async fund(account: string, nkms: bigint): Promise<void> {
    await this.setEther(account, 10n * ETHER);
    if (nkms > 0n) await this.chain.nkmsToken.transfer(account, nkms).send();
  }

  /** Sets what an account has for gas, in wei. */
  async setEther(account: string, wei: bigint): Promise<void> {
    await hre.network.provider.send("hardhat_setBalance", [account, "0x" + wei.toString(16)]);
  }

  /** A client of a funded identity, whose keys are published. */
  async connect(name: string, options: ConnectOptions = {}): Promise<Client> {
    const identity = options.identity ?? (await this.identity(name));
    return connect({ ...this.connection(), publish: true, ...options, identity });
  }

  /** What every client of this world needs to know. */
  connection(): ConnectOptions {
    const network = { rpcUrl: this.rpc.url, chainId: this.chain.chainId };
    return { network, home: this.home, deployment: this.chain.deployment };
  }

  /** The operator of a node. */
  operator(address: string): Operator {
    return this.operators.find((operator) => operator.address.toLowerCase() === address.toLowerCase())!;
  }

  /** Lets seconds pass and mines a block. */
  async pass(seconds: number | bigint): Promise<void> {
    await hre.network.provider.send("evm_increaseTime", [Number(seconds)]);
    await hre.network.provider.send("evm_mine", []);
  }

  async close(): Promise<void> {
    await Promise.all(this.operators.map((operator) => operator.stop()));
    await this.undo();
  }

  async #enrolAll(terms: readonly Partial<OperatorTerms>[]): Promise<void> {
    for (const [index, changed] of terms.entries()) {
      const name = `operator${index}`;
      const complete = { ...DEFAULT_TERMS, ...changed };
      const identity = await this.identity(name, complete.stake);
      const operator = new Operator(name, identity, await chainAs(identity, this.chain), this.home, complete.readPrice);
      await operator.start();
      await operator.enrol(complete);
      this.operators.push(operator);
    }
    await this.pass(this.parameters.staking.periodLength);
  }
}

function phraseOf(name: string): string {
  return Mnemonic.fromEntropy(seededRandom(`identity ${name}`)(16)).phrase;
}
