/**
 * A fraction that counts what it answers. From every answer of a lattice engine a recipient learns something of the owner's key, and
 * `maxAnswers` of its properties is how many are safe; the engine itself keeps nothing, so whoever holds a fraction counts.
 *
 * All fractions of a rekeying are one key, and recipients may share what they learn. So n nodes get the n-th part each, and an owner who rekeys
 * one key to k recipients the k-th part of that.
 */
import { serial } from "../serial";
import type { Engine, RandomSource } from "./engine";
import { CryptoError } from "./errors";

export interface CountedFractionOptions {
  readonly engine: Engine;
  readonly kfrag: Uint8Array;
  /** Answers given before: the number `record` was last called with. Default 0. */
  readonly answered?: number;
  /** The most answers it may give in all; never more than the engine's `maxAnswers`, which is the default. */
  readonly most?: number;
  /** Makes the new number of answers durable. No answer is given before it resolves, nor if it rejects. */
  readonly record: (answered: number) => Promise<void>;
}

export class CountedFraction {
  readonly #options: CountedFractionOptions;
  readonly #most: number;
  readonly #inTurn = serial();
  #answered: number;

  constructor(options: CountedFractionOptions) {
    this.#options = options;
    this.#most = Math.min(options.most ?? Infinity, options.engine.properties.maxAnswers);
    this.#answered = options.answered ?? 0;
  }

  /** How many answers it gave, also before. */
  get answered(): number {
    return this.#answered;
  }

  /**
   * As `Engine.reencrypt`, one after another. A capsule that the engine refuses is not counted, one that comes again is. Throws E_EXHAUSTED
   * {got, expected} when all answers are given, and what `record` rejects with.
   */
  reencrypt(capsule: Uint8Array, random: RandomSource): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const { engine, kfrag, record } = this.#options;
      engine.verifyCapsule(capsule);
      if (this.#answered >= this.#most) throw exhausted(this.#answered, this.#most, engine.properties.name);
      await record(this.#answered + 1);
      this.#answered++;
      return engine.reencrypt(kfrag, capsule, random);
    });
  }
}

function exhausted(got: number, expected: number, engine: string): CryptoError {
  return new CryptoError("E_EXHAUSTED", "The re-encryption key has given all answers that are safe.", {
    why: `With more answers of ${engine} a recipient could compute the owner's secret key.`,
    fix: "Renew the owner's key, and rekey from the new one.",
    data: { got, expected },
  });
}
