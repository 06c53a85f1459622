/** The few questions a deployment asks the chain, over any EIP-1193 provider. */
import type { EIP1193Provider } from "@nomicfoundation/ignition-core";

/** A provider with its answers as plain values. */
export class Rpc {
  constructor(readonly provider: EIP1193Provider) {}

  async chainId(): Promise<number> {
    return Number(await this.ask("eth_chainId"));
  }

  async blockNumber(): Promise<number> {
    return Number(await this.ask("eth_blockNumber"));
  }

  async nonce(account: string, at: "latest" | "pending"): Promise<number> {
    return Number(await this.ask("eth_getTransactionCount", account, at));
  }

  /** The runtime code at an address, `0x` if there is none. */
  code(address: string): Promise<string> {
    return this.ask("eth_getCode", address, "latest");
  }

  /** The hash of block 0. */
  async genesis(): Promise<string> {
    const block = (await this.provider.request({ method: "eth_getBlockByNumber", params: ["0x0", false] })) as {
      hash: string;
    };
    return block.hash;
  }

  private async ask(method: string, ...params: unknown[]): Promise<string> {
    return (await this.provider.request({ method, params })) as string;
  }
}
