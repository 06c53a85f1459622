import * as peer from "@nucypher/umbral-pre";
import { expect } from "chai";

import { decodePoint } from "../../../../src/crypto/encoding";
import { capsuleOf, openSealed, openWithKey, sealTo } from "../../../../src/crypto/sealedBox";
import { umbral } from "../../../../src/crypto/umbral";
import { readCapsule } from "../../../../src/crypto/umbral/capsule";
import { decodeCFrag } from "../../../../src/crypto/umbral/cfrag";
import {
  packCapsule,
  packCFrag,
  packKFrag,
  unpackCapsule,
  unpackCFrag,
  unpackKFrag,
} from "../../../../src/crypto/umbral/messagePack";
import { packEvidence } from "../../../../src/crypto/umbral/evidence";
import { verifyProof, verifyRecipientSignature } from "../../../../src/crypto/umbral/verify";
import { utf8 } from "../../../../src/bytes";
import { backends, expectRefusal, makeScope } from "../../../support/crypto";
import { seededRandom } from "../../../support/seededRandom";

const PLAINTEXT = utf8("both libraries read this");
const SPLITS = [
  [1, 1],
  [2, 3],
] as const;

for (const backend of backends) {
  describe(`interop with umbral-pre on ${backend.name}`, () => {
    const engine = umbral(backend);
    const random = seededRandom("interop");
    const scope = makeScope(engine, random);
    const { owner, recipient, signer, keys } = scope;
    const ownerSecret = peer.SecretKey.fromBEBytes(owner.secretKey);
    const recipientSecret = peer.SecretKey.fromBEBytes(recipient.secretKey);
    const peerSigner = new peer.Signer(peer.SecretKey.fromBEBytes(signer.secretKey));
    const [ownerKey, recipientKey, signerKey] = [ownerSecret, recipientSecret, peerSigner].map((secret) =>
      secret instanceof peer.Signer ? secret.verifyingKey() : secret.publicKey(),
    );
    const box = sealTo(engine, owner.publicKey, PLAINTEXT, random);
    const capsule = capsuleOf(engine, box);
    const peerCapsule = peer.Capsule.fromBytes(packCapsule(capsule));
    const request = {
      ...{ ownerSecretKey: owner.secretKey, recipientPublicKey: recipient.publicKey },
      ...{ signerSecretKey: signer.secretKey, threshold: 1, shares: 1 },
    };
    const verifyingKeys = {
      owner: owner.publicKey,
      recipient: recipient.publicKey,
      signer: decodePoint(backend, "signer", signer.publicKey),
    };

    it("has the same public keys", () => {
      expect(ownerKey.toCompressedBytes()).to.deep.equal(owner.publicKey);
      expect(engine.publicKeyOf(recipientSecret.toBEBytes())).to.deep.equal(recipientKey.toCompressedBytes());
    });

    it("has its boxes opened there, and opens theirs", () => {
      expect(peer.decryptOriginal(ownerSecret, peerCapsule, box.slice(98))).to.deep.equal(PLAINTEXT);
      const [theirCapsule, ciphertext] = peer.encrypt(ownerKey, PLAINTEXT);
      const theirBox = new Uint8Array([...theirCapsule.toBytesSimple(), ...ciphertext]);
      expect(openSealed(engine, owner.secretKey, theirBox)).to.deep.equal(PLAINTEXT);
    });

    it("writes capsules as they do, and reads theirs", () => {
      expect(peerCapsule.toBytesSimple()).to.deep.equal(capsule);
      expect(peerCapsule.toBytes()).to.deep.equal(packCapsule(capsule));
      const [theirs] = peer.encrypt(ownerKey, PLAINTEXT);
      expect(unpackCapsule(theirs.toBytes())).to.deep.equal(theirs.toBytesSimple());
      engine.verifyCapsule(unpackCapsule(theirs.toBytes()));
    });

    for (const [threshold, shares] of SPLITS) {
      it(`has its fractions and answers taken there, ${threshold} of ${shares}`, () => {
        const answers = scope.split(threshold, shares).map(({ kfrag }) => {
          const theirs = peer.KeyFrag.fromBytes(packKFrag(kfrag));
          expect(theirs.toBytes()).to.deep.equal(packKFrag(kfrag));
          theirs.verify(signerKey, ownerKey, recipientKey);
          const cfrag = peer.CapsuleFrag.fromBytes(packCFrag(engine.reencrypt(kfrag, capsule, random)));
          return cfrag.verify(peerCapsule, signerKey, ownerKey, recipientKey);
        });
        const used = answers.slice(0, threshold);
        const opened = peer.decryptReencrypted(recipientSecret, ownerKey, peerCapsule, used, box.slice(98));
        expect(opened).to.deep.equal(PLAINTEXT);
      });

      it(`takes fractions and answers made there, ${threshold} of ${shares}`, () => {
        const kfrags = peer.generateKFrags(ownerSecret, recipientKey, peerSigner, threshold, shares, true, true);
        const answers = kfrags.map((theirs) => {
          const packed = theirs.toBytes();
          const kfrag = unpackKFrag(packed);
          expect(packKFrag(kfrag)).to.deep.equal(packed);
          const commitment = engine.verifyFraction(kfrag, keys);
          const cfrag = peer.reencrypt(peerCapsule, peer.KeyFrag.fromBytes(packed).skipVerification());
          expect(packCFrag(unpackCFrag(cfrag.toBytes()))).to.deep.equal(cfrag.toBytes());
          expect(unpackCFrag(cfrag.toBytes())).to.deep.equal(cfrag.toBytesSimple());
          return engine.verify(cfrag.toBytesSimple(), { capsule, commitment, ...keys });
        });
        const key = engine.combine(recipient.secretKey, owner.publicKey, capsule, answers.slice(-threshold));
        expect(openWithKey(engine, key, box)).to.deep.equal(PLAINTEXT);
      });
    }

    it("takes fractions whose proxy signature leaves keys out, and has theirs taken", () => {
      for (const [withOwner, withRecipient] of [
        [true, false],
        [false, true],
        [false, false],
      ]) {
        const [theirs] = peer.generateKFrags(ownerSecret, recipientKey, peerSigner, 1, 1, withOwner, withRecipient);
        const kfrag = unpackKFrag(theirs.toBytes());
        expect([...kfrag.slice(258)]).to.deep.equal([Number(withOwner), Number(withRecipient)]);
        const commitment = engine.verifyFraction(kfrag, keys);
        const answer = engine.verify(engine.reencrypt(kfrag, capsule, random), { capsule, commitment, ...keys });
        const key = engine.combine(recipient.secretKey, owner.publicKey, capsule, [answer]);
        expect(openWithKey(engine, key, box)).to.deep.equal(PLAINTEXT);
        const flipped = Uint8Array.from(kfrag);
        flipped[258] ^= 1;
        const data = { field: "kfrag.proxySignature" };
        expectRefusal(() => engine.verifyFraction(flipped, keys), "E_BAD_SIGNATURE", data);
        const [ours] = engine.rekey(
          { ...request, proxySignature: { ownerKey: withOwner, recipientKey: withRecipient } },
          random,
        );
        engine.verifyFraction(ours.kfrag, keys);
        const [ownerShown, recipientShown] = [withOwner ? ownerKey : null, withRecipient ? recipientKey : null];
        peer.KeyFrag.fromBytes(packKFrag(ours.kfrag)).verify(signerKey, ownerShown, recipientShown);
      }
    });

    it("makes their evidence of an answer", () => {
      const [{ kfrag }] = scope.split(1, 1);
      for (let round = 0; round < 4; round++) {
        const cfrag = engine.reencrypt(kfrag, capsule, random);
        const verified = peer.CapsuleFrag.fromBytes(packCFrag(cfrag)).verify(
          ...([peerCapsule, signerKey, ownerKey, recipientKey] as const),
        );
        const theirs = new peer.ReencryptionEvidence(peerCapsule, verified, signerKey, ownerKey, recipientKey);
        expect(packEvidence(engine.evidence(cfrag, capsule, keys))).to.deep.equal(theirs.toBytes());
      }
    });

    it("checks answers by the owner's signature alone, as they do", () => {
      const [{ kfrag }] = scope.split(1, 1);
      const theirs = peer.reencrypt(peerCapsule, peer.KeyFrag.fromBytes(packKFrag(kfrag)).skipVerification());
      const cfrag = decodeCFrag(backend, theirs.toBytesSimple());
      verifyRecipientSignature(backend, cfrag, verifyingKeys);
      verifyProof(backend, readCapsule(backend, capsule), cfrag);
      const wrong = { ...verifyingKeys, owner: recipient.publicKey };
      const call = () => verifyRecipientSignature(backend, cfrag, wrong);
      expectRefusal(call, "E_BAD_SIGNATURE", { field: "cfrag.recipientSignature" });
    });
  });
}
