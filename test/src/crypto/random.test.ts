import { expect } from "chai";

import { draw, osRandom } from "../../../src/crypto/random";
import { expectRefusal } from "../../support/crypto";

describe("random", () => {
  it("refuses a source that gives too few, too many or no bytes", () => {
    for (const got of [0, 31, 33]) {
      expectRefusal(() => draw(() => new Uint8Array(got), 32), "E_BAD_RANDOM", { got, expected: 32 });
    }
    const broken = (() => undefined) as unknown as (length: number) => Uint8Array;
    expectRefusal(() => draw(broken, 32), "E_BAD_RANDOM", { got: undefined, expected: 32 });
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
