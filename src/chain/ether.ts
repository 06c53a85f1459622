/** The chain's own coin, which pays for gas. Amounts are wei. */
import type { Provider, Signer } from "ethers";

import { NkmsError } from "../errors";
import { Call } from "./call";

/** Sends ether to an account. Throws E_NO_SIGNER if the connection only reads. */
export function transferEther(provider: Provider, signer: Signer | undefined, to: string, value: bigint): Call<string> {
  if (!signer) {
    throw new NkmsError("E_NO_SIGNER", "This connection only reads.", { fix: "Connect with a signer." });
  }
  const transaction = { to, value };
  return new Call(
    provider,
    () => signer.call(transaction),
    () => signer.estimateGas(transaction),
    (overrides) => signer.sendTransaction({ ...transaction, ...overrides }),
  );
}
