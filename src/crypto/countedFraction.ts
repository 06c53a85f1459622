/**
 * A fraction that counts what it answers, and answers to honest capsules alone. From every answer of a lattice engine a recipient learns something
 * of the owner's key, and `maxAnswers` of its properties is how many are safe; the engine itself keeps nothing, so whoever holds a fraction counts.
 * A recipient who may choose what is turned needs four answers, so every capsule has to be signed by a producer that the owner trusts: not to be,
 * nor to help, a recipient.
 *
 * All fractions of a rekeying are one key, and recipients may share what they learn. So n nodes get the n-th part each, and an owner who rekeys
 * one key to k recipients the k-th part of that.
 */
import { DurableCount, requireCount } from "./durableCount";
import { requireBytes } from "./encoding";
import type { LatticeEngine, RandomSource } from "./engine";
import { CryptoError } from "./errors";
import { verifySignedCapsule } from "./lattice/signedCapsule";
import { wipe } from "./secrets";

export interface CountedFractionOptions {
  readonly engine: LatticeEngine;
  readonly kfrag: Uint8Array;
  /** Whose capsules it turns: `ownerPublicKey` of its `FractionKeys`. */
  readonly holderPublicKey: Uint8Array;
  /**
   * Public keys of secp256k1 that sign capsules (`signCapsule`): the owner's signing key, those of producers he trusts, and for capsules turned before
   * those of the nodes that turn them. Each could have a recipient compute the owner's secret key.
   */
  readonly producers: readonly Uint8Array[];
  /** Answers given before, as they are on record: 0 for a fraction that never gave one. */
  readonly answered: number;
  /** The most answers it may give in all; never more than the engine's `maxAnswers`, which is the default. */
  readonly most?: number;
  /**
   * Makes the new number of answers durable, if the one on record is `from`, and resolves to whether it was. No answer is given before that, nor
   * if it rejects. One record serves one fraction, in all processes that hold it.
   */
  readonly record: (from: number, to: number) => Promise<boolean>;
}

export class CountedFraction {
  readonly #options: CountedFractionOptions;
  readonly #count: DurableCount;

  /** Throws E_BAD_ENCODING if `answered` or `most` is no count. */
  constructor(options: CountedFractionOptions) {
    const { engine, answered, most, record } = options;
    const { name, maxAnswers } = engine.properties;
    this.#options = options;
    this.#count = new DurableCount({
      start: requireCount("answered", answered),
      most: most === undefined ? maxAnswers : Math.min(requireCount("most", most), maxAnswers),
      record,
      exhausted: (got, expected) => exhausted(got, expected, name),
    });
  }

  /** How many answers it gave, also before. */
  get answered(): number {
    return this.#count.value;
  }

  /**
   * As `Engine.reencrypt`, one after another. A capsule that is refused is not counted, nor is any by a kfrag that is none; one that comes again is.
   * Throws E_BAD_SIGNATURE unless a producer signed the capsule, E_EXHAUSTED {got, expected} when all answers are given, what the engine throws,
   * E_STALE_COUNT where somebody else counted too, and what `record` rejects with.
   */
  reencrypt(capsule: Uint8Array, signature: Uint8Array, random: RandomSource): Promise<Uint8Array> {
    const { engine, kfrag } = this.#options;
    return this.#answer(capsule, signature, (copy) => engine.reencrypt(kfrag, copy, random));
  }

  /** As `LatticeEngine.hop`, and otherwise as `reencrypt`: both give away the same, and count as one. */
  hop(capsule: Uint8Array, signature: Uint8Array): Promise<Uint8Array> {
    const { engine, kfrag } = this.#options;
    return this.#answer(capsule, signature, (copy) => engine.hop(kfrag, copy));
  }

  /** Turns before it counts, so that what cannot be turned costs no answer. Nobody sees a turn that was not counted; its steps are the same for every secret. */
  async #answer(
    capsule: Uint8Array,
    signature: Uint8Array,
    turn: (copy: Uint8Array) => Uint8Array,
  ): Promise<Uint8Array> {
    requireBytes("capsule", capsule);
    const copy = Uint8Array.from(capsule);
    return this.#count.inTurn(async () => {
      const { engine, holderPublicKey, producers } = this.#options;
      verifySignedCapsule(engine, copy, signature, holderPublicKey, producers);
      this.#count.requireRoom();
      return this.#counted(turn(copy));
    });
  }

  /** The answer once it is on record; one that cannot be counted is forgotten. */
  async #counted(answer: Uint8Array): Promise<Uint8Array> {
    try {
      await this.#count.increase();
      return answer;
    } catch (error) {
      wipe(answer);
      throw error;
    }
  }
}

function exhausted(got: number, expected: number, engine: string): CryptoError {
  return new CryptoError("E_EXHAUSTED", "The re-encryption key has given all answers that are safe.", {
    why: `With more answers of ${engine} a recipient could compute the owner's secret key.`,
    fix: "Renew the owner's key, and rekey from the new one.",
    data: { got, expected },
  });
}
