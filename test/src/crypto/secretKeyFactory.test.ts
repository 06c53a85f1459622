import * as peer from "@nucypher/umbral-pre";
import { expect } from "chai";

import { utf8 } from "../../../src/bytes";
import { factoryKey, factorySecret, factorySeed } from "../../../src/crypto/secretKeyFactory";
import { expectRefusal } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

describe("secretKeyFactory", () => {
  const random = seededRandom("factory");

  it("derives what umbral-pre derives, level by level", () => {
    for (const label of [utf8(""), utf8("label"), random(100)]) {
      const seed = random(32);
      const theirs = peer.SecretKeyFactory.fromSecureRandomness(seed);
      expect(factorySecret(seed, label)).to.deep.equal(theirs.makeSecret(label));
      expect(factoryKey(seed, label)).to.deep.equal(theirs.makeKey(label).toBEBytes());
      const next = factorySeed(seed, label);
      expect(factoryKey(next, label)).to.deep.equal(theirs.makeFactory(label).makeKey(label).toBEBytes());
    }
  });

  it("takes seeds of 32 bytes only", () => {
    for (const derive of [factorySecret, factorySeed, factoryKey]) {
      const data = { field: "seed", got: 33, expected: 32 };
      expectRefusal(() => derive(random(33), utf8("")), "E_BAD_ENCODING", data);
    }
  });
});
