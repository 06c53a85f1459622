import { SigningKey } from "ethers";
import { expect } from "chai";

import { fromHex, toHex } from "../../../../src/bytes";
import { umbral } from "../../../../src/crypto/umbral";
import { backends, expectRefusal, flipBit, makeScope } from "../../../support/crypto";
import { seededRandom } from "../../../support/seededRandom";

for (const backend of backends) {
  describe(`fractions for nodes that do not know the keys on ${backend.name}`, () => {
    const engine = umbral(backend);
    const random = seededRandom("proxy signature");
    const { owner, signer, keys } = makeScope(engine, random);
    const { signerPublicKey, ownerPublicKey, recipientPublicKey } = keys;
    const make = (ownerKey: boolean, recipientKey: boolean) => {
      const request = {
        ...{ ownerSecretKey: owner.secretKey, recipientPublicKey, signerSecretKey: signer.secretKey },
        ...{ threshold: 1, shares: 1, proxySignature: { ownerKey, recipientKey } },
      };
      return engine.rekey(request, random)[0];
    };

    it("are checked with the keys they name, and give the policy's commitment", () => {
      for (const [withOwner, withRecipient] of [
        [true, true],
        [true, false],
        [false, true],
        [false, false],
      ]) {
        const { kfrag, commitment } = make(withOwner, withRecipient);
        const named = {
          signerPublicKey,
          ownerPublicKey: withOwner ? ownerPublicKey : undefined,
          recipientPublicKey: withRecipient ? recipientPublicKey : undefined,
        };
        expect(engine.verifyProxySignature(kfrag, named)).to.deep.equal(commitment);
        expect(engine.verifyProxySignature(kfrag, keys)).to.deep.equal(commitment);
        expect(engine.verifyFraction(kfrag, keys)).to.deep.equal(commitment);
      }
    });

    it("are refused without a key they name", () => {
      const call = () => engine.verifyProxySignature(make(true, true).kfrag, { signerPublicKey, ownerPublicKey });
      expectRefusal(call, "E_WRONG_KEY", { field: "recipientPublicKey" });
      const other = () => engine.verifyProxySignature(make(true, false).kfrag, { signerPublicKey });
      expectRefusal(other, "E_WRONG_KEY", { field: "ownerPublicKey" });
    });

    it("are refused with other keys, another signer and another commitment", () => {
      const refuse = (kfrag: Uint8Array, wrong: Partial<typeof keys>) =>
        expectRefusal(() => engine.verifyProxySignature(kfrag, { ...keys, ...wrong }), "E_BAD_SIGNATURE", {
          field: "kfrag.proxySignature",
        });
      refuse(make(true, false).kfrag, { ownerPublicKey: recipientPublicKey });
      refuse(make(false, true).kfrag, { recipientPublicKey: ownerPublicKey });
      refuse(make(false, false).kfrag, { signerPublicKey: ownerPublicKey });
      const { kfrag } = make(false, false);
      const framed = flipBit(kfrag, 8 * 32 + 255);
      const data = { field: "kfrag", part: "commitment U1 = rk*U" };
      expectRefusal(() => engine.verifyProxySignature(framed, { signerPublicKey }), "E_BAD_PROOF", data);
    });

    it("are refused with what was signed for the recipient, unless it is the same message", () => {
      const data = { field: "kfrag.proxySignature" };
      for (const [withOwner, withRecipient] of [
        [true, false],
        [false, true],
        [false, false],
      ]) {
        const { kfrag } = make(withOwner, withRecipient);
        const copied = Uint8Array.from(kfrag);
        copied.copyWithin(130, 194, 258);
        expectRefusal(() => engine.verifyFraction(copied, keys), "E_BAD_SIGNATURE", data);
        const renamed = Uint8Array.from(kfrag).fill(1, 258);
        expectRefusal(() => engine.verifyFraction(renamed, keys), "E_BAD_SIGNATURE", data);
        copied.fill(1, 258);
        engine.verifyFraction(copied, keys);
      }
    });

    it("can be of a key from elsewhere on secp256k1", () => {
      const wallet = new SigningKey(toHex(random(32)));
      const secretKey = fromHex(wallet.privateKey);
      expect(toHex(engine.publicKeyOf(secretKey))).to.equal(wallet.compressedPublicKey);
      const { capsule, key } = engine.encapsulate(fromHex(wallet.compressedPublicKey), random);
      expect(engine.decapsulate(secretKey, capsule)).to.deep.equal(key);
    });
  });
}
