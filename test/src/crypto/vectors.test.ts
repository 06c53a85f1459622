import { expect } from "chai";
import { createCipheriv, createHash, hkdfSync } from "node:crypto";

import { makeSymmetricVectors, makeTransformVectors } from "../../../scripts/vectors/bulk";
import { makeAfghVectors, makeBbs98Vectors, makeVectors } from "../../../scripts/vectors/engines";
import { latticeEngines, makeLatticeVectors } from "../../../scripts/vectors/lattices";
import { fromHex, toHex } from "../../../src/bytes";
import * as nkmsCrypto from "../../../src/crypto";
import { afgh } from "../../../src/crypto/afgh";
import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import type { Engine } from "../../../src/crypto/engine";
import { capsuleOf, openWithKey } from "../../../src/crypto/sealedBox";
import { backends, pairings } from "../../support/crypto";
import { gather } from "../../support/streams";
import afghFile from "../../vectors/afgh.json";
import transformFile from "../../vectors/all-or-nothing.json";
import bbs98File from "../../vectors/bbs98.json";
import eciesFile from "../../vectors/ecies.json";
import lwe1024File from "../../vectors/lwe-1024.json";
import lwe2048File from "../../vectors/lwe-2048.json";
import ntru1087File from "../../vectors/ntru-1087.json";
import ntru1499File from "../../vectors/ntru-1499.json";
import symmetricFile from "../../vectors/symmetric.json";

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
      expect(makeAfghVectors(engine)).to.deep.equal(afghFile);
      const { holder, capsule, key } = afghFile.firstLevel;
      expect(toHex(engine.decapsulateFirstLevel(fromHex(holder.secretKey), fromHex(capsule)))).to.equal(key);
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

  it("of the ciphers, the key commitment and the stream are made, and are those of node's own ciphers", () => {
    expect(makeSymmetricVectors(nkmsCrypto)).to.deep.equal(symmetricFile);
    for (const aead of ["aes-256-gcm", "chacha20-poly1305"] as const) {
      for (const { key, nonce, aad, plaintext, sealed } of symmetricFile.ciphers[aead].vectors) {
        const cipher = createCipheriv(aead as "chacha20-poly1305", fromHex(key), fromHex(nonce), { authTagLength: 16 });
        cipher.setAAD(fromHex(aad), { plaintextLength: fromHex(plaintext).length });
        const parts = [cipher.update(fromHex(plaintext)), cipher.final(), cipher.getAuthTag()];
        expect(sealed).to.equal(toHex(Buffer.concat(parts)));
      }
    }
    const { dek, headerHash, encryptionKey, commitment } = symmetricFile.keyCommitment;
    const derived = ["enc", "commit"].map((use) =>
      toHex(new Uint8Array(hkdfSync("sha256", fromHex(dek), fromHex(headerHash), `nkms/v1/${use}`, 32))),
    );
    expect([encryptionKey, commitment]).to.deep.equal(derived);
  });

  it("of the all-or-nothing transform are made, and read from the newest data key on", async () => {
    expect(await makeTransformVectors(nkmsCrypto)).to.deep.equal(transformFile);
    const [, { length, keys, transformed, rotations }] = transformFile.vectors;
    const stored = fromHex(transformed);
    for (const [at, { header, changes, stored: expected }] of rotations.entries()) {
      for (const { offset, bytes } of changes) stored.set(fromHex(bytes), offset);
      expect(toHex(stored)).to.equal(expected);
      const read = await gather(nkmsCrypto.restoreRotated(fromHex(header), fromHex(keys[at + 1]), () => [stored]));
      expect(read).to.deep.equal(Uint8Array.from({ length }, (_, index) => index % 251));
    }
    const [tail, x] = [transformFile.vectors[1].tail, createHash("sha256").update(fromHex(transformed)).digest()];
    const mask = createHash("sha256").update("nkms/v1/aont/key").update(x).digest();
    const key = fromHex(tail).map((byte, index) => byte ^ mask[index]);
    const plaintext = createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(fromHex(transformed));
    expect([...plaintext]).to.deep.equal(Array.from({ length }, (_, index) => index % 251));
  });
});
