/** A policy and its money seen in one call. */
import { ethers } from "hardhat";

import type { IPolicyManager } from "../../typechain-types/contracts/interfaces/IPolicyManager";
import type { PolicySight__Harness } from "../../typechain-types";
import type { PolicySystem } from "./policySystem";
import { ask, nextSecond } from "./steps";

/** Everything that a call about one policy can change. */
export interface Sight {
  readonly supply: bigint;
  /** By account, in the order in which they were given. */
  readonly balances: readonly bigint[];
  readonly reserved: readonly bigint[];
  readonly suspended: readonly boolean[];
  readonly state: PolicyState;
  readonly lanes: readonly bigint[];
}

export interface PolicyState {
  readonly end: bigint;
  readonly removed: bigint;
  readonly leaked: bigint;
  readonly disclosed: bigint;
  readonly bountyReturned: bigint;
  readonly released: bigint;
  readonly closed: boolean;
  readonly exists: boolean;
}

export async function deploySight({ token, escrow, registry, manager }: PolicySystem): Promise<PolicySight__Harness> {
  return ethers.deployContract("PolicySight__Harness", [token, escrow, registry, manager]);
}

/** Sees one policy and the balances of some accounts. */
export class PolicyWatch {
  private readonly seeing: string;
  private readonly draining: string;

  constructor(
    private readonly sight: PolicySight__Harness,
    policy: IPolicyManager.PolicyStruct,
    accounts: readonly string[],
  ) {
    this.seeing = sight.interface.encodeFunctionData("see", [policy, [...accounts]]);
    this.draining = sight.interface.encodeFunctionData("drained", [policy, [...accounts]]);
  }

  /** As of the newest block, which is quicker to ask than the next one. */
  async see(): Promise<Sight> {
    return this.decode("see", await ask({ to: this.sight.target as string, data: this.seeing }, "latest"));
  }

  /** What there would be if at `second` everybody took what is due. */
  async drained(second: number | bigint): Promise<Sight> {
    await nextSecond(second);
    return this.decode("drained", await ask({ to: this.sight.target as string, data: this.draining }));
  }

  private decode(name: "see" | "drained", answer: string): Sight {
    const [seen] = this.sight.interface.decodeFunctionResult(name as "see", answer);
    const { supply, balances, reserved, suspended, state, lanes } = seen as PolicySight__Harness.SightStructOutput;
    return {
      supply,
      balances: [...balances],
      reserved: [...reserved],
      suspended: [...suspended],
      state: Object.fromEntries(STATE.map((name, index) => [name, state[index]])) as unknown as PolicyState,
      lanes: [...lanes],
    };
  }
}

const STATE = ["end", "removed", "leaked", "disclosed", "bountyReturned", "released", "closed", "exists"] as const;
