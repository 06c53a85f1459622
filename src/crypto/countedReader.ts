/**
 * A reader's key that counts the times it did not open. Nothing proves a turn, so a node can answer what opens or not depending on a coefficient of the
 * reader's secret; whoever sees which learns the coefficient, and one and a half such answers each are enough for all. An honest
 * turn practically always opens. So a reader gives up a key that failed a few times: f failures among n answers tell about f*log2(n) bits at most.
 */
import { DurableCount, requireCount } from "./durableCount";
import type { LatticeEngine, VerifiedAnswer } from "./engine";
import { CryptoError } from "./errors";

/** Among a million answers so many failures tell some 80 bits, of 1600 and more that a secret has. */
export const MOST_FAILURES = 4;

export interface CountedReaderOptions {
  readonly engine: LatticeEngine;
  readonly secretKey: Uint8Array;
  /** Failures before, as they are on record: 0 for a key that never failed. */
  readonly failed: number;
  /** Default MOST_FAILURES. */
  readonly most?: number;
  /** As in `CountedFractionOptions`, of failures: none is shown before it is on record. */
  readonly record: (from: number, to: number) => Promise<boolean>;
}

export class CountedReader {
  readonly #options: CountedReaderOptions;
  readonly #count: DurableCount;

  /** Throws E_BAD_ENCODING if `failed` or `most` is no count. */
  constructor(options: CountedReaderOptions) {
    const { failed, most = MOST_FAILURES, record } = options;
    this.#options = options;
    this.#count = new DurableCount({
      start: requireCount("failed", failed),
      most: requireCount("most", most),
      record,
      exhausted,
    });
  }

  /** How often the key did not open, also before. */
  get failed(): number {
    return this.#count.value;
  }

  /** As `Engine.combine`. Throws E_EXHAUSTED, and opens nothing, once the key failed as often as it may. */
  combine(ownerPublicKey: Uint8Array, capsule: Uint8Array, answers: readonly VerifiedAnswer[]): Promise<Uint8Array> {
    const { engine, secretKey } = this.#options;
    return this.#open(() => engine.combine(secretKey, ownerPublicKey, capsule, answers));
  }

  /** As `LatticeEngine.decapsulateTurned`, under the same count. */
  decapsulateTurned(originPublicKey: Uint8Array, capsule: Uint8Array): Promise<Uint8Array> {
    const { engine, secretKey } = this.#options;
    return this.#open(() => engine.decapsulateTurned(secretKey, originPublicKey, capsule));
  }

  #open(open: () => Uint8Array): Promise<Uint8Array> {
    return this.#count.inTurn(async () => {
      this.#count.requireRoom();
      try {
        return open();
      } catch (error) {
        if (error instanceof CryptoError && error.code === "E_TAMPERED") await this.#count.increase();
        throw error;
      }
    });
  }
}

function exhausted(got: number, expected: number): CryptoError {
  return new CryptoError("E_EXHAUSTED", "The key failed to open as often as is safe.", {
    why: "From which answers open and which do not, a node that lies learns the reader's secret key.",
    fix: "Make a new key, have the owner rekey to it, and ask other nodes.",
    data: { got, expected },
  });
}
