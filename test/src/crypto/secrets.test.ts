import { expect } from "chai";

import { equalSecrets, wipe } from "../../../src/crypto/secrets";
import { flipBit } from "../../support/crypto";

describe("secrets", () => {
  it("are equal only to all of themselves", () => {
    const secret = Uint8Array.of(1, 2, 250);
    expect(equalSecrets(secret, Uint8Array.from(secret))).to.equal(true);
    expect(equalSecrets(new Uint8Array(0), new Uint8Array(0))).to.equal(true);
    for (let bit = 0; bit < 24; bit++) expect(equalSecrets(secret, flipBit(secret, bit))).to.equal(false);
    for (const other of [secret.slice(0, 2), Uint8Array.of(1, 2, 250, 0), new Uint8Array(0)]) {
      expect(equalSecrets(secret, other)).to.equal(false);
      expect(equalSecrets(other, secret)).to.equal(false);
    }
  });

  it("are zero once they are wiped, all of them", () => {
    const secrets = [Uint8Array.of(1, 2), Int32Array.of(-1, 7)];
    wipe(...secrets);
    expect(secrets).to.deep.equal([new Uint8Array(2), new Int32Array(2)]);
  });
});
