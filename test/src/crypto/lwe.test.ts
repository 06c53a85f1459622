import { expect } from "chai";

import { derive } from "../../../src/crypto/lattice/expand";
import { lwe } from "../../../src/crypto/lwe";
import { LWE_1024, LWE_2048 } from "../../../src/crypto/lwe/profile";
import { Ring } from "../../../src/crypto/lwe/ring";
import { LweScheme, uniformElement } from "../../../src/crypto/lwe/scheme";
import { makeScope } from "../../support/crypto";
import { inMemory, leftovers } from "../../support/leftovers";
import { seededRandom } from "../../support/seededRandom";
import { behavesAsLattice } from "./lattice.behavior";

describe("lwe", () => {
  for (const [profile, lengths] of [
    [LWE_1024, { publicKey: 3328, capsule: 3328 + 832 + 32, kfrag: 96 + 10 * 3328 }],
    [LWE_2048, { publicKey: 13_312, capsule: 13_312 + 1664 + 32, kfrag: 96 + 14 * 13_312 }],
  ] as const) {
    describe(profile.name, () => {
      const engine = lwe(profile);
      behavesAsLattice(engine);

      it("has the lengths of its parameters", () => {
        const random = seededRandom("lengths");
        const { secretKey, publicKey } = engine.keygen(random);
        const request = {
          ownerSecretKey: secretKey,
          recipientPublicKey: publicKey,
          signerSecretKey: new Uint8Array(32).fill(1),
          threshold: 1,
          shares: 1,
        };
        const [{ kfrag }] = engine.rekey(request, random);
        const { capsule } = engine.encapsulate(publicKey, random);
        expect({ publicKey: publicKey.length, capsule: capsule.length, kfrag: kfrag.length }).to.deep.equal(lengths);
      });

      it("leaves neither its secret polynomial nor what a capsule or a turn was made of", () => {
        const random = seededRandom(`${profile.name} leftovers`);
        const { owner, capsule, split, keys } = makeScope(engine, random);
        const [{ kfrag }] = split(1, 1);
        const ring = new Ring(profile.degree, profile.primes);
        const values = new LweScheme(ring, profile).secret(owner.secretKey);
        const row = ring.decode("row", kfrag.slice(-ring.encodedLength()));
        const message = random(32);
        const seed = derive(`nkms/v1/${profile.name}/coins`, message, owner.publicKey);
        const product = ring.multiply(uniformElement(ring, `nkms/v1/${profile.name}/a`), values);
        const error = ring.add(ring.decode("publicKey", owner.publicKey), product);
        const negated = ring.subtract(ring.subtract(product, product), product);
        for (const [secret] of [values, ring.interpolate(values), product, error, negated]) {
          for (const call of [
            () => engine.publicKeyOf(owner.secretKey),
            () => engine.decapsulate(owner.secretKey, capsule),
          ]) {
            expect(leftovers(inMemory(secret), [], call)).to.equal(0);
          }
        }
        for (const call of [() => engine.hop(kfrag, capsule), () => engine.verifyFraction(kfrag, keys)]) {
          expect(leftovers(inMemory(row[0]), [], call)).to.equal(0);
        }
        for (const one of [message, seed]) {
          expect(leftovers(one, [], () => engine.encapsulate(owner.publicKey, () => message))).to.equal(0);
        }
      });
    });
  }

  it("is the light profile unless told otherwise", () => {
    expect(lwe().properties.name).to.equal("lwe-1024");
  });
});
