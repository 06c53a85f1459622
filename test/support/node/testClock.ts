import type { Clock } from "../../../src/node/clock";

interface Timer {
  readonly due: number;
  readonly call: () => void;
}

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  #elapsed = 0;
  readonly #timers = new Set<Timer>();
  readonly #awaited: { readonly ms: number; readonly resolve: () => void }[] = [];

  constructor(private readonly startSeconds: number) {}

  unixSeconds(): number {
    return this.startSeconds + Math.floor(this.#elapsed / 1000);
  }

  monotonicMs(): number {
    return this.#elapsed;
  }

  schedule(ms: number, call: () => void): () => void {
    const timer = { due: this.#elapsed + ms, call };
    this.#timers.add(timer);
    const awaited = this.#awaited.findIndex((waiting) => waiting.ms === ms);
    if (awaited >= 0) this.#awaited.splice(awaited, 1)[0].resolve();
    return () => this.#timers.delete(timer);
  }

  /** Moves on and makes the calls that fall due, in order. */
  advance(ms: number): void {
    this.#elapsed += ms;
    const due = [...this.#timers].filter((timer) => timer.due <= this.#elapsed).sort((a, b) => a.due - b.due);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.call();
    }
  }

  /** Resolves when somebody next schedules a call after exactly `ms`. */
  nextSchedule(ms: number): Promise<void> {
    return new Promise((resolve) => this.#awaited.push({ ms, resolve }));
  }
}
