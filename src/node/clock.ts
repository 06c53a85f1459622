/** The time a node sees. Policies run on chain time; this one serves timeouts, rates and the age of the chain's head. */
export interface Clock {
  /** Wall time in Unix seconds. */
  unixSeconds(): number;
  /** Milliseconds since some moment; never goes back. */
  monotonicMs(): number;
  /** Calls once after `ms`, unless the returned function is called before. */
  schedule(ms: number, call: () => void): () => void;
}

/** The machine's clock. A pending call does not keep the process alive. */
export const systemClock: Clock = {
  unixSeconds: () => Math.floor(Date.now() / 1000),
  monotonicMs: () => performance.now(),
  schedule(ms, call) {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};
