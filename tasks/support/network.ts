/** The network that a task was started with. */
import type { HttpNetworkConfig, Network } from "hardhat/types";

import { openProvider } from "../../src/chain/provider";
import { wrongChain } from "../../src/chain/deployment";
import { NkmsError } from "../../src/errors";

/** The JSON-RPC URL of a network; undefined for Hardhat's own in-process network. Throws E_RPC_URL_MISSING. */
export function rpcUrlOf({ name, config }: Network): string | undefined {
  const { url } = config as HttpNetworkConfig;
  if (url !== "") return url;
  const variable = `NKMS_${name.toUpperCase()}_URL`;
  throw new NkmsError("E_RPC_URL_MISSING", `It is not said how to reach ${name}.`, {
    why: `${variable} is not set. Nothing was sent.`,
    fix: `Let ${variable} hold the URL of an RPC server of ${name}.`,
    data: { network: name, variable },
  });
}

/** The id that the chain at a URL gives itself. Throws E_RPC_FAILED, E_WRONG_CHAIN. */
export async function checkedChainId(rpcUrl: string, expected: number | undefined): Promise<number> {
  const provider = await openProvider(rpcUrl);
  const got = Number((await provider.getNetwork()).chainId);
  provider.destroy();
  if (expected !== undefined && expected !== got) throw wrongChain(got, expected, "The connected chain");
  return got;
}

/** A connection to Hardhat's own network, which begins empty with every command: nobody means it who looks for contracts. */
export async function orNoNetwork<T>(connecting: Promise<T>): Promise<T> {
  try {
    return await connecting;
  } catch (error) {
    const isEmpty = error instanceof NkmsError && ["E_NO_DEPLOYMENT", "E_NOT_DEPLOYED"].includes(error.code);
    throw isEmpty ? noNetwork() : error;
  }
}

/** The refusal to use Hardhat's own network. */
export function noNetwork(): NkmsError {
  return new NkmsError("E_USAGE", "No network is named, and Hardhat's own is empty and ends with this command.", {
    why: "Nothing was sent.",
    fix: "Add --network localhost",
  });
}
