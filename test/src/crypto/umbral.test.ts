import { expect } from "chai";
import fc from "fast-check";

import type { AnswerContext, RekeyRequest, VerifiedAnswer } from "../../../src/crypto/engine";
import { fromBigInt, ORDER } from "../../../src/crypto/scalar";
import { umbral } from "../../../src/crypto/umbral";
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

const engine = umbral();

/** NKMS_DEEP widens the exhaustive test. */
const MAX_SHARES = process.env.NKMS_DEEP ? 8 : 5;

describe("umbral", () => {
  const random = seededRandom("umbral engine");
  const scope = makeScope(engine, random);
  const { owner, recipient, signer, capsule, key, keys } = scope;
  const request: RekeyRequest = {
    ownerSecretKey: owner.secretKey,
    recipientPublicKey: recipient.publicKey,
    signerSecretKey: signer.secretKey,
    threshold: 2,
    shares: 3,
  };

  context("keys", () => {
    it("give the owner what encapsulation gave the producer", () => {
      expect(engine.decapsulate(owner.secretKey, capsule)).to.deep.equal(key);
      expect(engine.publicKeyOf(owner.secretKey)).to.deep.equal(owner.publicKey);
    });

    it("differ for another owner and another capsule", () => {
      expect(engine.decapsulate(recipient.secretKey, capsule)).to.not.deep.equal(key);
      expect(engine.encapsulate(owner.publicKey, random).key).to.not.deep.equal(key);
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
    it("refuses impossible splits", () => {
      const splits = [
        [0, 1],
        [-1, 3],
        [1.5, 3],
        [3, 2],
        [1, 0],
        [1, 33],
        [33, 33],
        [NaN, 3],
        [1, Infinity],
      ];
      for (const [threshold, shares] of splits) {
        const data = { threshold, shares, maxShares: 32 };
        expectRefusal(() => engine.rekey({ ...request, threshold, shares }, random), "E_BAD_THRESHOLD", data);
      }
    });

    it("refuses the encryption key as signing key", () => {
      const call = () => engine.rekey({ ...request, signerSecretKey: owner.secretKey }, random);
      expectRefusal(call, "E_KEY_REUSE", { field: "signerSecretKey" });
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
    it(`opens with every subset of at least m answers and with none below, for every m of n up to ${MAX_SHARES}`, () => {
      for (let shares = 1; shares <= MAX_SHARES; shares++) {
        for (let threshold = 1; threshold <= shares; threshold++) {
          const answers = scope.split(threshold, shares).map(scope.answer);
          for (const subset of subsets(answers)) {
            const open = () => engine.combine(recipient.secretKey, owner.publicKey, capsule, subset);
            if (subset.length >= threshold) expect(open()).to.deep.equal(key);
            else expectRefusal(open, "E_NOT_ENOUGH_SHARES", { got: subset.length });
          }
        }
      }
    });

    it("opens with answers in any order, at the largest split", () => {
      const answers = scope.split(16, 32).slice(8, 24).reverse().map(scope.answer);
      expect(engine.combine(recipient.secretKey, owner.publicKey, capsule, answers)).to.deep.equal(key);
      const open = () => engine.combine(recipient.secretKey, owner.publicKey, capsule, answers.slice(1));
      expectRefusal(open, "E_NOT_ENOUGH_SHARES", { got: 15 });
    });

    it("refuses the same share twice, even answered anew", () => {
      const [first, second] = scope.split(2, 2);
      const answers = [scope.answer(first), scope.answer(second), scope.answer(first)];
      const open = () => engine.combine(recipient.secretKey, owner.publicKey, capsule, answers);
      expectRefusal(open, "E_DUPLICATE_SHARE", { index: 2 });
    });

    it("refuses answers of two rekeyings for the same recipient", () => {
      const answers = [scope.answer(scope.split(2, 2)[0]), scope.answer(scope.split(2, 2)[1])];
      const open = () => engine.combine(recipient.secretKey, owner.publicKey, capsule, answers);
      expectRefusal(open, "E_MIXED_SHARES", { index: 1 });
    });

    it("refuses answers that did not come out of verify", () => {
      const [answer] = scope.split(1, 1).map(scope.answer);
      const forged = { cfrag: answer.cfrag } as VerifiedAnswer;
      const open = () => engine.combine(recipient.secretKey, owner.publicKey, capsule, [forged]);
      expectRefusal(open, "E_UNVERIFIED_ANSWER", { index: 0 });
    });

    it("refuses another recipient, owner or capsule than the answers were verified for", () => {
      const answers = scope.split(1, 1).map(scope.answer);
      const other = engine.keygen(random);
      expectRefusal(() => engine.combine(other.secretKey, owner.publicKey, capsule, answers), "E_WRONG_KEY", {
        index: 0,
        field: "recipientSecretKey",
      });
      expectRefusal(() => engine.combine(recipient.secretKey, other.publicKey, capsule, answers), "E_WRONG_KEY", {
        index: 0,
        field: "ownerPublicKey",
      });
      const second = engine.encapsulate(owner.publicKey, random).capsule;
      const open = () => engine.combine(recipient.secretKey, owner.publicKey, second, answers);
      expectRefusal(open, "E_MIXED_SHARES", { index: 0 });
    });

    it("cannot be misled by bytes changed after verification", () => {
      const [answer] = scope.split(1, 1).map(scope.answer);
      answer.cfrag.fill(0);
      expect(engine.combine(recipient.secretKey, owner.publicKey, capsule, [answer])).to.deep.equal(key);
    });

    it("takes answers verified by another instance of the engine", () => {
      const answers = scope.split(1, 1).map(scope.answer);
      for (const backend of backends) {
        const other = umbral(backend);
        expect(other.combine(recipient.secretKey, owner.publicKey, capsule, answers)).to.deep.equal(key);
      }
    });
  });

  context("verify", () => {
    const [fraction, sibling] = scope.split(2, 2);
    const [foreign] = makeScope(engine, random).split(2, 2);
    const cfrag = engine.reencrypt(fraction.kfrag, capsule, random);
    const answerContext: AnswerContext = { capsule, commitment: fraction.commitment, ...keys };

    it("refuses an answer for another capsule, naming the proof", () => {
      const second = engine.encapsulate(owner.publicKey, random).capsule;
      const call = () => engine.verify(cfrag, { ...answerContext, capsule: second });
      expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part: "equation z*E = E2 + h*E1" });
    });

    it("refuses an answer of another share or policy", () => {
      for (const { commitment } of [sibling, foreign]) {
        const call = () => engine.verify(cfrag, { ...answerContext, commitment });
        expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part: "commitment digest" });
      }
    });

    it("refuses answers with trailing or missing bytes", () => {
      for (const bytes of [cfrag.slice(1), new Uint8Array(360), new Uint8Array(0)]) {
        const data = { field: "cfrag", got: bytes.length, expected: 359 };
        expectRefusal(() => engine.verify(bytes, answerContext), "E_BAD_ENCODING", data);
      }
    });

    it("refuses a commitment whose point is another's", () => {
      const commitment = { digest: fraction.commitment.digest, point: sibling.commitment.point };
      const call = () => engine.verify(cfrag, { ...answerContext, commitment });
      expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part: "commitment point" });
    });

    it("refuses an answer of another owner, recipient or signer, where it is told the signer", () => {
      for (const field of ["ownerPublicKey", "recipientPublicKey", "signerPublicKey"]) {
        const context = { ...answerContext, [field]: engine.keygen(random).publicKey };
        const data = { field: "cfrag.recipientSignature" };
        expectRefusal(() => engine.verify(cfrag, context), "E_BAD_SIGNATURE", data);
        const both = [answerContext, context].map((one) => ({ cfrag, context: one }));
        expectRefusal(() => engine.verifyMany(both, random), "E_BAD_SIGNATURE", { ...data, index: 1 });
      }
    });

    it("goes by proof and commitment alone where it is told no signer", () => {
      const unsigned = { ...answerContext, signerPublicKey: undefined };
      expect(engine.verify(cfrag, unsigned).cfrag).to.deep.equal(cfrag);
      const answers = [{ cfrag, context: unsigned }];
      expect(engine.verifyMany(answers, random).map((answer) => answer.cfrag)).to.deep.equal([cfrag]);
    });

    it("refuses contexts that are no context", () => {
      const { digest, point } = fraction.commitment;
      const refuse = (context: Partial<AnswerContext>, field: string, got: unknown, expected: number) =>
        expectRefusal(() => engine.verify(cfrag, { ...answerContext, ...context }), "E_BAD_ENCODING", {
          field,
          got,
          expected,
        });
      refuse({ commitment: { digest: digest.slice(1), point } }, "commitment.digest", 31, 32);
      refuse({ commitment: { digest, point: point.slice(1) } }, "commitment.point", 19, 20);
      refuse({ ownerPublicKey: digest }, "ownerPublicKey", 32, 33);
      refuse({ recipientPublicKey: digest }, "recipientPublicKey", 32, 33);
      refuse({ signerPublicKey: digest }, "signerPublicKey", 32, 33);
      const none = [undefined, null, { point }] as unknown as AnswerContext["commitment"][];
      for (const commitment of none) refuse({ commitment }, "commitment.digest", "undefined", 32);
      refuse({ capsule: digest }, "capsule", 32, 98);
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
      for (const read of reads) expect(thrown(read).code).to.match(/^E_BAD_(ENCODING|PROOF)$/);
    }
  });

  context("fractions", () => {
    const [{ kfrag }] = scope.split(2, 3);

    it("are refused under every wrong key", () => {
      const other = engine.keygen(random).publicKey;
      for (const field of ["ownerPublicKey", "recipientPublicKey", "signerPublicKey"]) {
        const call = () => engine.verifyFraction(kfrag, { ...keys, [field]: other });
        expectRefusal(call, "E_BAD_SIGNATURE", { field: "kfrag.recipientSignature" });
      }
    });

    it("are refused with another secret than the committed one", () => {
      const forged = Uint8Array.from(kfrag);
      forged.set(fromBigInt(7n), 32);
      const data = { field: "kfrag", part: "commitment U1 = rk*U" };
      expectRefusal(() => engine.verifyFraction(forged, keys), "E_BAD_PROOF", data);
    });

    it("are refused with trailing or missing bytes", () => {
      for (const got of [0, 259, 261]) {
        const bytes = Uint8Array.from({ length: got }, (_, index) => kfrag[index] ?? 0);
        const data = { field: "kfrag", got, expected: 260 };
        expectRefusal(() => engine.verifyFraction(bytes, keys), "E_BAD_ENCODING", data);
        expectRefusal(() => engine.reencrypt(bytes, capsule, random), "E_BAD_ENCODING", data);
      }
    });

    it("are refused with flags that are no flags", () => {
      for (const [offset, field] of [
        [258, "kfrag.signsOwnerKey"],
        [259, "kfrag.signsRecipientKey"],
      ] as const) {
        const forged = Uint8Array.from(kfrag);
        forged[offset] = 2;
        const data = { field, got: 2, expected: [0, 1] };
        expectRefusal(() => engine.verifyFraction(forged, keys), "E_BAD_ENCODING", data);
      }
    });
  });

  it("names every part of a fraction or an answer that is no canonical encoding", () => {
    const [{ kfrag, commitment }] = scope.split(1, 1);
    const cfrag = engine.reencrypt(kfrag, capsule, random);
    expectNamedParts(
      kfrag,
      [
        ["kfrag.key", 32, "scalar"],
        ["kfrag.precursor", 64, "point"],
        ["kfrag.commitment", 97, "point"],
        ["kfrag.proxySignature.r", 130, "scalar"],
        ["kfrag.proxySignature.s", 162, "scalar"],
        ["kfrag.recipientSignature.r", 194, "scalar"],
        ["kfrag.recipientSignature.s", 226, "scalar"],
      ],
      (bytes) => engine.verifyFraction(bytes, keys),
    );
    expectNamedParts(
      cfrag,
      [
        ["cfrag.e1", 0, "point"],
        ["cfrag.v1", 33, "point"],
        ["cfrag.precursor", 98, "point"],
        ["cfrag.e2", 131, "point"],
        ["cfrag.v2", 164, "point"],
        ["cfrag.commitment", 197, "point"],
        ["cfrag.u2", 230, "point"],
        ["cfrag.z", 263, "scalar"],
        ["cfrag.recipientSignature.r", 295, "scalar"],
        ["cfrag.recipientSignature.s", 327, "scalar"],
      ],
      (bytes) => engine.verify(bytes, { capsule, commitment, ...keys }),
    );
  });

  it("names every key that is none", () => {
    const [{ kfrag }] = scope.split(1, 1);
    const cfrag = engine.reencrypt(kfrag, capsule, random);
    expectNamedKeys(engine, scope, request, random, [
      (wrong) => engine.verifyProxySignature(kfrag, wrong),
      (wrong) => engine.evidence(cfrag, capsule, wrong),
    ]);
  });

  it("wipes its copy of a node's secret, also of one it refuses", () => {
    const [{ kfrag }] = scope.split(1, 1);
    const { curve, seen } = watched(backends.at(-1)!, kfrag.slice(32, 64));
    const node = umbral(curve);
    node.reencrypt(kfrag, capsule, random);
    const stray = Uint8Array.from(kfrag);
    stray.set(owner.publicKey, 97);
    const refused = [() => node.verifyFraction(stray, keys), () => node.verifyProxySignature(stray, keys)];
    for (const call of refused) expect(thrown(call).code).to.equal("E_BAD_PROOF");
    expect(seen).to.have.length.of.at.least(3);
    for (const secret of seen) expect(secret).to.deep.equal(new Uint8Array(32));
  });

  it("reads the capsule of many answers once", () => {
    const { curve, seen } = watched(backends.at(-1)!, capsule.slice(0, 33));
    const node = umbral(curve);
    for (let reads = 0; reads < 3; reads++) node.verifyCapsule(Uint8Array.from(capsule));
    expect(seen).to.have.length(1);
  });

  it("stops where the random source fails, half-way or at once", () => {
    const short = (expected: number) => ({ got: expected - 1, expected });
    const failingAfter = (draws: number) => (length: number) =>
      draws-- > 0 ? random(length) : new Uint8Array(length - 1);
    const ofRekey = [32, 32, 32, 64, 64]; // x, the blinding, a coefficient, two fractions
    for (const [draws, length] of ofRekey.entries()) {
      const rekey = () => engine.rekey({ ...request, shares: 2 }, failingAfter(draws));
      expectRefusal(rekey, "E_BAD_RANDOM", short(length));
    }
    for (const draws of [0, 1]) {
      const encapsulate = () => engine.encapsulate(owner.publicKey, failingAfter(draws));
      expectRefusal(encapsulate, "E_BAD_RANDOM", short(32));
    }
  });

  for (const backend of backends) {
    it(`goes round for random keys and splits on ${backend.name}`, () => {
      const other = umbral(backend);
      const split = fc
        .integer({ min: 1, max: 5 })
        .chain((shares) =>
          fc.record({ seed: fc.string(), shares: fc.constant(shares), threshold: fc.integer({ min: 1, max: shares }) }),
        );
      const property = fc.property(split, ({ seed, shares, threshold }) => {
        const its = makeScope(other, seededRandom(seed));
        const answers = its.split(threshold, shares).slice(-threshold).map(its.answer);
        expect(other.combine(its.recipient.secretKey, its.owner.publicKey, its.capsule, answers)).to.deep.equal(
          its.key,
        );
      });
      fc.assert(property, { numRuns: backend.name === "native" ? 60 : 6 });
    });
  }
});
