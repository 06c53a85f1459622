import { expect } from "chai";

import {
  centred,
  chosenCapsules,
  decode,
  secretFromChosen,
  secretFromHonest,
  secretOf,
  sparse,
} from "../../../scripts/engines/ntruAttacks";
import { equalBytes } from "../../../src/bytes";
import { expand } from "../../../src/crypto/lattice/expand";
import { ternary } from "../../../src/crypto/lattice/sampler";
import { ntru } from "../../../src/crypto/ntru";
import { failureLog2, noiseVariance, NTRU_1087, NTRU_1499 } from "../../../src/crypto/ntru/parameters";
import { invert, multiply } from "../../../src/crypto/ntru/ring";
import { expectRefusal, makeScope } from "../../support/crypto";
import { inMemory, leftovers } from "../../support/leftovers";
import { seededRandom } from "../../support/seededRandom";
import { behavesAsLattice } from "./lattice.behavior";

describe("ntru", () => {
  for (const [set, lengths] of [
    [NTRU_1087, { publicKey: 1495, capsule: 1527, kfrag: 96 + 1495 }],
    [NTRU_1499, { publicKey: 2062, capsule: 2094, kfrag: 96 + 2062 }],
  ] as const) {
    describe(set.name, () => {
      const engine = ntru(set);
      behavesAsLattice(engine);

      const random = seededRandom(`${set.name} scheme`);
      const { owner, recipient, signer, capsule, keys } = makeScope(engine, random);
      const request = {
        ownerSecretKey: owner.secretKey,
        recipientPublicKey: recipient.publicKey,
        recipientSecretKey: recipient.secretKey,
        signerSecretKey: signer.secretKey,
        threshold: 1,
        shares: 1,
      };
      const [{ kfrag }] = engine.rekey(request, random);
      const key = decode(set, kfrag.slice(96));
      const [ownerSecret, recipientSecret] = [owner, recipient].map(({ secretKey }) => secretOf(set, secretKey));

      it("has the lengths of its parameters", () => {
        const actual = { publicKey: owner.publicKey.length, capsule: capsule.length, kfrag: kfrag.length };
        expect(actual).to.deep.equal(lengths);
      });

      it("has keys h with f*h = 3*g", () => {
        const product = centred(multiply(ownerSecret, decode(set, owner.publicKey)));
        const g = sparse(set, owner.secretKey, "g", set.keyWeight + 1, set.keyWeight);
        expect(Array.from(product)).to.deep.equal(Array.from(g, (value) => 3 * value));
      });

      it("rekeys with both secret keys only", () => {
        const field = "recipientSecretKey";
        const { recipientSecretKey, ...half } = request;
        expect(recipientSecretKey).to.deep.equal(recipient.secretKey);
        expectRefusal(() => engine.rekey(half, random), "E_INTERACTIVE", { field });
        const mixed = { ...request, recipientSecretKey: owner.secretKey };
        expectRefusal(() => engine.rekey(mixed, random), "E_WRONG_KEY", { field });
        const short = { ...request, recipientSecretKey: owner.secretKey.slice(1) };
        expectRefusal(() => engine.rekey(short, random), "E_BAD_ENCODING", { field, got: 31, expected: 32 });
      });

      it("gives colluders the owner's secret: f_A = rk*f_B", () => {
        expect(centred(multiply(key, recipientSecret))).to.deep.equal(ownerSecret);
      });

      it("goes both ways: rk_ba = 1/rk_ab", () => {
        const reversed = invert(key, set.order);
        expect(centred(multiply(reversed, ownerSecret))).to.deep.equal(recipientSecret);
      });

      it("leaves none of its polynomials", () => {
        const rekey = () => engine.rekey(request, random)[0].kfrag;
        for (const values of [key, decode(set, rekey().slice(96)), ownerSecret, recipientSecret].map(inMemory)) {
          expect(leftovers(values, [], rekey)).to.equal(0);
        }
        expect(leftovers(kfrag.slice(-32), [kfrag], rekey)).to.equal(0);
        const inverse = invert(recipientSecret, set.order);
        expect(leftovers(inMemory(multiply(ownerSecret, inverse)), [], rekey)).to.equal(0);
        const opened = multiply(ownerSecret, decode(set, capsule.slice(0, -32)));
        expect(leftovers(inMemory(opened), [], () => engine.decapsulate(owner.secretKey, capsule))).to.equal(0);
        const seed = random(32);
        const message = ternary(expand(`nkms/v1/${set.name}/message`, seed, 4 * set.degree));
        for (const one of [seed, inMemory(message)]) {
          expect(leftovers(one, [], () => engine.encapsulate(owner.publicKey, () => seed))).to.equal(0);
        }
        expect(leftovers(inMemory(inverse), [], rekey)).to.equal(0);
        expect(leftovers(inMemory(inverse), [], () => engine.publicKeyOf(recipient.secretKey))).to.equal(0);
        expect(leftovers(inMemory(ownerSecret), [], () => engine.decapsulate(owner.secretKey, capsule))).to.equal(0);
        expect(leftovers(inMemory(key), [], () => engine.hop(kfrag, capsule))).to.equal(0);
        expect(leftovers(inMemory(key), [], () => engine.verifyFraction(kfrag, keys))).to.equal(0);
      });

      it("gives a pair of holders one key, whenever it is made", () => {
        expect(equalBytes(engine.rekey(request, random)[0].kfrag.slice(96), kfrag.slice(96))).to.equal(true);
      });

      it("refuses keys with another value at 1", () => {
        const changed = Uint8Array.from(owner.publicKey);
        changed[0] ^= 1;
        const got = 3 + (changed[0] & 1 ? 1 : -1);
        const data = { field: "publicKey", got, expected: 3 };
        expectRefusal(() => engine.encapsulate(changed, random), "E_BAD_ENCODING", data);
      });

      it("has the noise of its formula", () => {
        const samples = 4;
        const sums = Array<number>(set.maxHops + 1).fill(0);
        for (let sample = 0; sample < samples; sample++) {
          const self = engine.keygen(random);
          const selfRequest = { ...request, ownerSecretKey: self.secretKey, recipientSecretKey: self.secretKey };
          const [fraction] = engine.rekey({ ...selfRequest, recipientPublicKey: self.publicKey }, random);
          const secret = secretOf(set, self.secretKey);
          let turned = engine.encapsulate(self.publicKey, random).capsule;
          for (let hops = 0; hops <= set.maxHops; hops++) {
            const ciphertext = hops ? turned.slice(engine.capsuleLength + 1, -32) : turned.slice(0, -32);
            const product = centred(multiply(secret, decode(set, ciphertext)));
            sums[hops] += product.reduce((sum, value) => sum + value ** 2, 0) / (samples * set.degree);
            if (hops < set.maxHops) turned = engine.hop(fraction.kfrag, turned);
          }
        }
        sums.forEach((variance, hops) => {
          expect(variance / noiseVariance(set, hops)).to.be.within(0.85, 1.15);
        });
      });
    });
  }

  it("fails as rarely as derived: log2 of the probability by hops", () => {
    // crypto-design: sd 84.8 after one hop of N = 1087, so z = 1024/84.8 = 12.08
    expect([0, 1, 2].map((hops) => Math.round(failureLog2(NTRU_1087, hops)))).to.deep.equal([-257, -99, -59]);
    expect([1, 3, 5].map((hops) => Math.round(failureLog2(NTRU_1499, hops)))).to.deep.equal([-227, -121, -81]);
  });

  it("knows the order of 2 modulo N", () => {
    for (const { degree, order } of [NTRU_1087, NTRU_1499]) {
      let [power, steps] = [2, 1];
      while (power !== 1) [power, steps] = [(2 * power) % degree, steps + 1];
      expect(steps).to.equal(order);
    }
  });

  context("tells a recipient the owner's secret without a node's help,", () => {
    const set = NTRU_1087;
    const engine = ntru(set);
    const random = seededRandom("ntru recipient");
    const { owner, recipient, split, keys } = makeScope(engine, random);
    const [{ kfrag, commitment }] = split(1, 1);
    const ownerSecret = secretOf(set, owner.secretKey);

    it("after 40 answers he may have", () => {
      const answers = Array.from({ length: 40 }, () => {
        const { capsule, key } = engine.encapsulate(owner.publicKey, random);
        const cfrag = engine.reencrypt(kfrag, capsule, random);
        const answer = engine.verify(cfrag, { capsule, commitment, ...keys });
        expect(engine.combine(recipient.secretKey, owner.publicKey, capsule, [answer])).to.deep.equal(key);
        return cfrag;
      });
      const found = secretFromHonest(set, recipient.secretKey, owner.publicKey, answers);
      expect(found).to.deep.equal(ownerSecret);
      expect(engine.properties.maxAnswers).to.equal(0);
    });

    it("after 2 to capsules he chose, of which an engine cannot know it", () => {
      const answers = chosenCapsules(set).map((capsule) => engine.reencrypt(kfrag, capsule, random));
      expect(secretFromChosen(set, recipient.secretKey, answers)).to.deep.equal(ownerSecret);
    });
  });

  it("is the smaller set unless told otherwise", () => {
    expect(ntru().properties.name).to.equal("ntru-1087");
  });
});
