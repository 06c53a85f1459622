import { expect } from "chai";

import { chosenCapsules, secretFromChosen } from "../../../../scripts/engines/chosenCapsules";
import { concat } from "../../../../src/bytes";
import { CountedFraction } from "../../../../src/crypto/countedFraction";
import { bindingOf } from "../../../../src/crypto/lattice/fraction";
import { latticeEngine } from "../../../../src/crypto/lattice/latticeEngine";
import { signCapsule, verifySignedCapsule } from "../../../../src/crypto/lattice/signedCapsule";
import { EncodedLwe, lwe } from "../../../../src/crypto/lwe";
import { LWE_1024, LWE_2048 } from "../../../../src/crypto/lwe/profile";
import { Ring } from "../../../../src/crypto/lwe/ring";
import { LweScheme } from "../../../../src/crypto/lwe/scheme";
import { umbral } from "../../../../src/crypto/umbral";
import { expectRefusal, flipBit, makeScope } from "../../../support/crypto";
import { rejection } from "../../../support/errors";
import { seededRandom } from "../../../support/seededRandom";

describe("signed capsules", () => {
  const engine = lwe();
  const random = seededRandom("signed capsules");
  const [signer, producer, recipientSigner] = [0, 1, 2].map(() => umbral().keygen(random));
  const producers = [signer.publicKey, producer.publicKey];
  const refused = { field: "signature", producers: 2 };
  const { owner, recipient, capsule, split, keys } = makeScope(engine, random);
  const [{ kfrag, commitment }] = split(1, 1);
  const signed = (of: Uint8Array, by = producer) => signCapsule(engine, of, owner.publicKey, by.secretKey, random);
  const check = (of: Uint8Array, signature: Uint8Array, holder = owner.publicKey) =>
    verifySignedCapsule(engine, of, signature, holder, producers);

  it("are taken of each producer that is trusted, and of nobody else", () => {
    for (const by of [signer, producer]) check(capsule, signed(capsule, by));
    expectRefusal(() => check(capsule, signed(capsule, recipientSigner)), "E_BAD_SIGNATURE", refused);
    const none = () => verifySignedCapsule(engine, capsule, signed(capsule), owner.publicKey, []);
    expectRefusal(none, "E_BAD_SIGNATURE", { field: "signature", producers: 0 });
  });

  it("are bound to every byte, to their holder and to their engine", () => {
    const signature = signed(capsule);
    for (const bit of [0, 8 * 4000, 8 * capsule.length - 1]) {
      expectRefusal(() => check(flipBit(capsule, bit), signature), "E_BAD_SIGNATURE", refused);
    }
    expectRefusal(() => check(capsule, signature, recipient.publicKey), "E_BAD_SIGNATURE", refused);
    const other = latticeEngine(new EncodedLwe({ ...LWE_1024, name: "lwe-other" }));
    const elsewhere = signCapsule(other, capsule, owner.publicKey, producer.secretKey, random);
    expectRefusal(() => check(capsule, elsewhere), "E_BAD_SIGNATURE", refused);
    const short = { field: "signature", got: 63, expected: 64 };
    expectRefusal(() => check(capsule, signature.slice(1)), "E_BAD_ENCODING", short);
    expectRefusal(() => signed(capsule.slice(1)), "E_BAD_ENCODING", {
      ...{ field: "capsule", got: capsule.length - 1, expected: capsule.length },
    });
  });

  it("once turned are signed with the turn: an honest original vouches for no ciphertext put after it", () => {
    const turned = engine.hop(kfrag, capsule);
    const signature = signed(capsule);
    expectRefusal(() => check(turned, signature), "E_BAD_SIGNATURE", refused);
    const turn = concat(Uint8Array.of(1), chosenCapsules(LWE_1024)[0].slice(0, -32));
    const chosen = concat(capsule, turn, bindingOf("nkms/v1/lwe-1024/turned", capsule, turn));
    engine.verifyCapsule(chosen);
    expectRefusal(() => check(chosen, signature), "E_BAD_SIGNATURE", refused);
  });

  for (const profile of [LWE_1024, LWE_2048]) {
    it(`keep a recipient of ${profile.name} from the owner's secret, which raw answers to ${profile.degree / 256} capsules of his choice give him`, async () => {
      const strong = lwe(profile);
      const scope = makeScope(strong, random);
      const [fraction] = scope.split(1, 1);
      const capsules = chosenCapsules(profile);
      const answers = capsules.map((one) => strong.reencrypt(fraction.kfrag, one, random));
      const ring = new Ring(profile.degree, profile.primes);
      const secret = ring.toIntegers(ring.interpolate(new LweScheme(ring, profile).secret(scope.owner.secretKey)));
      const got = secretFromChosen(profile, scope.recipient.secretKey, answers);
      expect(got).to.deep.equal(Int32Array.from(secret));

      const record = () => expect.fail("nothing is to be counted");
      const options = { engine: strong, kfrag: fraction.kfrag, holderPublicKey: scope.owner.publicKey };
      const counted = new CountedFraction({ ...options, producers, answered: 0, record });
      const honest = signCapsule(strong, scope.capsule, scope.owner.publicKey, producer.secretKey, random);
      for (const one of capsules) {
        const own = signCapsule(strong, one, scope.owner.publicKey, recipientSigner.secretKey, random);
        for (const signature of [own, honest]) {
          const refusals = [counted.reencrypt(one, signature, random), counted.hop(one, signature)];
          for (const refusal of refusals) {
            const { code, data } = await rejection(refusal);
            expect({ code, data }).to.deep.equal({ code: "E_BAD_SIGNATURE", data: refused });
          }
        }
      }
      expect(counted.answered).to.equal(0);
    });
  }

  it("are turned as they were when they were asked for", async () => {
    const counted = new CountedFraction({
      ...{ engine, kfrag, holderPublicKey: owner.publicKey, producers, answered: 0 },
      record: () => Promise.resolve(true),
    });
    const mine = Uint8Array.from(capsule);
    const answer = counted.reencrypt(mine, signed(capsule), random);
    mine.fill(0);
    const verified = engine.verify(await answer, { capsule, commitment, ...keys });
    expect(engine.combine(recipient.secretKey, owner.publicKey, capsule, [verified])).to.have.length(32);
  });
});
