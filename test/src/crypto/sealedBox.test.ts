import { expect } from "chai";

import { utf8 } from "../../../src/bytes";
import { capsuleOf, openSealed, openWithKey, sealTo } from "../../../src/crypto/sealedBox";
import { umbral } from "../../../src/crypto/umbral";
import { expectRefusal, flipBit, makeScope } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

describe("sealedBox", () => {
  const engine = umbral();
  const random = seededRandom("sealed box");
  const { owner, recipient } = makeScope(engine, random);
  const plaintext = utf8("for the owner");
  const box = sealTo(engine, owner.publicKey, plaintext, random);

  it("is 138 bytes longer than its plaintext and opens for the owner", () => {
    expect(box).to.have.length(98 + 24 + plaintext.length + 16);
    expect(openSealed(engine, owner.secretKey, box)).to.deep.equal(plaintext);
    const empty = sealTo(engine, owner.publicKey, new Uint8Array(0), random);
    expect(openSealed(engine, owner.secretKey, empty)).to.deep.equal(new Uint8Array(0));
  });

  it("opens with the key of its capsule", () => {
    const key = engine.decapsulate(owner.secretKey, capsuleOf(engine, box));
    expect(openWithKey(engine, key, box)).to.deep.equal(plaintext);
  });

  it("never repeats", () => {
    expect(sealTo(engine, owner.publicKey, plaintext, random)).to.not.deep.equal(box);
  });

  it("stays closed for others", () => {
    const data = { length: plaintext.length + 16 };
    expectRefusal(() => openSealed(engine, recipient.secretKey, box), "E_TAMPERED", data);
  });

  it("refuses every flipped bit", () => {
    for (let bit = 0; bit < 8 * box.length; bit++) {
      const { code } = thrown(() => openSealed(engine, owner.secretKey, flipBit(box, bit)));
      expect(code).to.match(bit < 8 * 98 ? /^E_BAD_(ENCODING|PROOF)$/ : /^E_TAMPERED$/);
    }
  });

  it("refuses the capsule of another box", () => {
    const other = sealTo(engine, owner.publicKey, plaintext, random);
    const spliced = Uint8Array.from([...other.slice(0, 98), ...box.slice(98)]);
    expect(thrown(() => openSealed(engine, owner.secretKey, spliced)).code).to.equal("E_TAMPERED");
  });

  it("refuses what is shorter than an empty box, by length", () => {
    for (const got of [0, 98, 137]) {
      const data = { field: "sealed", got, expected: 138 };
      expectRefusal(() => openSealed(engine, owner.secretKey, box.slice(0, got)), "E_BAD_ENCODING", data);
    }
  });

  it("refuses what is no bytes at all, by name", () => {
    const data = { field: "sealed", got: "undefined", expected: 138 };
    const nothing = undefined as unknown as Uint8Array;
    expectRefusal(() => capsuleOf(engine, nothing), "E_BAD_ENCODING", data);
    expectRefusal(() => openWithKey(engine, random(32), nothing), "E_BAD_ENCODING", data);
    expectRefusal(() => openSealed(engine, owner.secretKey, nothing), "E_BAD_ENCODING", data);
  });

  it("wipes the key it was sealed or opened with, also where it does not open", () => {
    const seen: Uint8Array[] = [];
    const keep = (key: Uint8Array) => {
      seen.push(key);
      return key;
    };
    const watchedEngine = Object.assign(Object.create(engine) as typeof engine, {
      encapsulate: (publicKey: Uint8Array) => {
        const { capsule, key } = engine.encapsulate(publicKey, random);
        return { capsule, key: keep(key) };
      },
      decapsulate: (secretKey: Uint8Array, capsule: Uint8Array) => keep(engine.decapsulate(secretKey, capsule)),
      capsuleLength: engine.capsuleLength,
    });
    const sealed = sealTo(watchedEngine, owner.publicKey, plaintext, random);
    expect(openSealed(watchedEngine, owner.secretKey, sealed)).to.deep.equal(plaintext);
    expect(thrown(() => openSealed(watchedEngine, recipient.secretKey, sealed)).code).to.equal("E_TAMPERED");
    expect(seen).to.deep.equal([new Uint8Array(32), new Uint8Array(32), new Uint8Array(32)]);
  });
});
