/** Payments to sellers that conditions look at. Amounts are base units of the sale's token. */
import type { Provider } from "ethers";

import type { SellerPayments } from "../../typechain-types";
import { type Call, prepare } from "./call";
import { explained } from "./refusals";

/** What payments are kept apart by; `item` has 32 bytes (`nameId` of a name). */
export interface Sale {
  seller: string;
  token: string;
  item: Uint8Array;
}

export class SellerPaymentsClient {
  constructor(
    private readonly contract: SellerPayments,
    private readonly provider: Provider,
  ) {}

  /** What a buyer has paid so far. */
  paid(sale: Sale, buyer: string): Promise<bigint> {
    return explained(this.contract.paid(sale, buyer));
  }

  /** Pays the seller what the sender has approved, to the credit of `buyer`. */
  pay(sale: Sale, buyer: string, amount: bigint): Call<void> {
    return prepare(this.provider, this.contract.pay, [sale, buyer, amount]);
  }
}
