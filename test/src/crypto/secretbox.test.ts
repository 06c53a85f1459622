import { expect } from "chai";

import { fromHex, toHex } from "../../../src/bytes";
import { openSecretbox, sealSecretbox } from "../../../src/crypto/secretbox";
import { expectRefusal, flipBit } from "../../support/crypto";

describe("secretbox", () => {
  // Bernstein, Cryptography in NaCl, section 10
  const key = fromHex("0x1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
  const nonce = fromHex("0x69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
  const plaintext = fromHex(
    "0xbe075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce" +
      "314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040" +
      "e082f937763848645e0705",
  );
  const sealed =
    "0xf3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011" +
    "ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de" +
    "56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";

  it("gives NaCl's bytes, and takes them apart again", () => {
    expect(toHex(sealSecretbox(key, nonce, plaintext))).to.equal(sealed);
    expect(openSecretbox(key, nonce, fromHex(sealed))).to.deep.equal(plaintext);
  });

  it("refuses every flipped bit, every cut, another key and another nonce", () => {
    const bytes = fromHex(sealed);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      expectRefusal(() => openSecretbox(key, nonce, flipBit(bytes, bit)), "E_TAMPERED", { length: bytes.length });
    }
    for (const length of bytes.keys()) {
      expectRefusal(() => openSecretbox(key, nonce, bytes.slice(0, length)), "E_TAMPERED", { length });
    }
    expectRefusal(() => openSecretbox(flipBit(key, 0), nonce, bytes), "E_TAMPERED", { length: bytes.length });
    expectRefusal(() => openSecretbox(key, flipBit(nonce, 0), bytes), "E_TAMPERED", { length: bytes.length });
  });

  it("refuses keys and nonces of another length", () => {
    for (const use of [sealSecretbox, openSecretbox]) {
      expectRefusal(() => use(key.slice(1), nonce, plaintext), "E_BAD_ENCODING", {
        field: "key",
        got: 31,
        expected: 32,
      });
      expectRefusal(() => use(key, nonce.slice(1), plaintext), "E_BAD_ENCODING", {
        field: "nonce",
        got: 23,
        expected: 24,
      });
    }
  });
});
