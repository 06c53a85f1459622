import { expect } from "chai";
import fc from "fast-check";

import { concat } from "../../../src/bytes";
import type { AnswerContext, Engine, RekeyRequest, VerifiedAnswer } from "../../../src/crypto/engine";
import type { CurveBackend } from "../../../src/crypto/backend";
import { fromBigInt, ORDER } from "../../../src/crypto/scalar";
import {
  backends,
  expectNamedKeys,
  expectNamedParts,
  expectRefusal,
  flipBit,
  makeScope,
  subsets,
  watched,
} from "../../support/crypto";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const REFUSED = /^E_BAD_(ENCODING|PROOF)$/;

/** NKMS_DEEP widens the exhaustive tests. */
const MAX_SHARES = process.env.NKMS_DEEP ? 8 : 5;

/**
 * What every engine with Feldman-dealt keys does; `cfragLength` is that of an answer with threshold 1, `foreignField` what the error names where
 * the dealing is of another owner's key.
 */
export function behavesAsDealt(
  make: (backend?: CurveBackend) => Engine,
  cfragLength: number,
  foreignField: string,
): void {
  const engine = make();
  const random = seededRandom(`${engine.properties.name} engine`);
  const scope = makeScope(engine, random);
  const { owner, recipient, signer, capsule, key, keys } = scope;
  const request: RekeyRequest = {
    ownerSecretKey: owner.secretKey,
    recipientPublicKey: recipient.publicKey,
    recipientSecretKey: recipient.secretKey,
    signerSecretKey: signer.secretKey,
    threshold: 2,
    shares: 3,
  };
  const combine = (answers: readonly VerifiedAnswer[]) =>
    engine.combine(recipient.secretKey, owner.publicKey, capsule, answers);

  context("keys", () => {
    it("give the owner what encapsulation gave the producer, and nobody else", () => {
      expect(engine.decapsulate(owner.secretKey, capsule)).to.deep.equal(key);
      expect(engine.publicKeyOf(owner.secretKey)).to.deep.equal(owner.publicKey);
      expect(engine.decapsulate(recipient.secretKey, capsule)).to.not.deep.equal(key);
    });

    it("are refused where they are no scalars", () => {
      for (const secretKey of [fromBigInt(0n), fromBigInt(ORDER)]) {
        const refuse = (call: () => unknown, field: string) =>
          expectRefusal(call, "E_BAD_ENCODING", { field, got: "0 or >= n", expected: "1 to n-1" });
        refuse(() => engine.publicKeyOf(secretKey), "secretKey");
        refuse(() => engine.decapsulate(secretKey, capsule), "secretKey");
        refuse(() => engine.rekey({ ...request, ownerSecretKey: secretKey }, random), "ownerSecretKey");
        refuse(() => engine.rekey({ ...request, signerSecretKey: secretKey }, random), "signerSecretKey");
        refuse(() => engine.combine(secretKey, owner.publicKey, capsule, []), "recipientSecretKey");
      }
    });
  });

  context("rekey", () => {
    it("refuses impossible splits and the encryption key as signing key", () => {
      for (const [threshold, shares] of [
        [0, 1],
        [3, 2],
        [1, 0],
        [1, 33],
        [1.5, 3],
        [NaN, 3],
      ]) {
        const data = { threshold, shares, maxShares: 32 };
        expectRefusal(() => engine.rekey({ ...request, threshold, shares }, random), "E_BAD_THRESHOLD", data);
      }
      const reuse = () => engine.rekey({ ...request, signerSecretKey: owner.secretKey }, random);
      expectRefusal(reuse, "E_KEY_REUSE", { field: "signerSecretKey" });
    });

    it("makes distinct fractions whose commitments the node recomputes", () => {
      const fractions = scope.split(16, 32);
      expect(new Set(fractions.map(({ kfrag }) => kfrag.toString())).size).to.equal(32);
      for (const { kfrag, commitment } of fractions) {
        expect(engine.verifyFraction(kfrag, keys)).to.deep.equal(commitment);
      }
    });
  });

  context("combine", () => {
    it(`opens with every subset of at least m answers and none below, for every m of n up to ${MAX_SHARES}`, () => {
      for (let shares = 1; shares <= MAX_SHARES; shares++) {
        for (let threshold = 1; threshold <= shares; threshold++) {
          const answers = scope.split(threshold, shares).map(scope.answer);
          for (const subset of subsets(answers)) {
            if (subset.length >= threshold) expect(combine(subset)).to.deep.equal(key);
            else {
              const expected = subset.length ? threshold : 1;
              expectRefusal(() => combine(subset), "E_NOT_ENOUGH_SHARES", { got: subset.length, expected });
            }
          }
        }
      }
    });

    it("opens at the largest split, in any order", () => {
      expect(combine(scope.split(32, 32).reverse().map(scope.answer))).to.deep.equal(key);
    });

    it("refuses repeated, mixed and unverified answers", () => {
      const [first, second] = scope.split(2, 2);
      const [answer, foreign] = [scope.answer(first), scope.answer(scope.split(2, 2)[1])];
      const forged = { cfrag: answer.cfrag } as VerifiedAnswer;
      expectRefusal(() => combine([answer, scope.answer(first)]), "E_DUPLICATE_SHARE", { index: 1 });
      expectRefusal(() => combine([answer, foreign]), "E_MIXED_SHARES", { index: 1 });
      expectRefusal(() => combine([scope.answer(second), forged]), "E_UNVERIFIED_ANSWER", { index: 1 });
    });

    it("refuses another recipient, owner or capsule than the answers were verified for", () => {
      const answers = scope.split(1, 1).map(scope.answer);
      const other = engine.keygen(random);
      const wrong = (call: () => unknown, field: string) => expectRefusal(call, "E_WRONG_KEY", { index: 0, field });
      wrong(() => engine.combine(other.secretKey, owner.publicKey, capsule, answers), "recipientSecretKey");
      wrong(() => engine.combine(recipient.secretKey, other.publicKey, capsule, answers), "ownerPublicKey");
      const second = engine.encapsulate(owner.publicKey, random).capsule;
      const open = () => engine.combine(recipient.secretKey, owner.publicKey, second, answers);
      expectRefusal(open, "E_MIXED_SHARES", { index: 0 });
    });

    it("refuses a dealing of another owner's key", () => {
      const other = engine.keygen(random);
      const [{ kfrag, commitment }] = engine.rekey(
        { ...request, ownerSecretKey: other.secretKey, threshold: 1 },
        random,
      );
      const unsigned = { ...keys, signerPublicKey: undefined };
      const answer = engine.verify(engine.reencrypt(kfrag, capsule, random), { capsule, commitment, ...unsigned });
      expectRefusal(() => combine([answer]), "E_WRONG_KEY", { field: foreignField });
    });

    it("cannot be misled by bytes changed after verification", () => {
      const [answer] = scope.split(1, 1).map(scope.answer);
      answer.cfrag.fill(0);
      expect(combine([answer])).to.deep.equal(key);
    });
  });

  context("answers", () => {
    const [fraction, sibling] = scope.split(2, 2);
    const cfrag = engine.reencrypt(fraction.kfrag, capsule, random);
    const answerContext: AnswerContext = { capsule, commitment: fraction.commitment, ...keys };

    it("are a function of fraction and capsule, of a fixed length", () => {
      const never = () => expect.fail("no randomness is needed");
      expect(engine.reencrypt(fraction.kfrag, capsule, never)).to.deep.equal(cfrag);
      expect(cfrag.length).to.equal(cfragLength + 33);
    });

    it("are refused for another capsule, naming the equation", () => {
      const second = engine.encapsulate(owner.publicKey, random).capsule;
      const call = () => engine.verify(cfrag, { ...answerContext, capsule: second });
      expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part: "equation z*G = T1 + h*R" });
    });

    it("are refused for another share's commitment", () => {
      const { digest } = fraction.commitment;
      const refuse = (commitment: AnswerContext["commitment"], part: string) => {
        const call = () => engine.verify(cfrag, { ...answerContext, commitment });
        expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part });
      };
      refuse(sibling.commitment, "commitment digest");
      refuse({ digest, point: sibling.commitment.point }, "commitment point");
    });

    it("are refused in a context that is no context", () => {
      const { digest, point } = fraction.commitment;
      const refuse = (changed: Partial<AnswerContext>, field: string, got: unknown, expected: number) =>
        expectRefusal(() => engine.verify(cfrag, { ...answerContext, ...changed }), "E_BAD_ENCODING", {
          field,
          got,
          expected,
        });
      refuse({ commitment: { digest: digest.slice(1), point } }, "commitment.digest", 31, 32);
      refuse({ commitment: { digest, point: point.slice(1) } }, "commitment.point", 19, 20);
      const none = [undefined, null, { point }] as unknown as AnswerContext["commitment"][];
      for (const commitment of none) refuse({ commitment }, "commitment.digest", "undefined", 32);
      refuse({ commitment: { digest } as AnswerContext["commitment"] }, "commitment.point", "undefined", 20);
      refuse({ ownerPublicKey: digest }, "ownerPublicKey", 32, 33);
      refuse({ recipientPublicKey: digest }, "recipientPublicKey", 32, 33);
      refuse({ signerPublicKey: digest }, "signerPublicKey", 32, 33);
      refuse({ capsule: digest }, "capsule", 32, 98);
    });
  });

  context("fractions", () => {
    it("are refused by the node with another secret than the committed one, so that it cannot be framed", () => {
      const [{ kfrag }] = scope.split(1, 1);
      const framed = concat(fromBigInt(7n), kfrag.slice(32));
      const data = { field: "kfrag", part: "commitment R = rk*G" };
      expectRefusal(() => engine.verifyFraction(framed, keys), "E_BAD_PROOF", data);
    });

    it("are refused with an index or threshold out of range", () => {
      const [{ kfrag }] = scope.split(1, 1);
      for (const [offset, field] of [
        [32, "kfrag.index"],
        [33, "kfrag.threshold"],
      ] as const) {
        for (const got of [0, 33]) {
          const forged = Uint8Array.from(kfrag);
          forged[offset] = got;
          const data = { field, got, expected: [1, 32] };
          expectRefusal(() => engine.verifyFraction(forged, keys), "E_BAD_ENCODING", data);
        }
      }
    });
  });

  it("refuses a capsule with a flipped bit wherever it is read", () => {
    const [{ kfrag }] = scope.split(1, 1);
    for (let bit = 0; bit < 8 * capsule.length; bit += 7) {
      const flipped = flipBit(capsule, bit);
      const reads = [
        () => engine.verifyCapsule(flipped),
        () => engine.decapsulate(owner.secretKey, flipped),
        () => engine.reencrypt(kfrag, flipped, random),
        () => engine.combine(recipient.secretKey, owner.publicKey, flipped, []),
      ];
      for (const read of reads) expect(thrown(read).code).to.match(REFUSED);
    }
  });

  it("names what is too short, or no bytes at all", () => {
    const [{ kfrag, commitment }] = scope.split(2, 3);
    const cfrag = engine.reencrypt(kfrag, capsule, random);
    const refuse = (call: () => unknown, field: string, got: unknown, expected: number) =>
      expectRefusal(call, "E_BAD_ENCODING", { field, got, expected });
    const verify = (bytes: Uint8Array) => engine.verify(bytes, { capsule, commitment, ...keys });
    refuse(() => engine.verifyFraction(kfrag.slice(0, 31), keys), "kfrag", 31, 32);
    refuse(() => engine.verifyFraction(kfrag.slice(0, 33), keys), "kfrag", 1, 2);
    refuse(() => engine.verifyFraction(kfrag.slice(0, -1), keys), "kfrag", kfrag.length - 33, kfrag.length - 32);
    refuse(() => verify(cfrag.slice(0, 163)), "cfrag", 163, 164);
    refuse(() => verify(cfrag.slice(0, 165)), "cfrag", 1, 2);
    refuse(() => verify(concat(cfrag, Uint8Array.of(0))), "cfrag", cfrag.length - 163, cfrag.length - 164);
    const [text, nothing] = ["capsule", undefined] as unknown as Uint8Array[];
    refuse(() => engine.verifyCapsule(text), "capsule", "string", 98);
    refuse(() => engine.reencrypt(nothing, capsule, random), "kfrag", "undefined", 32);
    refuse(() => verify(nothing), "cfrag", "undefined", 164);
  });

  it("names every part that is no canonical encoding", () => {
    const [{ kfrag, commitment }] = scope.split(2, 3);
    const cfrag = engine.reencrypt(kfrag, capsule, random);
    expectNamedParts(
      capsule,
      [
        ["capsule.e", 0, "point"],
        ["capsule.v", 33, "point"],
        ["capsule.s", 66, "scalar"],
      ],
      (bytes) => engine.verifyCapsule(bytes),
    );
    expectNamedParts(
      kfrag,
      [
        ["kfrag.key", 0, "scalar"],
        ["kfrag.coefficients[0]", 34, "point"],
        ["kfrag.coefficients[1]", 67, "point"],
      ],
      (bytes) => engine.verifyFraction(bytes, keys),
    );
    expectNamedParts(
      cfrag,
      [
        ["cfrag.output", 0, "point"],
        ["cfrag.commitment", 33, "point"],
        ["cfrag.t1", 66, "point"],
        ["cfrag.t2", 99, "point"],
        ["cfrag.z", 132, "scalar"],
        ["cfrag.coefficients[0]", 166, "point"],
        ["cfrag.coefficients[1]", 199, "point"],
      ],
      (bytes) => engine.verify(bytes, { capsule, commitment, ...keys }),
    );
  });

  it("names every key that is none", () => {
    expectNamedKeys(engine, scope, request, random);
  });

  it("wipes its copy of a node's secret, also of one it refuses", () => {
    const [{ kfrag }] = scope.split(1, 1);
    const { curve, seen } = watched(backends.at(-1)!, kfrag.slice(0, 32));
    const node = make(curve);
    node.reencrypt(kfrag, capsule, random);
    const stray = Uint8Array.from(kfrag);
    stray.set(curve.multiplyBase(fromBigInt(3n)).subarray(1, 33), 35);
    stray[34] = 2;
    expect(thrown(() => node.verifyFraction(stray, keys)).code).to.equal("E_BAD_PROOF");
    expect(seen).to.have.length.of.at.least(2);
    for (const secret of seen) expect(secret).to.deep.equal(new Uint8Array(32));
  });

  it("reads the capsule of many answers once", () => {
    const { curve, seen } = watched(backends.at(-1)!, capsule.slice(0, 33));
    const node = make(curve);
    for (let reads = 0; reads < 3; reads++) node.verifyCapsule(Uint8Array.from(capsule));
    expect(seen).to.have.length(1);
  });

  it("stops where the random source fails, half-way or at once", () => {
    for (let draws = 0; draws < 3; draws++) {
      let left = draws;
      const failing = (length: number) => (left-- > 0 ? random(length) : new Uint8Array(length - 1));
      const call = () => engine.rekey({ ...request, threshold: 3 }, failing);
      expectRefusal(call, "E_BAD_RANDOM", { got: 31, expected: 32 });
    }
  });

  it("gives the same bytes on every back-end", () => {
    const transcript = (backend: CurveBackend) => {
      const its = makeScope(make(backend), seededRandom("differential"));
      const fractions = its.split(2, 3);
      const answers = fractions.map(its.answer);
      return [its.capsule, its.key, ...fractions.map(({ kfrag }) => kfrag), ...answers.map(({ cfrag }) => cfrag)];
    };
    const [expected, ...others] = backends.map(transcript);
    for (const other of others) expect(other).to.deep.equal(expected);
  });

  for (const backend of backends) {
    it(`goes round for random keys, splits and subsets on ${backend.name}`, () => {
      const other = make(backend);
      const split = fc.integer({ min: 1, max: MAX_SHARES }).chain((shares) =>
        fc.record({
          seed: fc.string(),
          threshold: fc.integer({ min: 1, max: shares }),
          order: fc.shuffledSubarray([...Array(shares).keys()], { minLength: shares, maxLength: shares }),
        }),
      );
      const property = fc.property(split, ({ seed, threshold, order }) => {
        const its = makeScope(other, seededRandom(seed));
        const answers = its.split(threshold, order.length).map(its.answer);
        const used = order.slice(0, threshold).map((index) => answers[index]);
        const key = other.combine(its.recipient.secretKey, its.owner.publicKey, its.capsule, used);
        expect(key).to.deep.equal(its.key);
      });
      fc.assert(property, { numRuns: backend.name === "native" ? 60 : 3 });
    });
  }
}
