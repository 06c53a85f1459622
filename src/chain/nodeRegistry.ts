/** The node registry: where nodes answer, under which keys, on which terms, and who signs for them. */
import type { Provider } from "ethers";

import type { NodeRegistry } from "../../typechain-types";
import { fromHex } from "../bytes";
import { type At, type Call, prepare } from "./call";
import { queryEvents } from "./events";
import { explained, refusal } from "./refusals";

/** What a node asks for: base units per second and policy, fractions at most, and seconds. */
export interface NodeTerms {
  feeRate: bigint;
  capacity: bigint;
  minDuration: bigint;
  maxDuration: bigint;
}

/** What a staker publishes about its node. `encryptionKey` has 33 bytes, `checkKey` 32 (the x coordinate). */
export interface NodeRecord {
  url: string;
  encryptionKey: Uint8Array;
  checkKey: Uint8Array;
  terms: NodeTerms;
}

/** A registered node. `worker` signs for it in this period; undefined if none does. */
export interface RegisteredNode extends NodeRecord {
  staker: string;
  worker?: string;
}

const NOBODY = "0x0000000000000000000000000000000000000000";

export class NodeRegistryClient {
  constructor(
    private readonly contract: NodeRegistry,
    private readonly provider: Provider,
    private readonly deployedAtBlock: number,
  ) {}

  isRegistered(staker: string): Promise<boolean> {
    return explained(this.contract.isRegistered(staker));
  }

  /** Throws ContractRefusal E_NOT_REGISTERED. */
  async requireRegistered(staker: string): Promise<void> {
    if (!(await this.isRegistered(staker))) throw refusal("NotRegistered", { staker });
  }

  /** Everything published about a node. Throws ContractRefusal E_NOT_REGISTERED. */
  async nodeOf(staker: string, at: At = {}): Promise<RegisteredNode> {
    const { url, encryptionKey, checkKey, terms, worker } = await explained(this.contract.nodeOf(staker, at));
    const { feeRate, capacity, minDuration, maxDuration } = terms;
    return {
      staker,
      url,
      encryptionKey: fromHex(encryptionKey, 33),
      checkKey: fromHex(checkKey, 32),
      terms: { feeRate, capacity, minDuration, maxDuration },
      worker: somebody(worker),
    };
  }

  /** The stakers of all registered nodes, in the order in which they registered. */
  async registeredStakers({ blockTag }: At = {}): Promise<string[]> {
    const filter = this.contract.filters.NodeRegistered();
    const events = await queryEvents(this.contract, filter, this.provider, this.deployedAtBlock, blockTag);
    return events.map(({ args }) => args.staker as string);
  }

  /** Who signs for a staker in this period; undefined if nobody. */
  async workerOf(staker: string): Promise<string | undefined> {
    return somebody(await explained(this.contract.workerOf(staker)));
  }

  /** Who signed for a staker at a Unix second; undefined if nobody. */
  async workerAt(staker: string, timestamp: bigint): Promise<string | undefined> {
    return somebody(await explained(this.contract.workerAt(staker, timestamp)));
  }

  /** The staker that a worker serves, at the latest from the next period on; undefined if none. */
  async stakerOf(worker: string): Promise<string | undefined> {
    return somebody(await explained(this.contract.stakerOf(worker)));
  }

  /** The nonce that a worker's next consent must carry. */
  bondNonce(staker: string): Promise<bigint> {
    return explained(this.contract.bondNonce(staker));
  }

  register({ url, encryptionKey, checkKey, terms }: NodeRecord): Call<void> {
    return prepare(this.provider, this.contract.register, [url, encryptionKey, checkKey, terms]);
  }

  setUrl(url: string): Call<void> {
    return prepare(this.provider, this.contract.setUrl, [url]);
  }

  setTerms(terms: NodeTerms): Call<void> {
    return prepare(this.provider, this.contract.setTerms, [terms]);
  }

  setEncryptionKey(encryptionKey: Uint8Array): Call<void> {
    return prepare(this.provider, this.contract.setEncryptionKey, [encryptionKey]);
  }

  setCheckKey(checkKey: Uint8Array): Call<void> {
    return prepare(this.provider, this.contract.setCheckKey, [checkKey]);
  }

  /** Makes `worker` sign for the caller's node from the next period on; `consent` is its EIP-712 signature of BOND. */
  bondWorker(worker: string, consent: Uint8Array): Call<void> {
    return prepare(this.provider, this.contract.bondWorker, [worker, consent]);
  }

  unbondWorker(): Call<void> {
    return prepare(this.provider, this.contract.unbondWorker, []);
  }
}

function somebody(address: string): string | undefined {
  return address === NOBODY ? undefined : address;
}
