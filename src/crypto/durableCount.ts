import { serial } from "../serial";
import { badEncoding, CryptoError } from "./errors";

/** A number that only grows, kept by the caller where it survives a restart. */
export interface DurableCountOptions {
  /** The number on record; 0 before the first time. */
  readonly start: number;
  /** It grows no further. Infinity where nothing bounds it. */
  readonly most: number;
  /**
   * Replaces `from` by `to` on record, at once for all who use the record, and resolves to whether it did: false if another number than `from` is
   * on record. Resolves when the new number is durable.
   */
  readonly record: (from: number, to: number) => Promise<boolean>;
  /** The refusal at `most`. */
  readonly exhausted: (got: number, expected: number) => CryptoError;
}

export class DurableCount {
  readonly #options: DurableCountOptions;
  /** Runs what uses the number, one task after another. */
  readonly inTurn = serial();
  #value: number;

  constructor(options: DurableCountOptions) {
    this.#options = options;
    this.#value = options.start;
  }

  get value(): number {
    return this.#value;
  }

  /** Refuses where all is used up. */
  requireRoom(): void {
    const { most, exhausted } = this.#options;
    if (!(this.#value < most)) throw exhausted(this.#value, most);
  }

  /** Throws what `record` rejects with, and E_STALE_COUNT where it resolves to anything but true. */
  async increase(): Promise<void> {
    this.requireRoom();
    const next = this.#value + 1;
    if ((await this.#options.record(this.#value, next)) !== true) throw staleCount(this.#value);
    this.#value = next;
  }
}

/** A count that is given: a number that is none would be below no bound and above none. Throws E_BAD_ENCODING. */
export function requireCount(field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw badEncoding(field, "is no count", String(value), "0 or more");
  return value;
}

function staleCount(got: number): CryptoError {
  return new CryptoError("E_STALE_COUNT", "Another number is on record than was counted to here.", {
    why: "Something else counts under the same record, or the record was set back.",
    fix: "Keep one instance for each record, and make it again from what is on record.",
    data: { got },
  });
}
