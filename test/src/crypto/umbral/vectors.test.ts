import * as peer from "@nucypher/umbral-pre";
import { expect } from "chai";

import { makeVectors } from "../../../../scripts/vectors/umbral";
import { fromHex, toHex } from "../../../../src/bytes";
import { openSealed, openWithKey } from "../../../../src/crypto/sealedBox";
import { umbral } from "../../../../src/crypto/umbral";
import { packCFrag, packKFrag } from "../../../../src/crypto/umbral/messagePack";
import { backends } from "../../../support/crypto";
import file from "../../../vectors/umbral.json";

describe("umbral vectors", () => {
  for (const backend of backends) {
    const engine = umbral(backend);

    it(`are what ${backend.name} makes of their seeds`, () => {
      expect(makeVectors(engine)).to.deep.equal(file);
    });

    for (const { seed, threshold, plaintext, owner, recipient, signer, sealed, capsule, ...rest } of file.vectors) {
      it(`are read on ${backend.name}: ${seed}`, () => {
        const keys = {
          ownerPublicKey: fromHex(owner.publicKey),
          recipientPublicKey: fromHex(recipient.publicKey),
          signerPublicKey: fromHex(signer.publicKey),
        };
        expect(toHex(openSealed(engine, fromHex(owner.secretKey), fromHex(sealed)))).to.equal(plaintext);
        const answers = rest.fractions.map(({ kfrag, commitment, cfrag }) => {
          const recomputed = engine.verifyFraction(fromHex(kfrag), keys);
          expect({ digest: toHex(recomputed.digest), point: toHex(recomputed.point) }).to.deep.equal(commitment);
          return engine.verify(fromHex(cfrag), { capsule: fromHex(capsule), commitment: recomputed, ...keys });
        });
        const used = answers.slice(-threshold);
        const key = engine.combine(fromHex(recipient.secretKey), keys.ownerPublicKey, fromHex(capsule), used);
        expect(toHex(key)).to.equal(rest.key);
        expect(toHex(openWithKey(engine, key, fromHex(sealed)))).to.equal(plaintext);
      });
    }
  }

  for (const { seed, threshold, plaintext, owner, recipient, signer, sealed, fractions, messagePack } of file.vectors) {
    it(`are read by umbral-pre: ${seed}`, () => {
      const [ownerKey, recipientKey, signerKey] = [owner, recipient, signer].map(({ publicKey }) =>
        peer.PublicKey.fromCompressedBytes(fromHex(publicKey)),
      );
      const ownerSecret = peer.SecretKey.fromBEBytes(fromHex(owner.secretKey));
      const recipientSecret = peer.SecretKey.fromBEBytes(fromHex(recipient.secretKey));
      expect(toHex(ownerSecret.publicKey().toCompressedBytes())).to.equal(owner.publicKey);
      const capsule = peer.Capsule.fromBytes(fromHex(messagePack.capsule));
      const ciphertext = fromHex(sealed).slice(98);
      expect(toHex(peer.decryptOriginal(ownerSecret, capsule, ciphertext))).to.equal(plaintext);
      const answers = fractions.map(({ kfrag, cfrag }) => {
        peer.KeyFrag.fromBytes(packKFrag(fromHex(kfrag))).verify(signerKey, ownerKey, recipientKey);
        const theirs = peer.CapsuleFrag.fromBytes(packCFrag(fromHex(cfrag)));
        expect(toHex(theirs.toBytesSimple())).to.equal(cfrag);
        return theirs.verify(capsule, signerKey, ownerKey, recipientKey);
      });
      const used = answers.slice(-threshold);
      const opened = peer.decryptReencrypted(recipientSecret, ownerKey, capsule, used, ciphertext);
      expect(toHex(opened)).to.equal(plaintext);
      expect(toHex(peer.KeyFrag.fromBytes(fromHex(messagePack.kfrag)).toBytes())).to.equal(messagePack.kfrag);
      expect(toHex(peer.CapsuleFrag.fromBytes(fromHex(messagePack.cfrag)).toBytes())).to.equal(messagePack.cfrag);
    });
  }
});
