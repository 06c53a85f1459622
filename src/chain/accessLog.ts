/** The access log (VIII.H). Hashes have 32 bytes, times are Unix seconds. */
import type { Provider } from "ethers";

import type { AccessLog } from "../../typechain-types";
import { type Call, prepare } from "./call";
import { queryEvents } from "./events";
import { explained } from "./refusals";

/** An access as its event tells it. */
export interface RecordedAccess {
  /** 0x hex. */
  policyId: string;
  requester: string;
  /** keccak256 of the capsule, 0x hex. */
  object: string;
  number: bigint;
  block: number;
}

/** A reader's signed access, as `src/protocol/access.ts` makes it. */
export interface SignedAccess {
  policyId: Uint8Array;
  requester: string;
  object: Uint8Array;
  deadline: bigint;
  signature: Uint8Array;
}

export class AccessLogClient {
  constructor(
    private readonly contract: AccessLog,
    private readonly provider: Provider,
    private readonly deployedAtBlock: number,
  ) {}

  /** How many accesses a requester has recorded under a policy, and when the last; 0 if never. */
  async accessesOf(policyId: Uint8Array, requester: string): Promise<{ count: bigint; last: bigint }> {
    const { count, last } = await explained(this.contract.accessesOf(policyId, requester));
    return { count, last };
  }

  /** The accesses recorded under a policy, oldest first. */
  async accesses(policyId: Uint8Array): Promise<RecordedAccess[]> {
    const filter = this.contract.filters.AccessRecorded(policyId);
    const events = await queryEvents(this.contract, filter, this.provider, this.deployedAtBlock);
    return events.map(({ args, blockNumber }) => ({
      policyId: args.policyId as string,
      requester: args.requester as string,
      object: args.object as string,
      number: args.number as bigint,
      block: blockNumber,
    }));
  }

  /** Records an access its requester signed; by anybody. */
  record({ policyId, requester, object, deadline, signature }: SignedAccess): Call<void> {
    return prepare(this.provider, this.contract.record, [policyId, requester, object, deadline, signature]);
  }
}
