/** What the duties of one node share. */
import type { Engine, RandomSource } from "../crypto/engine";
import type { NodeKeys } from "../protocol/keys";
import type { ChainHead } from "./chainHead";
import type { ChainView } from "./chainView";
import type { Clock } from "./clock";
import type { FractionStore } from "./fractionStore";
import type { Limits } from "./limits";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import type { RequestLog } from "./requestLog";
import type { VoucherStore } from "./voucherStore";
import type { TokenBuckets } from "./tokenBuckets";

export interface NodeContext {
  readonly engine: Engine;
  readonly chain: ChainView;
  readonly head: ChainHead;
  readonly store: FractionStore;
  readonly requests: RequestLog;
  readonly requesterRates: TokenBuckets;
  readonly keys: NodeKeys;
  readonly limits: Limits;
  /** Whether it takes policies with a condition. */
  readonly acceptConditions: boolean;
  /** NKMS base units per read under policies without a fee; undefined: it takes none of those unless it asks no fee. */
  readonly readPrice?: bigint;
  readonly vouchers: VoucherStore;
  /** Runs one change of the vouchers after another. */
  readonly payInTurn: <T>(task: () => Promise<T>) => Promise<T>;
  readonly random: RandomSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}
