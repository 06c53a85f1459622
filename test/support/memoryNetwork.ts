import type { TransactionReceipt } from "ethers";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toHex } from "../../src/bytes";
import type { PolicyRecord as CreatedPolicy, Creation, PolicyState, Revocation } from "../../src/chain/policyManager";
import { liveShares, requireRenewable } from "../../src/chain/policyView";
import { refusal } from "../../src/chain/refusals";
import type { StakerState } from "../../src/chain/stakingEscrow";
import type { Channel } from "../../src/chain/paidReads";
import type { PublishedKeys } from "../../src/chain/keyRegistry";
import { serial } from "../../src/serial";
import { type ClientChain, type Context, type Transaction } from "../../src/client/context";
import { NodeClient } from "../../src/client/nodeClient";
import { Purse } from "../../src/client/purse";
import { openPolicyStore } from "../../src/client/policyStore";
import { umbral } from "../../src/crypto/umbral";
import { equalBytes } from "../../src/bytes";
import { NkmsError } from "../../src/errors";
import { clientKeys } from "../../src/protocol/keys";
import { creationFee, type Policy, policyId } from "../../src/protocol/policy";
import { MemoryStorage } from "../../src/storage/memory";
import { Storage } from "../../src/storage/storage";
import { fetchOf, type MemoryLedger, MemoryNode } from "./memoryNode";
import { seededRandom } from "./seededRandom";

const NOTHING: PolicyState = {
  end: 0n, removed: 0, leaked: 0, disclosed: 0, bountyReturned: 0, released: 0, closed: false, exists: false,
}; // prettier-ignore

const LASTING: StakerState = {
  deposit: 1n, reserved: 0n, claimable: 0n, provisional: 0n, lockedUntil: 2n ** 40n - 1n, active: true, suspended: false,
}; // prettier-ignore

/** Seconds of a policy's life that are paid for in any case. */
export const MIN_PAID = 60n;

/** Chain, nodes and storage in memory: what the verbs see, without what makes it expensive. Time stands unless a test moves it. */
export class MemoryNetwork implements MemoryLedger {
  readonly chainId = 31337n;
  readonly policyManager = "0x" + "cd".repeat(20);
  readonly paidReads = "0x" + "ce".repeat(20);
  readonly engine = umbral();
  readonly random;
  readonly nodes: MemoryNode[];
  readonly objects = new MemoryStorage();
  readonly balances = new Map<string, bigint>();
  readonly allowances = new Map<string, bigint>();
  readonly created: CreatedPolicy[] = [];
  readonly states = new Map<string, PolicyState>();
  readonly revocations: Revocation[] = [];
  readonly published = new Map<string, PublishedKeys>();
  readonly pathKeys = new Map<string, Uint8Array>();
  /** Channels by payer and node in lower case. */
  readonly channels = new Map<string, Channel>();
  /** Nodes that the contract refuses, with the refusal's code. */
  readonly refused = new Map<string, string>();
  /** How the stake of a node, in lower case, differs from that of one that stands by all policies. */
  readonly stakes = new Map<string, Partial<StakerState>>();
  /** The second until which nodes had to be locked, for each draw. */
  readonly drawnUntil: bigint[] = [];
  minFee = 1_000n;
  now = 1_800_000_000;
  /** What happened, in order: "approve", "create", "revoke", and what tests add. */
  readonly log: string[] = [];
  /** Called before a transaction is sent. */
  beforeSend: (name: string) => void | Promise<void> = () => undefined;

  private constructor(
    seed: string,
    nodeCount: number,
    readonly home: string,
  ) {
    this.random = seededRandom(seed);
    this.nodes = Array.from(
      { length: nodeCount },
      (_, index) => new MemoryNode(`http://127.0.0.1:${7001 + index}`, this),
    );
  }

  static async open(seed: string, nodeCount: number): Promise<MemoryNetwork> {
    return new MemoryNetwork(seed, nodeCount, await mkdtemp(join(tmpdir(), "nkms-memory-")));
  }

  close(): Promise<void> {
    return rm(this.home, { recursive: true });
  }

  /** Somebody with NKMS and published keys; `restarted` is the same person in another process. */
  person(name: string): Context {
    const seed = seededRandom(`person ${name}`)(64);
    const keys = clientKeys(seed, this.engine);
    const address = toHex(seededRandom(`account ${name}`)(20));
    if (!this.balances.has(address)) this.balances.set(address, 10n ** 24n);
    return {
      address,
      seed,
      keys,
      engine: this.engine,
      chain: this.chainOf(address),
      nodes: new NodeClient({ fetch: fetchOf(this.nodes), timeoutMs: 1_000, loopback: true }),
      storage: new Storage([this.objects]),
      store: openPolicyStore(join(this.home, address), keys.storeKey, this.random),
      purse: new Purse(),
      signAsAccount: async () => new Uint8Array(65),
      random: this.random,
      inTurn: serial(),
    };
  }

  /** A person whose public keys are in the registry. */
  publishedPerson(name: string): Context {
    const person = this.person(name);
    this.published.set(person.address, {
      encryptionKey: person.keys.recipient.publicKey,
      verifyingKey: person.keys.signing.publicKey,
      requestSigner: person.keys.requestSigner.address,
    });
    return person;
  }

  node(staker: string): MemoryNode {
    return this.nodes.find((node) => node.staker === staker.toLowerCase())!;
  }

  requireServed(id: string): void {
    const { exists, closed, end } = this.stateOf(id);
    if (!exists) throw new NkmsError("E_NOT_FUNDED", "Not on the chain.");
    if (closed)
      throw new NkmsError("E_REVOKED", "Access ended by the owner.", { fix: "Ask the owner to share again." });
    if (BigInt(this.now) >= end) throw new NkmsError("E_EXPIRED", "The time is over.");
  }

  private chainOf(account: string): ClientChain {
    return {
      chainId: Number(this.chainId),
      deployment: { PolicyManager: this.policyManager, PaidReads: this.paidReads } as ClientChain["deployment"],
      headTime: async () => this.now,
      close: () => undefined,
      nkmsToken: {
        balanceOf: async (owner) => this.balances.get(owner.toLowerCase()) ?? 0n,
        allowance: async (owner) => this.allowances.get(owner.toLowerCase()) ?? 0n,
        approve: (_spender, amount) => this.unchecked("approve", true, () => this.allowances.set(account, amount)),
      },
      paidReads: {
        channelOf: async (payer, node) => this.channels.get(payer.toLowerCase() + node.toLowerCase()),
        open: (node, signer, deposit) =>
          this.unchecked("open", undefined, () =>
            this.setChannel(account, node, { signer, deposit, redeemed: 0n, epoch: 0n }),
          ),
        topUp: (payer, node, amount) =>
          this.unchecked("topUp", undefined, () => {
            const channel = this.channels.get(payer.toLowerCase() + node.toLowerCase())!;
            this.setChannel(payer, node, { ...channel, deposit: channel.deposit + amount });
          }),
        startClose: (node) =>
          this.unchecked("startClose", 0n, () => {
            const channel = this.channels.get(account + node.toLowerCase())!;
            this.setChannel(account, node, { ...channel, closesAt: BigInt(this.now) + 86_400n });
          }),
        finishClose: (payer, node) =>
          this.unchecked("finishClose", 0n, () => void this.channels.delete(payer.toLowerCase() + node.toLowerCase())),
      },
      accessLog: {
        accessesOf: async () => ({ count: 0n, last: 0n }),
        record: () => this.unchecked("record", undefined, () => undefined),
      },
      stakingEscrow: {
        sample: async (count, _randoms, until) => {
          this.drawnUntil.push(until);
          return this.sample(count);
        },
        staker: async (node) => ({ ...LASTING, ...this.stakes.get(node.toLowerCase()) }),
      },
      nodeRegistry: {
        nodeOf: async (staker) => this.registered(staker),
        requireRegistered: async (staker) => void this.registered(staker),
        workerAt: async (staker) => this.node(staker).keys.worker.address,
      },
      keyRegistry: {
        keysOf: async (owner) => this.published.get(owner.toLowerCase()),
        publishersOf: async (requestSigner) =>
          [...this.published]
            .filter(([, keys]) => keys.requestSigner === requestSigner)
            .map(([owner, keys]) => ({ account: owner, ...keys })),
        pathKeyOf: async (owner, pathId) => this.pathKeys.get(owner.toLowerCase() + toHex(pathId)),
        publish: (keys) => this.unchecked("publish", undefined, () => this.published.set(account, keys)),
        publishPathKey: (id, key) =>
          this.unchecked("publishPathKey", undefined, () => this.pathKeys.set(account + toHex(id), key)),
      },
      policyManager: {
        parameters: async () => ({
          collateralPerKey: 1n, minFee: this.minFee, minPaid: MIN_PAID, maxDuration: 86_400n * 365n,
          challengeWindow: 1n, revealWindow: 1n, leakBurnBps: 1n,
        }), // prettier-ignore
        policies: async ({ owner, recipientSigner, pathKeyId } = {}) =>
          this.created.filter(
            ({ terms }) =>
              (owner === undefined || terms.owner === owner) &&
              (recipientSigner === undefined || terms.recipientSigner === recipientSigner) &&
              (pathKeyId === undefined || equalBytes(terms.pathKeyId, pathKeyId)),
          ),
        policy: async (id) => this.created.find(({ policyId: created }) => created === id),
        policyState: async (id) => this.stateOf(typeof id === "string" ? id : toHex(id)),
        revocationIn: () => this.revocations.at(-1)!,
        createFor: (creation) => this.create(creation.terms.payer, creation),
        renew: (policy, newEnd) => this.renew(policy, newEnd),
        renewFor: (policy, newEnd) => this.renew(policy, newEnd),
        create: (creation) => this.create(account, creation),
        revoke: (policy) => this.revoke(policy, account),
        revokeNode: (policy, shareIndex) => this.revokeNode(policy, account, shareIndex),
        revokeBySignature: (policy) => this.revoke(policy, policy.terms.owner),
        returnBounty: () => this.unchecked("returnBounty", 0n, () => undefined),
      },
    };
  }

  setChannel(payer: string, node: string, channel: Channel): void {
    this.channels.set(payer.toLowerCase() + node.toLowerCase(), channel);
  }

  private registered(staker: string) {
    if (!this.node(staker)) throw refusal("NotRegistered", { staker });
    const { url, feeRate, minDuration, maxDuration, keys } = this.node(staker);
    const terms = { feeRate, capacity: 10n, minDuration, maxDuration };
    const { encryption, worker } = keys;
    return {
      staker,
      url,
      encryptionKey: encryption.publicKey,
      checkKey: new Uint8Array(32),
      terms,
      worker: worker.address,
    };
  }

  private async sample(count: number): Promise<string[]> {
    if (count > this.nodes.length) throw new NkmsError("E_RANDOMS_EXHAUSTED", "Too few.");
    const rest = [...this.nodes];
    return Array.from({ length: count }, () => rest.splice(this.random(1)[0] % rest.length, 1)[0].staker);
  }

  private create(payer: string, creation: Creation): Transaction<string> {
    const fee = creationFee(creation.terms, creation.nodes.length);
    const id = toHex(policyId(creation));
    const check = () => {
      const node = creation.nodes.find((one) => this.refused.has(one));
      if (node) throw new NkmsError(this.refused.get(node)!, "Refused.", { data: { node } });
      const allowance = this.allowances.get(payer) ?? 0n;
      if (allowance >= fee) return id;
      const data = { spender: this.policyManager, allowance, needed: fee };
      throw new NkmsError("E_ERC20_INSUFFICIENT_ALLOWANCE", "Not approved.", { data });
    };
    return this.transaction("create", check, () => {
      this.allowances.set(payer, this.allowances.get(payer)! - fee);
      this.balances.set(payer, this.balances.get(payer)! - fee);
      this.states.set(id, { ...NOTHING, end: creation.terms.end, exists: true });
      this.created.push({ ...creation, policyId: id, block: this.created.length, transactionHash: "0x" });
    });
  }

  private renew(policy: Policy, newEnd: bigint): Transaction<void> {
    const id = toHex(policyId(policy));
    const check = () => requireRenewable(policy, this.stateOf(id), newEnd, BigInt(this.now));
    return this.transaction("renew", check, () => {
      this.states.set(id, { ...this.stateOf(id), end: newEnd });
    });
  }

  private revoke(policy: Policy, sender: string): Transaction<void> {
    const id = toHex(policyId(policy));
    return this.transaction(
      "revoke",
      () => this.requireRevocable(policy, sender),
      () => this.end(id, policy),
    );
  }

  private revokeNode(policy: Policy, sender: string, shareIndex: number): Transaction<void> {
    const id = toHex(policyId(policy));
    const check = () => {
      this.requireRevocable(policy, sender);
      if (liveShares(policy, this.stateOf(id)).includes(shareIndex)) return;
      throw refusal("NodeAlreadyRemoved", { policyId: id, node: policy.nodes[shareIndex] });
    };
    return this.transaction("revoke", check, () => {
      const state = this.stateOf(id);
      const next = { ...state, removed: state.removed | (1 << shareIndex) };
      this.states.set(id, next);
      this.revocations.push({ policyId: id, refund: 7n });
      if (liveShares(policy, next).length < policy.terms.threshold) this.end(id, policy);
    });
  }

  /** The contract's order: what the policy is, then who asks. */
  private requireRevocable(policy: Policy, sender: string): void {
    const id = toHex(policyId(policy));
    const { exists, closed, end } = this.stateOf(id);
    if (!exists) throw refusal("UnknownPolicy", { policyId: id });
    if (closed) throw refusal("PolicyClosed", { policyId: id });
    if (BigInt(this.now) >= end) throw refusal("PolicyEnded", { end, timestamp: BigInt(this.now) });
    if (sender !== policy.terms.owner) throw refusal("NotOwner", { caller: sender, owner: policy.terms.owner });
  }

  /** Closes a policy at min(end, max(now, start + minPaid)). */
  private end(id: string, { terms }: Policy): void {
    const state = this.stateOf(id);
    const left = [BigInt(this.now), terms.start + MIN_PAID].reduce((one, other) => (one > other ? one : other));
    const end = left < state.end ? left : state.end;
    this.states.set(id, { ...state, end, closed: true });
    this.revocations.push({ policyId: id, end, refund: 7n });
  }

  private stateOf(id: string): PolicyState {
    return this.states.get(id) ?? NOTHING;
  }

  private transaction<R>(name: string, check: () => R, apply: () => void): Transaction<R> {
    return {
      check: async () => check(),
      send: async () => {
        check();
        await this.beforeSend(name);
        apply();
        this.log.push(name);
        return { hash: "0x" + "ab".repeat(32), receipt: { logs: [] } as unknown as TransactionReceipt };
      },
    };
  }

  private unchecked<R>(name: string, result: R, apply: () => void): Transaction<R> {
    return this.transaction(name, () => result, apply);
  }
}
