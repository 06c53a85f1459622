import { join } from "node:path";

import { type Chain, connectChain } from "../../src/chain/connection";
import type { Identity } from "../../src/chain/identity";
import type { Engine, VerifiedAnswer } from "../../src/crypto/engine";
import { osRandom } from "../../src/crypto/random";
import { umbral } from "../../src/crypto/umbral";
import { LOCAL_CHAIN } from "../../src/node/chainHead";
import { systemClock } from "../../src/node/clock";
import { ethereumView } from "../../src/node/ethereumView";
import { type NodeOptions, type RunningNode, startNode } from "../../src/node/startNode";
import { type NodeKeys, nodeKeys } from "../../src/protocol/keys";
import { BOND, nodeRegistryDomain } from "../../src/protocol/policy";
import { signTypedData } from "../../src/protocol/typedSignature";

/** What an operator stakes and asks. */
export interface OperatorTerms {
  /** NKMS wei at stake. */
  readonly stake: bigint;
  readonly lockPeriods: bigint;
  /** NKMS wei per second. */
  readonly feeRate: bigint;
  /** NKMS wei per read where readers pay. */
  readonly readPrice?: bigint;
}

/** A staker with a real node: contracts, socket and store. Its node can be stopped, started again, and made to lie. */
export class Operator {
  readonly keys: NodeKeys;
  #node?: RunningNode;
  #port = 0;

  constructor(
    readonly name: string,
    readonly identity: Identity,
    readonly chain: Chain,
    private readonly home: string,
    private readonly readPrice?: bigint,
  ) {
    this.keys = nodeKeys(identity.seed, umbral());
  }

  get address(): string {
    return this.identity.account.address;
  }

  /** The node's store. */
  get directory(): string {
    return join(this.home, "nodes", this.name);
  }

  get url(): string {
    return this.#node!.url;
  }

  /** Starts the node, on the port it had before. With options of its own it is another node: one that lies, redeems, or asks another price. */
  async start(options: Partial<NodeOptions> = {}): Promise<void> {
    this.#node = await startNode({
      host: "127.0.0.1",
      port: this.#port,
      directory: this.directory,
      keys: this.keys,
      engine: umbral(),
      chain: ethereumView(this.chain, this.address),
      following: LOCAL_CHAIN,
      clock: systemClock,
      random: osRandom,
      log: () => undefined,
      readPrice: this.readPrice,
      ...options,
    });
    this.#port = this.#node.port;
  }

  async stop(): Promise<void> {
    await this.#node?.close();
    this.#node = undefined;
  }

  /** Stakes, registers the running node and bonds its worker; all of it counts from the next period. */
  async enrol({ stake, lockPeriods, feeRate }: OperatorTerms): Promise<void> {
    const { nkmsToken, stakingEscrow, nodeRegistry, deployment, chainId } = this.chain;
    const { encryption, worker } = this.keys;
    await nkmsToken.approve(deployment.StakingEscrow, stake).send();
    await stakingEscrow.create(stake, lockPeriods).send();
    const terms = { feeRate, capacity: 1_000n, minDuration: 1n, maxDuration: 86_400n * 365n };
    const checkKey = encryption.publicKey.slice(1);
    await nodeRegistry.register({ url: this.url, encryptionKey: encryption.publicKey, checkKey, terms }).send();
    const bond = { staker: this.address, worker: worker.address, nonce: 0n };
    const domain = nodeRegistryDomain(BigInt(chainId), deployment.NodeRegistry);
    await nodeRegistry.bondWorker(worker.address, signTypedData(worker.secretKey, domain, BOND, bond)).send();
  }
}

/** An engine that answers wrongly and believes itself: what a cheating node runs. */
export function lyingEngine(): Engine {
  const honest = umbral();
  const lies: Pick<Engine, "reencrypt" | "verify"> = {
    reencrypt(kfrag, capsule, random) {
      const cfrag = honest.reencrypt(kfrag, capsule, random);
      cfrag[cfrag.length - 70] ^= 1; // inside z, the answer of the proof
      return cfrag;
    },
    verify: (cfrag) => ({ cfrag }) as VerifiedAnswer,
  };
  return new Proxy(honest, {
    get(engine, name) {
      const value: unknown = Reflect.get(name in lies ? lies : engine, name);
      return typeof value === "function" ? (value.bind(engine) as unknown) : value;
    },
  });
}

/** A chain seen through `provider` with `identity` as the sender. */
export function chainAs(identity: Identity, base: Chain): Promise<Chain> {
  return connectChain({ provider: base.provider, deployment: base.deployment, signer: identity.account });
}
