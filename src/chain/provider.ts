/** Requests to an Ethereum node at a URL. */
import { FetchRequest, type FetchGetUrlFunc, JsonRpcProvider, toUtf8String } from "ethers";

import { NkmsError } from "../errors";
import { faultCode } from "./refusals";

const RPC_TIMEOUT_MS = 20_000;
/** A local chain changes at any moment and is near: its answers are not kept, and a request waits for none but those made with it. */
const LOOPBACK = { cacheTimeout: -1, pollingInterval: 100, batchStallTime: 0 };

/** A provider for a JSON-RPC URL whose chain id was asked once. Throws E_RPC_FAILED. */
export async function openProvider(rpcUrl: string): Promise<JsonRpcProvider> {
  const request = new FetchRequest(rpcUrl);
  request.timeout = RPC_TIMEOUT_MS;
  request.getUrlFunc = askingAgain(FetchRequest.createGetUrlFunc());
  const chainId = await askChainId(request);
  const loopback = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(`${rpcUrl}/`);
  return new JsonRpcProvider(request, chainId, {
    staticNetwork: true,
    ...(loopback ? LOOPBACK : {}),
  });
}

/**
 * Servers hang up on connections that were idle for seconds, perhaps while the next request is on its way on one: what only reads is
 * asked once more. What sends a transaction is not, as the server may have it.
 */
function askingAgain(getUrl: FetchGetUrlFunc): FetchGetUrlFunc {
  return async (request, signal) => {
    try {
      return await getUrl(request, signal);
    } catch (error) {
      const sends = request.body !== null && toUtf8String(request.body).includes('"eth_send');
      if (sends || faultCode(error) !== "ECONNRESET") throw error;
      return getUrl(request, signal);
    }
  };
}

/** The provider would retry a silent server for ever; one request with a deadline says what is wrong. */
async function askChainId(to: FetchRequest): Promise<number> {
  const request = to.clone();
  request.body = { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] };
  try {
    const response = await request.send();
    response.assertOk();
    const { result } = response.bodyJson as { result: string };
    return Number(BigInt(result));
  } catch (error) {
    throw noChain(withoutSecrets(to.url), error);
  }
}

function noChain(rpcUrl: string, error: unknown): NkmsError {
  const status = (error as { response?: { statusCode: number } | null }).response?.statusCode;
  return new NkmsError("E_RPC_FAILED", `No Ethereum node answers at ${rpcUrl}.`, {
    why: status
      ? `The server answered with HTTP status ${status}. Nothing was sent.`
      : "The chain is not running, the URL is wrong, or the network is down. Nothing was sent.",
    fix: "Start the chain (npx hardhat node), or correct the RPC URL and the key or password in it.",
    data: { rpcUrl, reason: faultCode(error), status },
  });
}

/** RPC URLs often carry an API key in path, query or user info: only the server is shown. */
function withoutSecrets(rpcUrl: string): string {
  return URL.canParse(rpcUrl) ? new URL(rpcUrl).origin : "the given URL";
}
