/** The pay-to-read shop (VIII.D). Prices are wei of the chain's coin; `item` has 32 bytes (`nameId` of a name). */
import type { Provider } from "ethers";

import type { PayToReadShop } from "../../typechain-types";
import { type Call, prepare, preparePayable } from "./call";
import { explained } from "./refusals";

export class PayToReadShopClient {
  constructor(
    private readonly contract: PayToReadShop,
    private readonly provider: Provider,
  ) {}

  /** 0: not for sale. */
  priceOf(seller: string, item: Uint8Array): Promise<bigint> {
    return explained(this.contract.priceOf(seller, item));
  }

  hasBought(seller: string, item: Uint8Array, reader: string): Promise<boolean> {
    return explained(this.contract.hasBought(seller, item, reader));
  }

  takingsOf(seller: string): Promise<bigint> {
    return explained(this.contract.takingsOf(seller));
  }

  /** Offers an item of the sender's; 0 takes it off the shelf. */
  setPrice(item: Uint8Array, price: bigint): Call<void> {
    return prepare(this.provider, this.contract.setPrice, [item, price]);
  }

  /** Buys an item at its exact price for a reader, named by its request signer. */
  buy(seller: string, item: Uint8Array, reader: string, price: bigint): Call<void> {
    return preparePayable(this.provider, this.contract.buy, [seller, item, reader], price);
  }

  /** Pays the sender its takings; returns them. */
  withdraw(): Call<bigint> {
    return prepare(this.provider, this.contract.withdraw, []);
  }
}
