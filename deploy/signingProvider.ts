/** Lets Ignition send from a key file: transactions are signed here, everything else goes to the chain as it is. */
import type { EIP1193Provider, RequestArguments } from "@nomicfoundation/ignition-core";

import type { Identity } from "../src/chain/identity";

interface TransactionRequest {
  to?: string;
  data?: string;
  value?: string;
  nonce: string;
  gas: string;
  gasPrice?: string;
  maxFeePerGas?: string;
  maxPriorityFeePerGas?: string;
}

/** A provider whose only account is that of the identity. */
export function signingProvider(chain: EIP1193Provider, { account }: Identity): EIP1193Provider {
  return {
    async request(args: RequestArguments): Promise<unknown> {
      if (args.method === "eth_accounts") return [account.address];
      if (args.method !== "eth_sendTransaction") return chain.request(args);
      const [{ gas, ...transaction }] = args.params as [TransactionRequest & { from?: string }];
      const chainId = (await chain.request({ method: "eth_chainId" })) as string;
      const signed = await account.signTransaction({
        ...transaction,
        nonce: Number(transaction.nonce),
        gasLimit: gas,
        chainId,
      });
      return chain.request({ method: "eth_sendRawTransaction", params: [signed] });
    },
  };
}
