/** Times calls one by one, contestants interleaved, so that a busy machine slows all of them alike. */

export interface Contestant {
  /** Runs once; the result may need releasing outside the timed part. */
  run: () => unknown;
  release?: (result: never) => void;
}

/** Microseconds per call. */
export interface Timing {
  readonly p10: number;
  readonly median: number;
}

/** About this much time goes to each contestant in each round. */
const ROUND_MICROSECONDS = 15_000;
const WARM_UP_CALLS = 5;

function timeOnce({ run, release }: Contestant): number {
  const start = process.hrtime.bigint();
  const result = run();
  const elapsed = Number(process.hrtime.bigint() - start) / 1000;
  release?.(result as never);
  return elapsed;
}

function summarise(samples: number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (fraction: number) => Math.round(sorted[Math.floor(sorted.length * fraction)] * 10) / 10;
  return { p10: at(0.1), median: at(0.5) };
}

/** Runs all contestants for `rounds` rounds in turn. */
export function compare<Name extends string>(
  contestants: Record<Name, Contestant>,
  rounds: number,
): Record<Name, Timing> {
  const plans = Object.entries<Contestant>(contestants).map(([name, contestant]) => {
    const warmUp = summarise(Array.from({ length: WARM_UP_CALLS }, () => timeOnce(contestant)));
    const calls = Math.max(1, Math.round(ROUND_MICROSECONDS / warmUp.median));
    return { name, contestant, calls, samples: [] as number[] };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { contestant, calls, samples } of plans) {
      for (let call = 0; call < calls; call++) samples.push(timeOnce(contestant));
    }
  }
  return Object.fromEntries(plans.map(({ name, samples }) => [name, summarise(samples)])) as Record<Name, Timing>;
}
