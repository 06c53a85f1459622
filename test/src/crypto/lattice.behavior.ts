import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import fc from "fast-check";
import { createHash } from "node:crypto";

import { concat } from "../../../src/bytes";
import type { AnswerContext, LatticeEngine, RekeyRequest, VerifiedAnswer } from "../../../src/crypto/engine";
import { capsuleOf, openSealed, openWithKey, sealTo } from "../../../src/crypto/sealedBox";
import { expectRefusal, flipBit, makeScope } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { leftovers } from "../../support/leftovers";
import { seededRandom } from "../../support/seededRandom";

/** About so many bits of a value are turned; parsers.test.ts turns all. The step is odd, so that all places of a byte are met. */
const MOST_FLIPS = process.env.NKMS_DEEP ? 1_000 : 60;

/** What every engine on noisy capsules does. */
export function behavesAsLattice(engine: LatticeEngine): void {
  const random = seededRandom(`${engine.properties.name} engine`);
  const scope = makeScope(engine, random);
  const { owner, recipient, signer, capsule, key, keys } = scope;
  const { maxHops } = engine.properties;
  const turnLength = engine.capsuleLength - 32 + 1;
  const [fraction, sibling] = scope.split(1, 2);
  const cfrag = engine.reencrypt(fraction.kfrag, capsule, random);
  const inContext: AnswerContext = { capsule, commitment: fraction.commitment, ...keys };
  const answer = engine.verify(cfrag, inContext);
  const request: RekeyRequest = {
    ownerSecretKey: owner.secretKey,
    recipientPublicKey: recipient.publicKey,
    recipientSecretKey: recipient.secretKey,
    signerSecretKey: signer.secretKey,
    threshold: 1,
    shares: 1,
  };
  const combine = (answers: readonly VerifiedAnswer[]) =>
    engine.combine(recipient.secretKey, owner.publicKey, capsule, answers);
  const hopKey = (from: typeof owner, to: typeof owner) =>
    engine.rekey(
      {
        ...request,
        ownerSecretKey: from.secretKey,
        recipientPublicKey: to.publicKey,
        recipientSecretKey: to.secretKey,
      },
      random,
    )[0].kfrag;

  const everyBit = (bytes: Uint8Array, check: (flipped: Uint8Array) => void) => {
    const step = Math.ceil((8 * bytes.length) / MOST_FLIPS) | 1;
    for (let bit = 0; bit < 8 * bytes.length; bit += step) check(flipBit(bytes, bit));
    check(flipBit(bytes, 8 * bytes.length - 1));
  };

  context("keys (I-L1)", () => {
    it("give the owner what encapsulation gave the producer", () => {
      expect(engine.decapsulate(owner.secretKey, capsule)).to.deep.equal(key);
      expect(engine.publicKeyOf(owner.secretKey)).to.deep.equal(owner.publicKey);
      expect(capsule.length).to.equal(engine.capsuleLength);
    });

    it("open nothing for anybody else", () => {
      const wrong = () => engine.decapsulate(recipient.secretKey, capsule);
      expectRefusal(wrong, "E_TAMPERED", { field: "capsule" });
    });

    it("are refused at the wrong length", () => {
      const short = owner.secretKey.slice(1);
      const refuse = (call: () => unknown, field: string) =>
        expectRefusal(call, "E_BAD_ENCODING", { field, got: 31, expected: 32 });
      refuse(() => engine.publicKeyOf(short), "secretKey");
      refuse(() => engine.decapsulate(short, capsule), "secretKey");
      refuse(() => engine.decapsulateTurned(short, owner.publicKey, capsule), "secretKey");
      refuse(() => engine.rekey({ ...request, ownerSecretKey: short }, random), "ownerSecretKey");
      refuse(() => engine.combine(short, owner.publicKey, capsule, [answer]), "recipientSecretKey");
    });

    it("of the public kind are refused at the wrong length wherever they go in", () => {
      const short = owner.publicKey.slice(1);
      const lengths = { got: short.length, expected: owner.publicKey.length };
      const refuse = (call: () => unknown, field: string) =>
        expectRefusal(call, "E_BAD_ENCODING", { field, ...lengths });
      refuse(() => engine.encapsulate(short, random), "publicKey");
      refuse(() => engine.decapsulateTurned(owner.secretKey, short, capsule), "originPublicKey");
      refuse(() => engine.rekey({ ...request, recipientPublicKey: short }, random), "recipientPublicKey");
      refuse(() => engine.combine(recipient.secretKey, short, capsule, [answer]), "ownerPublicKey");
      for (const field of ["ownerPublicKey", "recipientPublicKey"]) {
        refuse(() => engine.verifyFraction(fraction.kfrag, { ...keys, [field]: short }), field);
        refuse(() => engine.verify(cfrag, { ...inContext, [field]: short }), field);
      }
    });
  });

  context("rekey", () => {
    it("makes fractions that differ and whose commitments the node recomputes", () => {
      const fractions = scope.split(1, 32);
      expect(new Set(fractions.map(({ commitment }) => commitment.digest.toString())).size).to.equal(32);
      for (const { kfrag, commitment } of fractions.slice(0, 3)) {
        expect(engine.verifyFraction(kfrag, keys)).to.deep.equal(commitment);
        expect(commitment.point).to.deep.equal(commitment.digest.slice(12));
      }
    });

    it("refuses impossible splits, and thresholds it does not have", () => {
      for (const [threshold, shares] of [
        [0, 1],
        [3, 2],
        [1, 33],
      ]) {
        const data = { threshold, shares, maxShares: 32 };
        expectRefusal(() => engine.rekey({ ...request, threshold, shares }, random), "E_BAD_THRESHOLD", data);
      }
      const call = () => engine.rekey({ ...request, threshold: 2, shares: 3 }, random);
      expectRefusal(call, "E_BAD_THRESHOLD", { threshold: 2, expected: 1 });
    });

    it("refuses the owner's key as signing key", () => {
      const call = () => engine.rekey({ ...request, signerSecretKey: owner.secretKey }, random);
      expectRefusal(call, "E_KEY_REUSE", { field: "signerSecretKey" });
    });

    it("stops where the random source fails, half-way or at once", () => {
      for (const draws of [0, 1, 2]) {
        let left = draws;
        const failing = (length: number) => (left-- > 0 ? random(length) : new Uint8Array(length - 1));
        const run = () => engine.rekey({ ...request, shares: 3 }, failing);
        expectRefusal(run, "E_BAD_RANDOM", { got: 31, expected: 32 });
      }
    });
  });

  context("answers (I-L2)", () => {
    it("open the capsule, each alone", () => {
      expect(combine([answer])).to.deep.equal(key);
      expect(combine([scope.answer(sibling)])).to.deep.equal(key);
    });

    it("are a function of fraction and capsule, and the same of all nodes but for the binding", () => {
      const never = () => expect.fail("no randomness is needed");
      expect(engine.reencrypt(fraction.kfrag, capsule, never)).to.deep.equal(cfrag);
      const other = engine.reencrypt(sibling.kfrag, capsule, never);
      expect(other.slice(0, -32)).to.deep.equal(cfrag.slice(0, -32));
      expect(other.slice(-32)).to.not.deep.equal(cfrag.slice(-32));
      expect(cfrag.length).to.equal(turnLength + 32);
    });

    it("are refused for another capsule or another share", () => {
      const second = engine.encapsulate(owner.publicKey, random).capsule;
      const data = { field: "cfrag", part: "binding to share and capsule" };
      expectRefusal(() => engine.verify(cfrag, { ...inContext, capsule: second }), "E_BAD_PROOF", data);
      expectRefusal(() => engine.verify(cfrag, { ...inContext, commitment: sibling.commitment }), "E_BAD_PROOF", data);
    });

    it("are refused where the commitment's point is not the last 20 bytes of its digest", () => {
      const { digest, point } = fraction.commitment;
      for (const wrong of [new Uint8Array(20), sibling.commitment.point, flipBit(point, 0), flipBit(point, 159)]) {
        const changed = { ...inContext, commitment: { digest, point: wrong } };
        const data = { field: "cfrag", part: "commitment point" };
        expectRefusal(() => engine.verify(cfrag, changed), "E_BAD_PROOF", data);
      }
    });

    it("are refused in a context that is no context", () => {
      const { digest, point } = fraction.commitment;
      const refuse = (changed: Partial<AnswerContext>, field: string, got: number, expected: number) =>
        expectRefusal(() => engine.verify(cfrag, { ...inContext, ...changed }), "E_BAD_ENCODING", {
          field,
          got,
          expected,
        });
      const none = { commitment: undefined } as unknown as AnswerContext;
      expect(thrown(() => engine.verify(cfrag, { ...inContext, ...none })).code).to.equal("E_BAD_ENCODING");
      refuse({ commitment: { digest: digest.slice(1), point } }, "commitment.digest", 31, 32);
      refuse({ commitment: { digest, point: point.slice(1) } }, "commitment.point", 19, 20);
      refuse({ capsule: digest }, "capsule", 32, engine.capsuleLength);
    });

    it("of a node that lies are seen by the recipient, who opens with another's", () => {
      const other = engine.encapsulate(owner.publicKey, random).capsule;
      const turn = engine.reencrypt(sibling.kfrag, other, random).slice(0, -32);
      const honest = engine.reencrypt(sibling.kfrag, capsule, random);
      const domain = createHash("sha256").update(`nkms/v1/${engine.properties.name}/answer`).digest();
      const bound = concat(domain, sibling.commitment.digest, capsule, turn);
      const lie = concat(turn, createHash("sha256").update(bound).digest());
      expect(lie).to.not.deep.equal(honest);
      const wrong = engine.verify(lie, { ...inContext, commitment: sibling.commitment });
      expectRefusal(() => combine([wrong]), "E_TAMPERED", { field: "answers" });
      expect(combine([wrong, answer])).to.deep.equal(key);
    });

    it("are needed, verified, and for this use only", () => {
      const { owner: stranger } = makeScope(engine, random);
      const second = engine.encapsulate(owner.publicKey, random).capsule;
      const open = (secretKey: Uint8Array, publicKey: Uint8Array, of: Uint8Array) => () =>
        engine.combine(secretKey, publicKey, of, [answer]);
      expectRefusal(() => combine([]), "E_NOT_ENOUGH_SHARES", { got: 0, expected: 1 });
      expectRefusal(() => combine([{ cfrag } as VerifiedAnswer]), "E_UNVERIFIED_ANSWER", { index: 0 });
      expectRefusal(open(recipient.secretKey, owner.publicKey, second), "E_MIXED_SHARES", { index: 0 });
      const wrong = { index: 0, field: "ownerPublicKey" };
      expectRefusal(open(recipient.secretKey, stranger.publicKey, capsule), "E_WRONG_KEY", wrong);
      const other = { index: 0, field: "recipientSecretKey" };
      expectRefusal(open(stranger.secretKey, owner.publicKey, capsule), "E_WRONG_KEY", other);
    });

    it("cannot be changed after verification", () => {
      const verified = scope.answer(fraction);
      verified.cfrag.fill(0);
      expect(combine([verified])).to.deep.equal(key);
    });
  });

  context("secrets", () => {
    it("of a node are wiped where they were copied, also those of a kfrag that is refused", () => {
      const { kfrag } = fraction;
      const wrongRoot = flipBit(kfrag, 0);
      const wrongBody = Uint8Array.from(kfrag).fill(255, 96, 128);
      wrongBody.set(keccak_256(wrongBody.subarray(64)));
      const calls = [
        () => engine.reencrypt(kfrag, capsule, random),
        () => engine.hop(kfrag, capsule),
        () => engine.verifyFraction(kfrag, keys),
        () => thrown(() => engine.verifyFraction(wrongRoot, keys)),
        () => thrown(() => engine.verifyFraction(wrongBody, keys)),
        () => thrown(() => engine.reencrypt(kfrag, capsule.slice(1), random)),
      ];
      for (const secret of [kfrag.slice(64, 96), kfrag.slice(-32)]) {
        for (const call of calls) expect(leftovers(secret, [kfrag, wrongRoot, wrongBody], call)).to.equal(0);
      }
      expect(engine.verifyFraction(kfrag, keys)).to.deep.equal(fraction.commitment);
    });

    it("of a holder who makes or opens something stay his alone", () => {
      const { secretKey } = owner;
      const made = engine.keygen(() => secretKey);
      expect(made).to.deep.equal(owner);
      expect(leftovers(secretKey, [], () => engine.keygen(() => secretKey).secretKey)).to.equal(0);
      expect(leftovers(secretKey, [], () => engine.decapsulate(secretKey, capsule))).to.equal(0);
    });
  });

  context("hops (eq 22, 24)", () => {
    const [folder, parent] = [engine.keygen(random), engine.keygen(random)];
    const chain = [hopKey(owner, folder), hopKey(folder, parent)].slice(0, Math.min(2, maxHops));
    const last = [owner, folder, parent][chain.length];
    const turned = chain.reduce((before, kfrag) => engine.hop(kfrag, before), capsule);

    it("open for the last holder, who needs the first one's public key", () => {
      expect(turned.length).to.equal(engine.capsuleLength + turnLength + 32);
      expect(engine.decapsulateTurned(last.secretKey, owner.publicKey, turned)).to.deep.equal(key);
      const others = [
        () => engine.decapsulateTurned(owner.secretKey, owner.publicKey, turned),
        () => engine.decapsulateTurned(last.secretKey, last.publicKey, turned),
      ];
      for (const call of others) expectRefusal(call, "E_TAMPERED", { field: "capsule" });
      const data = { field: "capsule", got: turned.length, expected: engine.capsuleLength };
      expectRefusal(() => engine.decapsulate(last.secretKey, turned), "E_BAD_ENCODING", data);
    });

    if (maxHops > 1) {
      it("can be followed by a node's turn towards a recipient", () => {
        const box = sealTo(engine, owner.publicKey, random(50), random);
        const original = capsuleOf(engine, box);
        const inFolder = engine.hop(hopKey(owner, folder), original);
        const [{ kfrag, commitment }] = engine.rekey({ ...request, ownerSecretKey: folder.secretKey }, random);
        const its = { capsule: inFolder, commitment, ...keys };
        const verified = engine.verify(engine.reencrypt(kfrag, inFolder, random), its);
        const opened = engine.combine(recipient.secretKey, owner.publicKey, inFolder, [verified]);
        expect(openWithKey(engine, opened, box)).to.deep.equal(openSealed(engine, owner.secretKey, box));
        const foreign = engine.verify(verified.cfrag, { ...its, ownerPublicKey: folder.publicKey });
        const notFirst = () => engine.combine(recipient.secretKey, folder.publicKey, inFolder, [foreign]);
        expectRefusal(notFirst, "E_TAMPERED", { field: "answers" });
      });
    }

    it("are refused with another turn than the one they are bound to", () => {
      const changed = [flipBit(turned, 8 * (engine.capsuleLength + 1)), flipBit(turned, 8 * turned.length - 1)];
      for (const other of changed) {
        const data = { field: "capsule", part: "binding of the turn" };
        expectRefusal(() => engine.decapsulateTurned(last.secretKey, owner.publicKey, other), "E_BAD_PROOF", data);
        expectRefusal(() => engine.verifyCapsule(other), "E_BAD_PROOF", data);
      }
    });

    it("are refused where their number is none that can be", () => {
      for (const got of [0, maxHops + 1].filter((hops) => hops < 256)) {
        const changed = Uint8Array.from(turned);
        changed[engine.capsuleLength] = got;
        const data = { field: "capsule.hops", got, expected: [1, maxHops] };
        expectRefusal(() => engine.verifyCapsule(changed), "E_BAD_ENCODING", data);
      }
    });

    it("are refused where original or turn is full of ones", () => {
      const original = turned.slice();
      original.fill(255, 0, engine.capsuleLength - 32);
      const last = turned.slice();
      last.fill(255, engine.capsuleLength + 1, -32);
      for (const changed of [original, last]) {
        const { code, data } = thrown(() => engine.verifyCapsule(changed));
        expect([code, data.field]).to.deep.equal(["E_BAD_ENCODING", "capsule"]);
      }
    });

    it("open originals too", () => {
      expect(engine.decapsulateTurned(owner.secretKey, owner.publicKey, capsule)).to.deep.equal(key);
    });

    it("are the same bytes whenever they are made", () => {
      const again = chain.reduce((before, kfrag) => engine.hop(kfrag, before), capsule);
      expect(again).to.deep.equal(turned);
    });

    it(`end after ${maxHops}, where the capsule opens still`, () => {
      const self = hopKey(owner, owner);
      let all = capsule;
      for (let hops = 0; hops < maxHops; hops++) all = engine.hop(self, all);
      engine.verifyCapsule(all);
      expect(engine.decapsulateTurned(owner.secretKey, owner.publicKey, all)).to.deep.equal(key);
      const data = { got: maxHops, expected: maxHops - 1 };
      expectRefusal(() => engine.hop(self, all), "E_TOO_MANY_HOPS", data);
      expectRefusal(() => engine.reencrypt(self, all, random), "E_TOO_MANY_HOPS", data);
    });

    it("are counted in the answer", () => {
      const miscounted = concat(Uint8Array.of(2), cfrag.slice(1));
      const data =
        maxHops > 1
          ? { field: "cfrag", part: "number of hops" }
          : { field: "cfrag.hops", got: 2, expected: [1, maxHops] };
      expectRefusal(() => engine.verify(miscounted, inContext), maxHops > 1 ? "E_BAD_PROOF" : "E_BAD_ENCODING", data);
      const none = concat(Uint8Array.of(0), cfrag.slice(1));
      const range = { field: "cfrag.hops", got: 0, expected: [1, maxHops] };
      expectRefusal(() => engine.verify(none, inContext), "E_BAD_ENCODING", range);
    });

    it("grow the failure probability, which the properties state for the last", () => {
      expect(engine.failureLog2(0)).to.be.below(engine.failureLog2(1));
      expect(engine.properties.failureLog2).to.equal(engine.failureLog2(maxHops));
      expect(engine.properties.failureLog2).to.be.below(-95);
    });
  });

  context("one changed bit (I-L3)", () => {
    it("in a capsule is found by whoever opens it", () => {
      everyBit(capsule, (flipped) => {
        const open = () => engine.decapsulateTurned(owner.secretKey, owner.publicKey, flipped);
        expect(thrown(open).code).to.match(/^E_(BAD_ENCODING|TAMPERED)$/);
      });
    });

    it("in a kfrag is found by the node", () => {
      everyBit(fraction.kfrag, (flipped) => {
        let digest: Uint8Array;
        try {
          ({ digest } = engine.verifyFraction(flipped, keys));
        } catch (error) {
          expect((error as { code: string }).code).to.match(/^E_BAD_(ENCODING|PROOF)$/);
          return;
        }
        expect(digest).to.not.deep.equal(fraction.commitment.digest);
      });
    });

    it("in a cfrag is found by whoever verifies it", () => {
      everyBit(cfrag, (flipped) => {
        expect(thrown(() => engine.verify(flipped, inContext)).code).to.match(/^E_BAD_(ENCODING|PROOF)$/);
      });
    });

    it("in a public key makes what its owner does not open, if anything", () => {
      everyBit(owner.publicKey, (flipped) => {
        const code = thrown(() => {
          const { capsule: lost } = engine.encapsulate(flipped, random);
          engine.decapsulate(owner.secretKey, lost);
        }).code;
        expect(code).to.match(/^E_(BAD_ENCODING|TAMPERED)$/);
      });
    });

    it("in a secret key is another key", () => {
      for (let bit = 0; bit < 256; bit += 17) {
        const wrong = () => engine.decapsulate(flipBit(owner.secretKey, bit), capsule);
        expect(thrown(wrong).code).to.equal("E_TAMPERED");
      }
    });
  });

  it("refuses a kfrag whose root is not its body's", () => {
    const data = { field: "kfrag", part: "hash of the key" };
    expectRefusal(() => engine.verifyFraction(flipBit(fraction.kfrag, 7), keys), "E_BAD_PROOF", data);
  });

  it("refuses every truncation and extension of capsule, kfrag and cfrag", () => {
    const readers: [Uint8Array, (bytes: Uint8Array) => unknown][] = [
      [capsule, (bytes) => engine.verifyCapsule(bytes)],
      [fraction.kfrag, (bytes) => engine.verifyFraction(bytes, keys)],
      [cfrag, (bytes) => engine.verify(bytes, inContext)],
      [owner.publicKey, (bytes) => engine.encapsulate(bytes, random)],
    ];
    for (const [bytes, read] of readers) {
      for (let length = 0; length < bytes.length; length += 1 + (length >> 3)) {
        expect(thrown(() => read(bytes.slice(0, length))).code).to.equal("E_BAD_ENCODING");
      }
      expect(thrown(() => read(bytes.slice(0, -1))).code).to.equal("E_BAD_ENCODING");
      expect(thrown(() => read(concat(bytes, Uint8Array.of(0)))).code).to.equal("E_BAD_ENCODING");
      expect(thrown(() => read("bytes" as unknown as Uint8Array)).code).to.equal("E_BAD_ENCODING");
    }
  });

  it("names what is full of ones, which no value of the scheme is", () => {
    const ones = (bytes: Uint8Array, start = 0, end = bytes.length) => Uint8Array.from(bytes).fill(255, start, end);
    const refuse = (call: () => unknown, field: string) => {
      const { code, data } = thrown(call);
      expect([code, data.field]).to.deep.equal(["E_BAD_ENCODING", field]);
    };
    const noKey = ones(owner.publicKey);
    refuse(() => engine.encapsulate(noKey, random), "publicKey");
    refuse(() => engine.decapsulateTurned(owner.secretKey, noKey, capsule), "originPublicKey");
    refuse(() => engine.rekey({ ...request, recipientPublicKey: noKey }, random), "recipientPublicKey");
    refuse(() => engine.combine(recipient.secretKey, noKey, capsule, [answer]), "ownerPublicKey");
    for (const field of ["ownerPublicKey", "recipientPublicKey"]) {
      refuse(() => engine.verifyFraction(fraction.kfrag, { ...keys, [field]: noKey }), field);
      refuse(() => engine.verify(cfrag, { ...inContext, [field]: noKey }), field);
    }
    refuse(() => engine.verifyCapsule(ones(capsule, 0, -32)), "capsule");
    refuse(() => engine.verify(ones(cfrag, 1, -32), inContext), "cfrag");
    const noBody = ones(fraction.kfrag, 64);
    noBody.set(keccak_256(noBody.subarray(64)));
    refuse(() => engine.verifyFraction(noBody, keys), "kfrag");
    refuse(() => engine.reencrypt(noBody, capsule, random), "kfrag");
    refuse(() => engine.hop(noBody, capsule), "kfrag");
  });

  it("goes round for random keys", () => {
    const property = fc.property(fc.string(), (seed) => {
      const its = makeScope(engine, seededRandom(seed));
      const verified = its.split(1, 2).map(its.answer);
      const opened = engine.combine(its.recipient.secretKey, its.owner.publicKey, its.capsule, verified.slice(1));
      expect(opened).to.deep.equal(its.key);
    });
    fc.assert(property, { numRuns: process.env.NKMS_DEEP ? 40 : 5 });
  });
}
