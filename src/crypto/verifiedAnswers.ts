import { equalBytes } from "../bytes";
import type { AnswerContext, VerifiedAnswer } from "./engine";
import { CryptoError } from "./errors";

interface Entry<Answer> {
  readonly answer: Answer;
  readonly context: Omit<AnswerContext, "commitment">;
}

/** What `combine` is about to use the answers for. */
export type AnswerUse = Pick<AnswerContext, "capsule" | "ownerPublicKey" | "recipientPublicKey">;

/**
 * The run-time half of the `VerifiedAnswer` type: remembers the answers a scheme's `verify` made, with what they were verified
 * against, and gives back those alone and for that use alone.
 */
export class VerifiedAnswers<Answer> {
  readonly #passed = new WeakMap<VerifiedAnswer, Entry<Answer>>();

  /** Records an answer that passed. Copies the context, so that later writes to it change nothing. */
  admit(cfrag: Uint8Array, answer: Answer, context: AnswerContext): VerifiedAnswer {
    const verified = Object.freeze({ cfrag: Uint8Array.from(cfrag) }) as VerifiedAnswer;
    const { capsule, ownerPublicKey, recipientPublicKey, signerPublicKey } = context;
    this.#passed.set(verified, {
      answer,
      context: {
        capsule: Uint8Array.from(capsule),
        ownerPublicKey: Uint8Array.from(ownerPublicKey),
        recipientPublicKey: Uint8Array.from(recipientPublicKey),
        signerPublicKey: signerPublicKey && Uint8Array.from(signerPublicKey),
      },
    });
    return verified;
  }

  /** The answers, in order, for the use they were verified for. Throws E_UNVERIFIED_ANSWER, E_MIXED_SHARES or E_WRONG_KEY. */
  take(answers: readonly VerifiedAnswer[], use: AnswerUse): Entry<Answer>[] {
    return answers.map((answer, index) => {
      const entry = this.#passed.get(answer);
      if (!entry) {
        throw new CryptoError("E_UNVERIFIED_ANSWER", "An answer was not made by verify.", { data: { index } });
      }
      requireSame(entry.context, use, index);
      return entry;
    });
  }
}

function requireSame(context: AnswerUse, use: AnswerUse, index: number): void {
  if (!equalBytes(context.capsule, use.capsule)) {
    throw new CryptoError("E_MIXED_SHARES", "An answer was verified for another capsule.", { data: { index } });
  }
  const ownerFits = equalBytes(context.ownerPublicKey, use.ownerPublicKey);
  if (ownerFits && equalBytes(context.recipientPublicKey, use.recipientPublicKey)) return;
  throw new CryptoError("E_WRONG_KEY", "An answer was verified for another key.", {
    data: { index, field: ownerFits ? "recipientSecretKey" : "ownerPublicKey" },
  });
}

/** E_NOT_ENOUGH_SHARES; `expected` is the owner's threshold where the answers tell it. */
export function notEnough(got: number, expected: number): CryptoError {
  return new CryptoError("E_NOT_ENOUGH_SHARES", `${got} answers do not open this capsule; ${expected} do.`, {
    fix: "Collect answers from more nodes of the policy.",
    data: { got, expected },
  });
}

/**
 * The first `threshold` answers, once it is known that all are of one dealing and of different shares. `common` is what is equal
 * within a dealing. Throws E_NOT_ENOUGH_SHARES, E_MIXED_SHARES or E_DUPLICATE_SHARE.
 */
export function oneDealing<Share extends { common: Uint8Array; index: number; threshold: number }>(
  shares: readonly Share[],
): Share[] {
  const [first] = shares;
  if (!first) throw notEnough(0, 1);
  shares.forEach((share, index) => {
    if (!equalBytes(share.common, first.common)) {
      throw new CryptoError("E_MIXED_SHARES", "The answers belong to different rekeyings.", { data: { index } });
    }
    if (shares.findIndex((other) => other.index === share.index) !== index) {
      throw new CryptoError("E_DUPLICATE_SHARE", "Two answers come from the same share.", { data: { index } });
    }
  });
  if (shares.length < first.threshold) throw notEnough(shares.length, first.threshold);
  return shares.slice(0, first.threshold);
}
