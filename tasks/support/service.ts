/** What a node's HTTP service says about itself. */
import { NodeClient } from "../../src/client/nodeClient";
import type { Chain } from "../../src/chain/connection";
import { LOCAL_CHAIN_ID } from "../../src/chain/networks";
import { NkmsError } from "../../src/errors";

const ANSWER_TIMEOUT_MS = 5_000;

/** The service at a URL; one that does not answer is a finding, not an error. */
export async function describeService(
  { chainId }: Chain,
  url: string,
): Promise<{ state: string; [field: string]: unknown }> {
  const client = new NodeClient({ fetch, timeoutMs: ANSWER_TIMEOUT_MS, loopback: chainId === LOCAL_CHAIN_ID });
  try {
    const { version, engine, backend, worker } = await client.info(url);
    return { state: "answers", version, engine, backend, worker };
  } catch (error) {
    if (error instanceof NkmsError) return { state: "does not answer", code: error.code, message: error.message };
    throw error;
  }
}
