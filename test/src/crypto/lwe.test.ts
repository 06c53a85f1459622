import { expect } from "chai";

import { lwe } from "../../../src/crypto/lwe";
import { LWE_1024, LWE_2048 } from "../../../src/crypto/lwe/profile";
import { behavesAsLattice } from "./lattice.behavior";
import { seededRandom } from "../../support/seededRandom";

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
    });
  }

  it("is the light profile unless told otherwise", () => {
    expect(lwe().properties.name).to.equal("lwe-1024");
  });
});
