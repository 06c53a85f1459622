/** Every bound a node sets on what others may cost it. */
import type { Rate } from "./tokenBuckets";

export interface Limits {
  /** Milliseconds a client has for its headers. */
  readonly headersTimeoutMs: number;
  /** Milliseconds a client has for headers and body. */
  readonly requestTimeoutMs: number;
  /** Milliseconds an idle connection is kept. */
  readonly keepAliveMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerIp: number;
  /** All requests of one client address. */
  readonly perIp: Rate;
  /** Grants of one client address: each costs signature checks and a synced write. */
  readonly grantsPerIp: Rate;
  /** Re-encryptions of one request signer. */
  readonly perRequester: Rate;
  /** Fractions whose policy was not seen on chain yet; `room.ts` has the rule. */
  readonly maxPending: number;
  /** So many networks at least are needed to take every place for such fractions... */
  readonly networksToFill: number;
  /** ...unless there are few places: a network may always have this many. */
  readonly minPerNetwork: number;
  /** Seconds from now to a grant's acceptBy at most: how long a fraction has its place for nothing. */
  readonly maxAcceptSeconds: bigint;
}

export const DEFAULT_LIMITS: Limits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveMs: 5_000,
  maxConnections: 1_024,
  maxConnectionsPerIp: 64,
  perIp: { perSecond: 100, burst: 200 },
  grantsPerIp: { perSecond: 5, burst: 50 },
  perRequester: { perSecond: 50, burst: 100 },
  maxPending: 4_096,
  networksToFill: 16,
  minPerNetwork: 8,
  maxAcceptSeconds: 900n,
};

/** Bytes of all headers of a request. */
export const MAX_HEADER_BYTES = 16_384;
/** Headers of a request. */
export const MAX_HEADERS = 64;
/** Addresses, or signers, whose rates are remembered. */
export const MAX_RATE_KEYS = 65_536;
/** Bits of an IPv6 address that name one site: who has a site has all its networks. */
export const SITE_BITS = 48;
/** Seconds a request's time may differ from the time of the chain's head. */
export const REQUEST_WINDOW_SECONDS = 60n;
