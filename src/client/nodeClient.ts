/** A node's HTTP service as its clients see it: shapes from protocol/messages, bounds from http, addresses from nodeUrl. */
import { NkmsError } from "../errors";
import { decode, encode, type Codec } from "../protocol/codec";
import {
  grantAnswer,
  type GrantAnswer,
  grantRequest,
  type GrantRequest,
  nodeInfo,
  type NodeInfo,
  offerAnswer,
  type OfferAnswer,
  offerRequest,
  type OfferRequest,
  reencryptAnswer,
  type ReencryptAnswer,
  reencryptRequest,
  type ReencryptRequest,
} from "../protocol/messages";
import { decodeProblem } from "../protocol/problem";
import { badAnswer, exchange, type HttpOptions } from "./http";
import { nodeBaseUrl } from "./nodeUrl";

export interface NodeClientOptions extends Omit<HttpOptions, "signal"> {
  /** Whether nodes on this machine are called: on a local chain only, or any staker could aim requests at local services. */
  loopback: boolean;
}

/**
 * Every call rejects with E_BAD_URL, E_UNREACHABLE, E_TIMEOUT, E_BAD_ANSWER, or the error the node refused with; an aborted call
 * with the signal's reason.
 */
export class NodeClient {
  constructor(private readonly options: NodeClientOptions) {}

  /** What the node says about itself. */
  info(url: string, signal?: AbortSignal): Promise<NodeInfo> {
    return this.#call(url, "/v1/info", undefined, nodeInfo, signal);
  }

  /** Asks whether the node would take a share on these terms. No secret is sent. */
  offer(url: string, request: OfferRequest, signal?: AbortSignal): Promise<OfferAnswer> {
    return this.#call(url, "/v1/offers", encode(offerRequest, request), offerAnswer, signal);
  }

  /** Hands a sealed fraction over; the node's answer is its acceptance. */
  grant(url: string, request: GrantRequest, signal?: AbortSignal): Promise<GrantAnswer> {
    return this.#call(url, "/v1/grants", encode(grantRequest, request), grantAnswer, signal);
  }

  /** Asks for one re-encryption. */
  reencrypt(url: string, request: ReencryptRequest, signal?: AbortSignal): Promise<ReencryptAnswer> {
    return this.#call(url, "/v1/reencrypt", encode(reencryptRequest, request), reencryptAnswer, signal);
  }

  async #call<T>(
    url: string,
    path: string,
    body: string | undefined,
    answer: Codec<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const base = nodeBaseUrl(url, this.options);
    const { status, text } = await exchange({ url: base + path, body }, { ...this.options, signal });
    if (status !== 200) throw parse(() => refusalIn(text), status);
    return parse(() => decode(answer, text), status);
  }
}

/** What only a client can find; a node that says it of itself does not follow the protocol. */
const FOUND_BY_CLIENTS = new Set([
  "E_ABORTED",
  "E_BAD_ANSWER",
  "E_BAD_PROOF",
  "E_BAD_RECEIPT",
  "E_BAD_URL",
  "E_FEE_TOO_HIGH",
  "E_NO_WORKER",
  "E_PRICE_TOO_HIGH",
  "E_UNREACHABLE",
]);

function refusalIn(text: string): NkmsError {
  const refusal = decodeProblem(text);
  if (!FOUND_BY_CLIENTS.has(refusal.code)) return refusal;
  throw new NkmsError("E_SCHEMA", `No node refuses with ${refusal.code}.`, { data: { got: refusal.code } });
}

function parse<T>(read: () => T, status: number): T {
  try {
    return read();
  } catch (cause) {
    throw badAnswer(`Its body under status ${status} does not fit the protocol.`, cause);
  }
}
