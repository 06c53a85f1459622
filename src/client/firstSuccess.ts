/** Several ways to one end, tried so that a slow one holds up nobody for long (as RFC 8305 does with addresses). */
import { setTimeout as pause } from "node:timers/promises";

export interface FirstSuccessOptions {
  /** How long an attempt has the field for itself before the next begins beside it, in milliseconds. */
  readonly delayMs: number;
  /** Ends all attempts; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export type Attempt<T> = (signal: AbortSignal) => Promise<T>;

/** The result of the first attempt that succeeded, or the errors of all, in the order of the attempts. */
export type FirstSuccess<T> = { readonly result: T } | { readonly errors: readonly unknown[] };

/** Starts the attempts in order: the next when the one before has failed or had its time. The first success ends the others. */
export async function firstSuccess<T>(
  attempts: readonly Attempt<T>[],
  { delayMs, signal }: FirstSuccessOptions,
): Promise<FirstSuccess<T>> {
  const over = new AbortController();
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const errors: unknown[] = [];
  let won: { result: T } | undefined;
  const running: Promise<void>[] = [];
  for (const [index, attempt] of attempts.entries()) {
    if (won || either.aborted) break;
    const run = attempt(either).then(
      (result) => {
        won ??= { result };
        over.abort();
      },
      (error: unknown) => void (errors[index] = error),
    );
    running.push(run);
    await Promise.race([run, pause(delayMs, undefined, { signal: either, ref: false }).catch(() => undefined)]);
  }
  await Promise.all(running);
  signal?.throwIfAborted();
  return won ?? { errors };
}
