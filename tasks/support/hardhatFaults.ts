/** What Hardhat's provider finds wrong, in our words and with our codes. */
import { HardhatError } from "hardhat/internal/core/errors";
import { ERRORS } from "hardhat/internal/core/errors-list";

import { wrongChain } from "../../src/chain/deployment";
import { NkmsError } from "../../src/errors";

const { NETWORK } = ERRORS;
const UNREACHABLE = [NETWORK.NODE_IS_NOT_RUNNING, NETWORK.NETWORK_TIMEOUT, NETWORK.INVALID_JSON_RESPONSE];

/** The typed error for a chain that Hardhat cannot reach, or that is another one; undefined for anything else. */
export function networkFault(error: unknown): NkmsError | undefined {
  if (!HardhatError.isHardhatError(error)) return undefined;
  if (error.number === NETWORK.INVALID_GLOBAL_CHAIN_ID.number) {
    const { connectionChainId, configChainId } = error.messageArguments as Record<string, number>;
    return wrongChain(connectionChainId, configChainId, "The connected chain");
  }
  if (!UNREACHABLE.some(({ number }) => number === error.number)) return undefined;
  return new NkmsError("E_RPC_FAILED", "The chain's RPC server failed.", {
    why: error.message.replace(/^HH\d+: /, "").replace(/\s*\n\s*/g, " "),
    fix: "Check the RPC URL and that the chain is running, then run the same command again.",
    cause: error,
  });
}
