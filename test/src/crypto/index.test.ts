import { expect } from "chai";

import { makeSymmetricVectors, makeTransformVectors } from "../../../scripts/vectors/bulk";
import { makeLatticeVectors } from "../../../scripts/vectors/lattices";
import { casesOf, makeVector } from "../../../scripts/vectors/vector";
import { fromHex, toHex } from "../../../src/bytes";
import * as host from "../../../src/crypto";
import { BrowserRealm } from "../../support/browserRealm";
import { seededRandom } from "../../support/seededRandom";
import afghFile from "../../vectors/afgh.json";
import transformFile from "../../vectors/all-or-nothing.json";
import bbs98File from "../../vectors/bbs98.json";
import eciesFile from "../../vectors/ecies.json";
import lweFile from "../../vectors/lwe-1024.json";
import ntruFile from "../../vectors/ntru-1087.json";
import symmetricFile from "../../vectors/symmetric.json";
import umbralFile from "../../vectors/umbral.json";

describe("nkms/crypto in a browser", () => {
  const realm = new BrowserRealm();
  const page = realm.load<typeof host>("src/crypto/index.ts");
  const [key, nonce] = [32, 24].map(seededRandom("browser"));
  const text = seededRandom("browser text")(100_000);
  const collect = async (source: host.ByteSource) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of source) pieces.push(piece);
    return Uint8Array.from(Buffer.concat(pieces));
  };

  it("asks for nothing that only Node has, but for a faster curve it does without", () => {
    expect(realm.loaded).to.include.members(["src/crypto/symmetric.ts", "src/crypto/bulk/primitives.ts"]);
    expect(page.defaultBackend().name).to.equal("noble");
    expect(realm.refused).to.deep.equal(["secp256k1/bindings"]);
  });

  it("makes the vectors of every engine", () => {
    const files = { umbral: umbralFile, ecies: eciesFile, bbs98: bbs98File, afgh: afghFile };
    for (const [name, { vectors }] of Object.entries(files)) {
      const engine = page[name as keyof typeof files]();
      expect(vectors[0]).to.deep.include(makeVector(engine, casesOf(name)[0]));
    }
    expect(makeLatticeVectors(page.lwe())).to.deep.equal(lweFile);
    expect(makeLatticeVectors(page.ntru())).to.deep.equal(ntruFile);
  });

  it("makes the vectors of the ciphers and of the all-or-nothing transform", async () => {
    expect(makeSymmetricVectors(page)).to.deep.equal(symmetricFile);
    expect(await makeTransformVectors(page)).to.deep.equal(transformFile);
  });

  it("opens a box as Node does, and takes randomness of the page", () => {
    const [{ owner, sealed, plaintext }] = umbralFile.vectors;
    expect(toHex(page.openSealed(page.umbral(), fromHex(owner.secretKey), fromHex(sealed)))).to.equal(plaintext);
    const box = page.sealTo(page.ecies(), fromHex(owner.publicKey), text, page.osRandom);
    expect(toHex(host.openSealed(host.ecies(), fromHex(owner.secretKey), box))).to.equal(toHex(text));
  });

  it("encrypts to the bytes of Node's own ciphers", async () => {
    for (const aead of ["aes-256-gcm", "chacha20-poly1305", "xchacha20-poly1305"] as const) {
      const iv = nonce.subarray(0, host.NONCE_LENGTH[aead]);
      expect(toHex(page.seal(aead, key, iv, text, iv))).to.equal(toHex(host.seal(aead, key, iv, text, iv)));
    }
    expect(toHex(page.sealSecretbox(key, nonce, text))).to.equal(toHex(host.sealSecretbox(key, nonce, text)));
    const streamed = await collect(page.encryptStream("aes-256-gcm", key, [text]));
    expect(toHex(streamed)).to.equal(toHex(host.encryptBytes("aes-256-gcm", key, text)));
  });

  it("transforms bulk data to the bytes of Node", async () => {
    const make = async ({ transform, sealPackage }: typeof host) => {
      const { body, finish } = transform([text], seededRandom("transform"));
      const data = await collect(body);
      return { data, header: sealPackage({ content: finish(), rotation: 0, layerBlocks: 9 }, page.previousKey(key)) };
    };
    const [theirs, ours] = [await make(page), await make(host)];
    expect(theirs).to.deep.equal(ours);
    const readAt = async (offset: number, length: number) => theirs.data.subarray(offset, offset + length);
    const [rotated, expected] = [
      await page.rotate(theirs.header, key, readAt),
      await host.rotate(ours.header, key, readAt),
    ];
    expect(toHex(rotated.header)).to.equal(toHex(expected.header));
    expect(rotated.changes.map(({ bytes }) => toHex(bytes))).to.deep.equal(
      expected.changes.map(({ bytes }) => toHex(bytes)),
    );
    for (const { offset, bytes } of rotated.changes) theirs.data.set(bytes, offset);
    const restored = await collect(page.restoreRotated(rotated.header, key, () => [theirs.data]));
    expect(toHex(restored)).to.equal(toHex(text));
  });
});
