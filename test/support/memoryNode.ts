import { toHex } from "../../src/bytes";
import type { Fetch } from "../../src/client/http";
import { openSealed } from "../../src/crypto/sealedBox";
import type { Engine, RandomSource } from "../../src/crypto/engine";
import { NkmsError } from "../../src/errors";
import { decode, encode } from "../../src/protocol/codec";
import { nodeKeys } from "../../src/protocol/keys";
import {
  grantAnswer,
  grantRequest,
  offerAnswer,
  offerRequest,
  reencryptAnswer,
  type ReencryptAnswer,
  reencryptRequest,
} from "../../src/protocol/messages";
import { ACCEPTANCE, policyDomain, policyId } from "../../src/protocol/policy";
import { encodeProblem } from "../../src/protocol/problem";
import { receiptOf } from "../../src/protocol/receipt";
import { RECEIPT, trafficDomain } from "../../src/protocol/request";
import { compactSignature, signTypedData } from "../../src/protocol/typedSignature";

/** What a memory node asks of its network. */
export interface MemoryLedger {
  readonly chainId: bigint;
  readonly policyManager: string;
  readonly engine: Engine;
  readonly random: RandomSource;
  /** Throws why a policy is not served. */
  requireServed(id: string): void;
}

type Path = "/v1/offers" | "/v1/grants" | "/v1/reencrypt";

/** A node without sockets, disk or caution: it does what the protocol says, unless a test makes it misbehave. */
export class MemoryNode {
  readonly staker: string;
  readonly keys;
  feeRate = 1n;
  minDuration = 1n;
  maxDuration = 86_400n * 365n;
  /** Called before a request is handled, with the signal that ends it; what it throws or returns is the answer. */
  before: Partial<Record<Path, (signal: AbortSignal) => Response | void | Promise<Response | void>>> = {};
  /** Changes an answer before its receipt is signed. */
  distort: (answer: Omit<ReencryptAnswer, "receipt" | "receiptSignature">) => void = () => undefined;
  /** Changes an answer after its receipt was signed. */
  deface: (answer: ReencryptAnswer) => ReencryptAnswer = (answer) => answer;
  readonly #fractions = new Map<string, Uint8Array>();
  requests = 0;

  constructor(
    readonly url: string,
    private readonly ledger: MemoryLedger,
  ) {
    this.staker = toHex(ledger.random(20));
    this.keys = nodeKeys(ledger.random(64), ledger.engine);
  }

  async handle(path: Path, body: string, signal: AbortSignal): Promise<Response> {
    this.requests++;
    try {
      return (await this.before[path]?.(signal)) ?? new Response(this.#answer(path, body));
    } catch (error) {
      if (!(error instanceof NkmsError)) throw error;
      return new Response(encodeProblem(error), { status: 403 });
    }
  }

  /** How many fractions it has accepted. */
  get fractions(): number {
    return this.#fractions.size;
  }

  #answer(path: Path, body: string): string {
    if (path === "/v1/offers") return this.#offer(body);
    return path === "/v1/grants" ? this.#grant(body) : this.#reencrypt(body);
  }

  #offer(body: string): string {
    const { feeRate } = decode(offerRequest, body);
    if (feeRate < this.feeRate) throw new NkmsError("E_FEE_TOO_LOW", "Too little.");
    return encode(offerAnswer, { accept: true });
  }

  #grant(body: string): string {
    const { engine, chainId, policyManager } = this.ledger;
    const { terms, nodes, commitments, shareIndex, ownerKeys, sealedFraction } = decode(grantRequest, body);
    const kfrag = openSealed(engine, this.keys.encryption.secretKey, sealedFraction);
    engine.verifyFraction(kfrag, {
      ownerPublicKey: ownerKeys.pathPublicKey,
      recipientPublicKey: ownerKeys.recipientKey,
      signerPublicKey: ownerKeys.verifyingKey,
    });
    const id = policyId({ terms, nodes, commitments });
    this.#fractions.set(toHex(id), kfrag);
    const message = { policyId: id, shareIndex: BigInt(shareIndex) };
    const signature = signTypedData(
      this.keys.worker.secretKey,
      policyDomain(chainId, policyManager),
      ACCEPTANCE,
      message,
    );
    return encode(grantAnswer, { acceptance: compactSignature(signature) });
  }

  #reencrypt(body: string): string {
    const { engine, random, chainId, policyManager } = this.ledger;
    const { request, capsule } = decode(reencryptRequest, body);
    const id = toHex(request.policyId);
    this.ledger.requireServed(id);
    const kfrag = this.#fractions.get(id);
    if (!kfrag) throw new NkmsError("E_NO_GRANT", "No such fraction.");
    const answer = { cfrag: engine.reencrypt(kfrag, capsule, random), wrapped: new Uint8Array() };
    this.distort(answer);
    const receipt = receiptOf(request, answer);
    const domain = trafficDomain(chainId, policyManager);
    const receiptSignature = signTypedData(this.keys.worker.secretKey, domain, RECEIPT, receipt);
    return encode(reencryptAnswer, this.deface({ ...answer, receipt, receiptSignature }));
  }
}

/** A fetch that reaches memory nodes by their URL and nobody else. */
export function fetchOf(nodes: readonly MemoryNode[]): Fetch {
  return async (input, init) => {
    init?.signal?.throwIfAborted();
    const { origin, pathname } = new URL(input as string);
    const node = nodes.find(({ url }) => url === origin);
    if (!node) throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
    return node.handle(pathname as Path, init?.body as string, init?.signal ?? new AbortController().signal);
  };
}
