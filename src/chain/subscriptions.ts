/** Subscriptions that conditions look at. */
import type { Provider } from "ethers";

import type { Subscriptions } from "../../typechain-types";
import { type Call, prepare } from "./call";
import { explained } from "./refusals";

/** A seller's terms: `price` base units of `token` per term of `termLength` seconds; `item` has 32 bytes. */
export interface SubscriptionPlan {
  seller: string;
  token: string;
  price: bigint;
  termLength: bigint;
  item: Uint8Array;
}

export class SubscriptionsClient {
  constructor(
    private readonly contract: Subscriptions,
    private readonly provider: Provider,
  ) {}

  /** The Unix second until which a plan is paid for somebody; 0 if never. */
  async paidUntil(plan: SubscriptionPlan, subscriber: string): Promise<bigint> {
    const planId = await explained(this.contract.planIdOf(plan));
    return explained(this.contract.paidUntil(planId, subscriber));
  }

  /** Pays for whole terms what the sender has approved; returns until when the plan is paid then. */
  subscribe(plan: SubscriptionPlan, subscriber: string, terms: bigint): Call<bigint> {
    return prepare(this.provider, this.contract.subscribe, [plan, subscriber, terms]);
  }
}
