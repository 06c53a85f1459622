/** Allow lists that conditions look at. `list` has 32 bytes (`nameId` of a name). */
import type { Provider } from "ethers";

import type { AllowLists } from "../../typechain-types";
import { type Call, prepare } from "./call";
import { explained } from "./refusals";

export class AllowListsClient {
  constructor(
    private readonly contract: AllowLists,
    private readonly provider: Provider,
  ) {}

  isListed(keeper: string, list: Uint8Array, member: string): Promise<boolean> {
    return explained(this.contract.isListed(keeper, list, member));
  }

  /** Puts members on the sender's list, or takes them off. */
  setListed(list: Uint8Array, members: readonly string[], listed: boolean): Call<void> {
    return prepare(this.provider, this.contract.setListed, [list, [...members], listed]);
  }
}
