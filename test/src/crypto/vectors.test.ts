import { expect } from "chai";

import { makeBbs98Vectors, makeVectors } from "../../../scripts/vectors/engines";
import { latticeEngines, makeLatticeVectors } from "../../../scripts/vectors/lattices";
import { fromHex, toHex } from "../../../src/bytes";
import { afgh } from "../../../src/crypto/afgh";
import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import type { Engine } from "../../../src/crypto/engine";
import { capsuleOf, openWithKey } from "../../../src/crypto/sealedBox";
import { backends, pairings } from "../../support/crypto";
import afghFile from "../../vectors/afgh.json";
import bbs98File from "../../vectors/bbs98.json";
import eciesFile from "../../vectors/ecies.json";
import lwe1024File from "../../vectors/lwe-1024.json";
import lwe2048File from "../../vectors/lwe-2048.json";
import ntru1087File from "../../vectors/ntru-1087.json";
import ntru1499File from "../../vectors/ntru-1499.json";

type Vectors = typeof eciesFile.vectors;

/** Reads every value of a file as a recipient would, from the bytes alone. */
function readVectors(engine: Engine, vectors: Vectors): void {
  for (const { threshold, plaintext, owner, recipient, signer, sealed, capsule, key, fractions } of vectors) {
    const keys = {
      ownerPublicKey: fromHex(owner.publicKey),
      recipientPublicKey: fromHex(recipient.publicKey),
      signerPublicKey: fromHex(signer.publicKey),
    };
    const answers = fractions.map(({ kfrag, commitment, cfrag }) => {
      const recomputed = engine.verifyFraction(fromHex(kfrag), keys);
      expect({ digest: toHex(recomputed.digest), point: toHex(recomputed.point) }).to.deep.equal(commitment);
      return engine.verify(fromHex(cfrag), { capsule: fromHex(capsule), commitment: recomputed, ...keys });
    });
    const used = answers.slice(-threshold);
    const opened = engine.combine(fromHex(recipient.secretKey), keys.ownerPublicKey, fromHex(capsule), used);
    expect(toHex(opened)).to.equal(key);
    expect(toHex(openWithKey(engine, opened, fromHex(sealed)))).to.equal(plaintext);
  }
}

describe("engine vectors", () => {
  for (const backend of backends) {
    it(`of ecies are made and read on ${backend.name}`, () => {
      expect(makeVectors(ecies(backend))).to.deep.equal(eciesFile);
      readVectors(ecies(backend), eciesFile.vectors);
    });

    it(`of bbs98 are made and read on ${backend.name}`, () => {
      const engine = bbs98(backend);
      expect(makeBbs98Vectors(engine)).to.deep.equal(bbs98File);
      readVectors(engine, bbs98File.vectors);
      const { holders, turned, collapsed, key } = bbs98File.chain;
      for (const chain of [turned, collapsed]) {
        expect(toHex(engine.decapsulate(fromHex(holders[3].secretKey), fromHex(chain)))).to.equal(key);
      }
    });
  }

  it("of afgh are made and read on every pairing back-end", async () => {
    for (const groups of await pairings()) {
      const engine = afgh(groups);
      expect(makeVectors(engine)).to.deep.equal(afghFile);
      readVectors(engine, afghFile.vectors);
    }
  });

  const latticeFiles = [lwe1024File, lwe2048File, ntru1087File, ntru1499File];
  latticeEngines().forEach((engine, index) => {
    it(`of ${engine.properties.name} are made, and read from the recipient's secret key on`, () => {
      const file = latticeFiles[index];
      expect(makeLatticeVectors(engine)).to.deep.equal(file);
      const [ownerPublicKey, recipientPublicKey] = [file.owner, file.recipient].map(({ secretKey }) =>
        engine.publicKeyOf(fromHex(secretKey)),
      );
      const sealed = fromHex(file.sealed);
      const capsule = capsuleOf(engine, sealed);
      const commitment = { digest: fromHex(file.commitment.digest), point: fromHex(file.commitment.point) };
      const context = { capsule, commitment, ownerPublicKey, recipientPublicKey };
      const answer = engine.verify(fromHex(file.cfrag), context);
      const key = engine.combine(fromHex(file.recipient.secretKey), ownerPublicKey, capsule, [answer]);
      expect(toHex(key)).to.equal(file.key);
      expect(toHex(openWithKey(engine, key, sealed))).to.equal(file.plaintext);
    });
  });
});
