/** One node with its chain, owner and recipient, for tests that speak HTTP to it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Engine, Fraction, KeyPair } from "../../../src/crypto/engine";
import { sealTo } from "../../../src/crypto/sealedBox";
import { umbral } from "../../../src/crypto/umbral";
import { NkmsError } from "../../../src/errors";
import type { Following } from "../../../src/node/chainHead";
import type { NodeState } from "../../../src/node/chainView";
import { jsonLog, type LogEvents } from "../../../src/node/log";
import { startNode, type NodeOptions, type RunningNode } from "../../../src/node/startNode";
import { decode, encode } from "../../../src/protocol/codec";
import { nodeKeys } from "../../../src/protocol/keys";
import {
  grantAnswer,
  grantRequest,
  reencryptAnswer,
  reencryptRequest,
  type GrantAnswer,
  type GrantRequest,
  type ReencryptAnswer,
  type ReencryptRequest,
  type RequestMessage,
} from "../../../src/protocol/messages";
import { keyId } from "../../../src/protocol/path";
import { optionalHash, policyId, type Terms } from "../../../src/protocol/policy";
import { decodeProblem } from "../../../src/protocol/problem";
import { capsuleHash } from "../../../src/protocol/receipt";
import { REQUEST, trafficDomain } from "../../../src/protocol/request";
import { signerAddress, signTypedData } from "../../../src/protocol/typedSignature";
import { toHex } from "../../../src/bytes";
import { seededRandom } from "../seededRandom";
import { TestChain } from "./testChain";
import { TestClock } from "./testClock";

export const NOW = 1_800_000_000n;
export const STAKER = "0x" + "55".repeat(20);
/** Three nodes; the one under test is in the middle. */
export const NODES = ["0x" + "11".repeat(20), STAKER, "0x" + "99".repeat(20)];
export const SHARE_INDEX = 1;
export const FOLLOWING: Following = {
  depth: 0,
  deletionDepth: 0,
  pollMs: 250,
  headReuseMs: 0,
  maxSilenceMs: 10_000,
  callTimeoutMs: 5_000,
};

export const engine = umbral();
export const random = seededRandom("node world");
const NODE_SEED = random(64);
export const KEYS = nodeKeys(NODE_SEED, engine);

const path = engine.keygen(random);
export const signing: KeyPair = engine.keygen(random);
export const recipient: KeyPair = engine.keygen(random);
export const requestSigner = random(32);
export const pathKey = path;
export const fractions: Fraction[] = engine.rekey(
  {
    ownerSecretKey: path.secretKey,
    recipientPublicKey: recipient.publicKey,
    signerSecretKey: signing.secretKey,
    threshold: 2,
    shares: 3,
  },
  random,
);
/** Every secret the tests hold or hand over. */
export const secrets: Record<string, Uint8Array> = {
  seed: NODE_SEED,
  worker: KEYS.worker.secretKey,
  encryption: KEYS.encryption.secretKey,
  store: KEYS.storeKey,
  path: path.secretKey,
  signing: signing.secretKey,
  recipient: recipient.secretKey,
  requestSigner,
  kfrag: fractions[SHARE_INDEX].kfrag,
  reencryptionKey: fractions[SHARE_INDEX].kfrag.subarray(32, 64),
};

/** The engine with some of its work done otherwise. */
export function engineWith(changes: Partial<Engine>): Engine {
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(engine)).filter((name) => name !== "constructor");
  const bound = own.map((name) => {
    const part: unknown = engine[name as keyof Engine];
    return [name, typeof part === "function" ? (part.bind(engine) as unknown) : part];
  });
  return { ...engine, ...(Object.fromEntries(bound) as Engine), ...changes };
}

export const nodeState = (): NodeState => ({
  worker: KEYS.worker.address,
  encryptionKey: KEYS.encryption.publicKey,
  terms: { feeRate: 5n, capacity: 100n, minDuration: 60n, maxDuration: 1_000_000n },
  suspended: false,
  lockedUntil: NOW + 10_000_000n,
  deposit: 45_000n * 10n ** 18n,
  claimable: 5n * 10n ** 17n,
});

export const terms = (changes: Partial<Terms> = {}): Terms => ({
  owner: "0x" + "a1".repeat(20),
  payer: "0x" + "a2".repeat(20),
  recipientSigner: signerAddress(requestSigner),
  threshold: 2,
  pathKeyId: keyId(path.publicKey),
  recipientKeyId: keyId(recipient.publicKey),
  start: NOW,
  end: NOW + 86_400n,
  maxEnd: NOW + 172_800n,
  acceptBy: NOW + 600n,
  feeRate: 5n,
  bounty: 0n,
  conditionHash: new Uint8Array(32),
  noteHash: new Uint8Array(32),
  ...changes,
});

/** A grant the node takes. Terms go by `terms`; every other part may be replaced. */
export function grantOf(changes: Partial<Terms> = {}, parts: Partial<GrantRequest> = {}): GrantRequest {
  const condition = parts.condition ?? new Uint8Array();
  return {
    chainId: 31_337n,
    policyManager: "0x" + "ab".repeat(20),
    terms: terms({ conditionHash: optionalHash(condition), ...changes }),
    nodes: NODES,
    commitments: fractions.map(({ commitment: { digest, point } }) => ({ digest, point: toHex(point) })),
    condition,
    shareIndex: SHARE_INDEX,
    ownerKeys: {
      pathPublicKey: path.publicKey,
      verifyingKey: signing.publicKey,
      recipientKey: recipient.publicKey,
    },
    sealedFraction: sealTo(engine, KEYS.encryption.publicKey, fractions[SHARE_INDEX].kfrag, random),
    ...parts,
  };
}

/** A request the node serves, for the grant's policy; a fresh capsule and id each time. */
export function requestOf(
  grant: GrantRequest,
  changes: Partial<RequestMessage> = {},
  parts: { capsule?: Uint8Array; signWith?: Uint8Array } = {},
): ReencryptRequest {
  const capsule = parts.capsule ?? engine.encapsulate(path.publicKey, random).capsule;
  const request: RequestMessage = {
    policyId: policyId(grant),
    shareIndex: BigInt(SHARE_INDEX),
    capsuleHash: capsuleHash(capsule),
    requestId: random(32),
    requestTime: NOW,
    ...changes,
  };
  const domain = trafficDomain(grant.chainId, grant.policyManager);
  return { request, capsule, signature: signTypedData(parts.signWith ?? requestSigner, domain, REQUEST, request) };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface LogLine {
  readonly level: string;
  readonly event: keyof LogEvents;
  readonly [field: string]: unknown;
}

export class World {
  readonly chain = new TestChain(STAKER, nodeState(), NOW);
  readonly clock = new TestClock(Number(NOW));
  readonly lines: string[] = [];
  node!: RunningNode;

  private constructor(
    readonly directory: string,
    private readonly changes: Partial<NodeOptions>,
  ) {}

  static async open(changes: Partial<NodeOptions> = {}): Promise<World> {
    const world = new World(await mkdtemp(join(tmpdir(), "nkms-node-")), changes);
    await world.start();
    return world;
  }

  /** Starts the node and waits for its first look at the chain. */
  async start(changes: Partial<NodeOptions> = {}): Promise<void> {
    const looked = this.clock.nextSchedule(FOLLOWING.pollMs);
    this.node = await startNode({ ...this.options(), ...this.changes, ...changes });
    await looked;
  }

  options(): NodeOptions {
    return {
      host: "127.0.0.1",
      port: 0,
      directory: join(this.directory, "store"),
      keys: KEYS,
      engine,
      chain: this.chain,
      following: FOLLOWING,
      clock: this.clock,
      random,
      log: jsonLog("debug", this.clock, (line) => this.lines.push(line)),
    };
  }

  /** Lets the node look at the chain once more. */
  async look(): Promise<void> {
    const looked = this.clock.nextSchedule(FOLLOWING.pollMs);
    this.clock.advance(FOLLOWING.pollMs);
    await looked;
  }

  async restart(changes: Partial<NodeOptions> = {}): Promise<void> {
    await this.node.close();
    await this.start(changes);
  }

  async close(): Promise<void> {
    await this.node.close();
    await rm(this.directory, { recursive: true });
  }

  logged(event: keyof LogEvents): LogLine[] {
    return this.lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.event === event);
  }

  async get(path: string): Promise<Reply> {
    return reply(await fetch(this.node.url + path));
  }

  async post(
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const all = { "content-type": "application/json", ...headers };
    return reply(await fetch(this.node.url + path, { method: "POST", body, headers: all }));
  }

  async grant(request: GrantRequest): Promise<GrantAnswer> {
    return decode(grantAnswer, accepted(await this.post("/v1/grants", encode(grantRequest, request))));
  }

  async reencrypt(request: ReencryptRequest): Promise<ReencryptAnswer> {
    return decode(reencryptAnswer, accepted(await this.post("/v1/reencrypt", encode(reencryptRequest, request))));
  }

  /** Grants, and puts the policy on chain in a new block. */
  async fund(request: GrantRequest = grantOf()): Promise<GrantRequest> {
    await this.grant(request);
    this.chain.mine(0n, [[policyId(request), { end: request.terms.end }]]);
    return request;
  }
}

/** What the node refused with. */
export class Refusal extends NkmsError {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    problem: NkmsError,
  ) {
    super(problem.code, problem.message, problem);
  }
}

function accepted({ status, headers, text }: Reply): string {
  if (status === 200) return text;
  throw new Refusal(status, headers, decodeProblem(text));
}

async function reply(response: Response): Promise<Reply> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The refusal a call ends in; anything else fails the test. */
export async function refusal(promise: Promise<unknown>): Promise<Refusal> {
  const outcome = await promise.then(
    () => new Error("The node accepted; a refusal was expected."),
    (reason: unknown) => reason,
  );
  if (outcome instanceof Refusal) return outcome;
  throw outcome;
}
