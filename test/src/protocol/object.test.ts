import { expect } from "chai";

import { concat, utf8 } from "../../../src/bytes";
import { openSealed } from "../../../src/crypto/sealedBox";
import { umbral } from "../../../src/crypto/umbral";
import { encodeHeader, splitEdek, type Suite } from "../../../src/protocol/edek";
import { openObject, sealObject } from "../../../src/protocol/object";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const HEADER_LENGTH = 4 + 1 + 1 + 1 + 33 + 2 + (98 + 72) + 32;

describe("object", () => {
  const engine = umbral();
  const random = seededRandom("object");
  const owner = engine.keygen(random);
  const signing = engine.keygen(random);
  const content = utf8("To the moon!");
  const seal = (suite: Suite = "chacha20-poly1305", data = content) =>
    sealObject(data, { engine, pathPublicKey: owner.publicKey, signing, suite, random });
  const open = (object: Uint8Array) => {
    const split = splitEdek(object);
    return openObject(split, openSealed(engine, owner.secretKey, split.edek));
  };

  for (const suite of ["chacha20-poly1305", "aes-256-gcm"] as const) {
    it(`gives content and producer back (${suite})`, () => {
      const object = seal(suite);
      expect(object).to.have.length(HEADER_LENGTH + 33 + content.length + 64 + 16);
      expect(open(object)).to.deep.equal({ content, producer: signing.publicKey });
      expect(open(seal(suite, new Uint8Array())).content).to.have.length(0);
      expect(open(seal(suite, random(200_000))).content).to.have.length(200_000);
    });

    it(`refuses a flipped bit in any byte of a small object (${suite})`, () => {
      const object = seal(suite);
      for (let index = 0; index < object.length; index++) {
        const changed = Uint8Array.from(object);
        changed[index] ^= 1 << (index % 8);
        const { code } = thrown(() => open(changed));
        const inHeader = index < HEADER_LENGTH;
        expect(code, `byte ${index}`).to.be.oneOf(
          inHeader ? ["E_BAD_ENCODING", "E_BAD_PROOF", "E_TAMPERED"] : ["E_TAMPERED"],
        );
      }
    });

    it(`refuses every truncation and every appended byte (${suite})`, () => {
      const object = seal(suite);
      for (let length = 0; length < object.length; length++) {
        const { code } = thrown(() => open(object.slice(0, length)));
        const inHeader = length < HEADER_LENGTH;
        expect(code, `length ${length}`).to.be.oneOf(inHeader ? ["E_TRUNCATED"] : ["E_TRUNCATED", "E_TAMPERED"]);
      }
      expect(thrown(() => open(concat(object, Uint8Array.of(0)))).code).to.equal("E_TAMPERED");
    });
  }

  it("splits into the parts that encode to it again", () => {
    const object = seal();
    const { header, edek, ciphertext } = splitEdek(object);
    expect(header.engine).to.equal("umbral");
    expect(header.suite).to.equal("chacha20-poly1305");
    expect(header.pathPublicKey).to.deep.equal(owner.publicKey);
    expect(edek).to.have.length(170);
    expect(concat(encodeHeader(header), ciphertext)).to.deep.equal(object);
  });

  it("names the part of a header that is wrong", () => {
    const object = seal();
    const places: [number, string][] = [
      [0, "magic"],
      [4, "version"],
      [5, "engine"],
      [6, "suite"],
      [7, "pathPublicKey"],
      [40, "edek length"],
    ];
    for (const [place, field] of places) {
      const changed = Uint8Array.from(object);
      changed[place] ^= 0x80;
      const error = thrown(() => splitEdek(changed));
      expect(error.code).to.equal("E_BAD_ENCODING");
      expect(error.data).to.deep.equal({ field });
    }
    const error = thrown(() => splitEdek(object.slice(0, 100)));
    expect(error.code).to.equal("E_TRUNCATED");
    expect(error.data).to.deep.equal({ field: "edek", length: 100 });
  });

  it("refuses the body of one object under the header of another", () => {
    const one = splitEdek(seal());
    const two = splitEdek(seal());
    const dek = openSealed(engine, owner.secretKey, one.edek);
    expect(thrown(() => openObject({ ...one, ciphertext: two.ciphertext }, dek)).code).to.equal("E_TAMPERED");
    expect(thrown(() => openObject(two, dek)).code).to.equal("E_TAMPERED");
  });

  it("does not hold a signature made by somebody else for the same content", () => {
    const forger = engine.keygen(random);
    const forged = sealObject(content, {
      engine,
      pathPublicKey: owner.publicKey,
      signing: { secretKey: forger.secretKey, publicKey: signing.publicKey },
      suite: "chacha20-poly1305",
      random,
    });
    expect(thrown(() => open(forged)).code).to.equal("E_BAD_SIGNATURE");
  });
});
