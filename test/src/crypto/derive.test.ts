import { expect } from "chai";
import { hkdfSync } from "node:crypto";

import { toHex } from "../../../src/bytes";
import { delegatingKey, derivePathKey, deriveSecretKey } from "../../../src/crypto/derive";
import { ORDER, toBigInt } from "../../../src/crypto/scalar";
import { expectRefusal } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

/** The rule of the doc comment, on node's HKDF. */
function expected(seed: Uint8Array, info: string): bigint {
  const wide = BigInt(toHex(new Uint8Array(hkdfSync("sha256", seed, "", info, 64))));
  return (wide % (ORDER - 1n)) + 1n;
}

describe("derive", () => {
  const random = seededRandom("derive");

  it("follows its rule for seeds of 32 to 64 bytes", () => {
    for (const length of [32, 33, 48, 64]) {
      const seed = random(length);
      expect(toBigInt(deriveSecretKey(seed, "any label"))).to.equal(expected(seed, "any label"));
      expect(toBigInt(derivePathKey(seed, "/photos/ü"))).to.equal(expected(seed, "nkms/v1/path//photos/ü"));
    }
  });

  it("makes delegating keys of keys that somebody has, and refuses what is no key", () => {
    const existing = random(32);
    expect(toBigInt(delegatingKey(existing, "mail"))).to.equal(expected(existing, "nkms/v1/delegating/mail"));
    const data = { field: "existingSecretKey", got: "0 or >= n", expected: "1 to n-1" };
    expectRefusal(() => delegatingKey(new Uint8Array(32), "mail"), "E_BAD_ENCODING", data);
  });

  it("gives every path its own key", () => {
    const seed = random(32);
    const paths = ["", "/", "/a", "/a/", "/a/b", "/b", "a"];
    expect(new Set(paths.map((path) => toHex(derivePathKey(seed, path)))).size).to.equal(paths.length);
  });

  it("refuses seeds of other lengths", () => {
    for (const got of [0, 31, 65]) {
      const data = { field: "seed", got, expected: [32, 64] };
      expectRefusal(() => deriveSecretKey(new Uint8Array(got), "label"), "E_BAD_ENCODING", data);
    }
    const text = "a".repeat(32) as unknown as Uint8Array;
    const data = { field: "seed", got: "string", expected: [32, 64] };
    expectRefusal(() => deriveSecretKey(text, "label"), "E_BAD_ENCODING", data);
  });

  it("refuses lone surrogates, which UTF-8 cannot tell apart", () => {
    const data = { field: "label", got: "a lone surrogate", expected: "text" };
    for (const label of ["\ud800", "a\udfff"]) {
      expectRefusal(() => deriveSecretKey(random(32), label), "E_BAD_ENCODING", data);
    }
  });

  it("takes a label that begins with a mark of byte order for what it is", () => {
    const seed = random(32);
    expect(deriveSecretKey(seed, "\ufefflabel")).to.not.deep.equal(deriveSecretKey(seed, "label"));
  });

  it("refuses labels and paths that are no strings, which a prefix would make strings of", () => {
    for (const none of [undefined, null, 7, {}, random(4), Symbol("path")] as unknown as string[]) {
      const data = (field: string) => ({ field, got: typeof none, expected: "a string" });
      expectRefusal(() => deriveSecretKey(random(32), none), "E_BAD_ENCODING", data("label"));
      expectRefusal(() => derivePathKey(random(32), none), "E_BAD_ENCODING", data("path"));
      expectRefusal(() => delegatingKey(random(32), none), "E_BAD_ENCODING", data("label"));
    }
  });
});
