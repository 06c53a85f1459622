import { expect } from "chai";

import { afgh } from "../../../src/crypto/afgh";
import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import type { RandomSource } from "../../../src/crypto/engine";
import { lwe } from "../../../src/crypto/lwe";
import { ntru } from "../../../src/crypto/ntru";
import { draw, osRandom } from "../../../src/crypto/random";
import { umbral } from "../../../src/crypto/umbral";
import { expectRefusal } from "../../support/crypto";
import { thrown } from "../../support/errors";
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
  });

  for (const engine of [umbral(), ecies(), bbs98(), afgh(), lwe(), ntru()])
    it(`is refused where it repeats itself in a rekeying of ${engine.properties.name}, from whatever draw on`, () => {
      const seeded = seededRandom("keys");
      const [owner, recipient] = [engine.keygen(seeded), engine.keygen(seeded)];
      const request = {
        ownerSecretKey: owner.secretKey,
        recipientPublicKey: recipient.publicKey,
        recipientSecretKey: recipient.secretKey,
        signerSecretKey: umbral().keygen(seeded).secretKey,
        ...(engine.properties.threshold ? { threshold: 3, shares: 4 } : { threshold: 1, shares: 4 }),
      };
      let draws = 0;
      const counted = (length: number) => {
        draws++;
        return seeded(length);
      };
      engine.rekey(request, counted);
      expect(draws).to.be.at.least(2);
      for (let at = 0; at + 1 < draws; at++) {
        const [fresh, stuck] = [seededRandom("fresh"), seededRandom("stuck")(64)];
        let drawn = 0;
        const source = (length: number) => (drawn++ < at ? fresh(length) : stuck.slice(0, length));
        expectRefusal(() => engine.rekey(request, source), "E_BAD_RANDOM", { got: 1, expected: 2 });
      }
    });

  it("is refused where it fails, or is none, by whoever draws", () => {
    const cause = new Error("no entropy left");
    const failing = () => {
      throw cause;
    };
    expectRefusal(() => umbral().keygen(failing), "E_BAD_RANDOM", { expected: 32 });
    expect(thrown(() => umbral().keygen(failing)).cause).to.equal(cause);
    for (const none of [undefined, null, 7] as unknown as RandomSource[]) {
      expectRefusal(() => draw(none, 32), "E_BAD_RANDOM", { expected: 32 });
    }
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
