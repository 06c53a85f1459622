import { expect } from "chai";

import type { AnswerContext, VerifiedAnswer } from "../../../src/crypto/engine";
import { oneDealing, VerifiedAnswers } from "../../../src/crypto/verifiedAnswers";
import { expectRefusal } from "../../support/crypto";

const bytes = (value: number, length: number) => new Uint8Array(length).fill(value);
const makeContext = (): AnswerContext => ({
  capsule: bytes(1, 98),
  commitment: { digest: bytes(2, 32), point: bytes(3, 20) },
  ownerPublicKey: bytes(4, 33),
  recipientPublicKey: bytes(5, 33),
  signerPublicKey: bytes(6, 33),
});

describe("verified answers", () => {
  it("come back in order, with what they were verified against", () => {
    const answers = new VerifiedAnswers<string>();
    const context = makeContext();
    const [first, second] = ["first", "second"].map((answer) => answers.admit(bytes(7, 3), answer, context));
    const { capsule, ownerPublicKey, recipientPublicKey, signerPublicKey } = context;
    const kept = { capsule, ownerPublicKey, recipientPublicKey, signerPublicKey };
    expect(answers.take([second, first], context)).to.deep.equal([
      { answer: "second", context: kept },
      { answer: "first", context: kept },
    ]);
    expect(answers.take([], context)).to.deep.equal([]);
  });

  it("may have no verifying key", () => {
    const answers = new VerifiedAnswers<string>();
    const context = { ...makeContext(), signerPublicKey: undefined };
    const [entry] = answers.take([answers.admit(bytes(7, 3), "answer", context)], context);
    expect(entry.context.signerPublicKey).to.equal(undefined);
  });

  it("do not change with what they were made of", () => {
    const answers = new VerifiedAnswers<string>();
    const [context, cfrag] = [makeContext(), bytes(7, 3)];
    const answer = answers.admit(cfrag, "answer", context);
    for (const part of [
      cfrag,
      context.capsule,
      context.ownerPublicKey,
      context.recipientPublicKey,
      context.signerPublicKey!,
    ]) {
      part.fill(0);
    }
    expect(answer.cfrag).to.deep.equal(bytes(7, 3));
    expect(Object.isFrozen(answer)).to.equal(true);
    const [{ context: kept }] = answers.take([answer], makeContext());
    expect(kept.signerPublicKey).to.deep.equal(bytes(6, 33));
  });

  it("are refused from elsewhere and for any other use, by place", () => {
    const answers = new VerifiedAnswers<string>();
    const context = makeContext();
    const answer = answers.admit(bytes(7, 3), "answer", context);
    const foreign = new VerifiedAnswers<string>().admit(bytes(7, 3), "answer", context);
    for (const other of [foreign, { cfrag: answer.cfrag } as VerifiedAnswer]) {
      expectRefusal(() => answers.take([answer, other], context), "E_UNVERIFIED_ANSWER", { index: 1 });
    }
    const refuse = (use: Partial<AnswerContext>, code: string, data: object) =>
      expectRefusal(() => answers.take([answer], { ...context, ...use }), code, { index: 0, ...data });
    refuse({ capsule: bytes(9, 98) }, "E_MIXED_SHARES", {});
    refuse({ ownerPublicKey: bytes(9, 33) }, "E_WRONG_KEY", { field: "ownerPublicKey" });
    refuse({ recipientPublicKey: bytes(9, 33) }, "E_WRONG_KEY", { field: "recipientSecretKey" });
  });
});

describe("shares of one dealing", () => {
  const share = (index: number, common = 1) => ({ common: bytes(common, 4), index, threshold: 2 });

  it("are the first so many, if all fit together", () => {
    expect(oneDealing([share(3), share(1), share(2)])).to.deep.equal([share(3), share(1)]);
    expect(oneDealing([share(2), share(3)])).to.deep.equal([share(2), share(3)]);
  });

  it("are refused where there are too few, or one that does not fit, even past the threshold", () => {
    expectRefusal(() => oneDealing([]), "E_NOT_ENOUGH_SHARES", { got: 0, expected: 1 });
    expectRefusal(() => oneDealing([share(1)]), "E_NOT_ENOUGH_SHARES", { got: 1, expected: 2 });
    expectRefusal(() => oneDealing([share(1), share(2), share(3, 2)]), "E_MIXED_SHARES", { index: 2 });
    expectRefusal(() => oneDealing([share(1), share(2), share(1)]), "E_DUPLICATE_SHARE", { index: 2 });
  });
});
