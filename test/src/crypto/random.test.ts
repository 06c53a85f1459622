import { expect } from "chai";

import { afgh } from "../../../src/crypto/afgh";
import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import { draw, osRandom } from "../../../src/crypto/random";
import { umbral } from "../../../src/crypto/umbral";
import { expectRefusal } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

describe("random", () => {
  it("refuses a source that gives too few, too many or no bytes", () => {
    for (const got of [0, 31, 33]) {
      expectRefusal(() => draw(() => new Uint8Array(got), 32), "E_BAD_RANDOM", { got, expected: 32 });
    }
    const broken = (() => undefined) as unknown as (length: number) => Uint8Array;
    expectRefusal(() => draw(broken, 32), "E_BAD_RANDOM", { got: undefined, expected: 32 });
  });

  it("copies what it draws, so that a source may reuse its buffer and we may wipe", () => {
    const buffer = new Uint8Array(64);
    const fresh = seededRandom("reused buffer");
    const reusing = (length: number) => {
      buffer.set(fresh(length));
      return buffer.subarray(0, length);
    };
    const [first, second] = [draw(reusing, 32), draw(reusing, 32)];
    expect(first).to.not.deep.equal(second);
    second.fill(0);
    expect(buffer.subarray(0, 32)).to.not.deep.equal(second);
    for (const engine of [umbral(), ecies(), bbs98(), afgh()]) {
      const name = engine.properties.name;
      const before = engine.keygen(reusing);
      expect(engine.keygen(reusing).secretKey, name).to.not.deep.equal(before.secretKey);
      const { capsule, key } = engine.encapsulate(before.publicKey, reusing);
      const length = name === "afgh" ? 48 : 33;
      const start = name === "afgh" ? 48 : 0;
      const [one, other] = [start, start + length].map((at) => capsule.slice(at, at + length));
      expect(one, `${name}: E and V`).to.not.deep.equal(other);
      expect(engine.decapsulate(before.secretKey, capsule), name).to.deep.equal(key);
    }
  });

  it("is refused where it gives the same secret twice, which would give capsules away", () => {
    const constant = (length: number) => new Uint8Array(length).fill(7);
    const seeded = seededRandom("keys");
    for (const engine of [umbral(), ecies(), bbs98(), afgh()]) {
      const { publicKey } = engine.keygen(seeded);
      expectRefusal(() => engine.encapsulate(publicKey, constant), "E_BAD_RANDOM", { got: 1, expected: 2 });
    }
    const [owner, recipient, signer] = [1, 2, 3].map(() => ecies().keygen(seeded));
    const request = {
      ownerSecretKey: owner.secretKey,
      recipientPublicKey: recipient.publicKey,
      signerSecretKey: signer.secretKey,
    };
    const rekey = () => ecies().rekey({ ...request, threshold: 1, shares: 1 }, constant);
    expectRefusal(rekey, "E_BAD_RANDOM", { got: 1, expected: 2 });
  });

  it("draws different bytes of the length asked for", () => {
    expect(osRandom(32)).to.have.length(32);
    expect(osRandom(32)).to.not.deep.equal(osRandom(32));
  });

  it("gives a typed error and no fallback where the operating system fails", () => {
    const { getRandomValues } = globalThis.crypto;
    globalThis.crypto.getRandomValues = () => {
      throw new Error("no entropy");
    };
    try {
      expectRefusal(() => osRandom(32), "E_BAD_RANDOM", { expected: 32 });
    } finally {
      globalThis.crypto.getRandomValues = getRandomValues;
    }
  });
});
