import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { createHash } from "node:crypto";

import { concat, utf8 } from "../../../src/bytes";
import { fromBigInt, ORDER, toBigInt } from "../../../src/crypto/scalar";
import { sign, verifySignature } from "../../../src/crypto/signature";
import { umbral } from "../../../src/crypto/umbral";
import { backends, expectRefusal, flipBit } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const DOMAIN = "nkms/v1/test";
const MESSAGE = utf8("a message");

for (const backend of backends) {
  describe(`signature on ${backend.name}`, () => {
    const random = seededRandom("signature");
    const { secretKey, publicKey } = umbral(backend).keygen(random);
    const signature = sign(secretKey, DOMAIN, MESSAGE, random, backend);
    const verify = (key = publicKey, domain = DOMAIN, message = MESSAGE, bytes = signature) =>
      verifySignature(key, domain, message, bytes, backend);

    it("is ECDSA over SHA-256 of the length-prefixed domain and the message", () => {
      const digest = createHash("sha256")
        .update(concat(Uint8Array.of(0, 0, 0, 12), utf8(DOMAIN), MESSAGE))
        .digest();
      expect(secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true })).to.equal(true);
      verify();
    });

    it("refuses another message, domain or key", () => {
      const other = umbral(backend).keygen(random).publicKey;
      const refuse = (call: () => void, domain = DOMAIN) =>
        expectRefusal(call, "E_BAD_SIGNATURE", { field: "signature", domain });
      refuse(() => verify(publicKey, DOMAIN, utf8("another message")));
      refuse(() => verify(publicKey, "nkms/v1/tesu"), "nkms/v1/tesu");
      refuse(() => verify(other));
    });

    it("refuses a domain that is no text, of which others would have the same bytes", () => {
      const surrogate = { field: "domain", got: "a lone surrogate", expected: "text" };
      for (const domain of ["\ud800", "a\udfff"]) {
        expectRefusal(() => sign(secretKey, domain, MESSAGE, random, backend), "E_BAD_ENCODING", surrogate);
        expectRefusal(() => verify(publicKey, domain), "E_BAD_ENCODING", surrogate);
      }
      for (const none of [null, 7] as unknown as string[]) {
        const data = { field: "domain", got: typeof none, expected: "a string" };
        expectRefusal(() => sign(secretKey, none, MESSAGE, random, backend), "E_BAD_ENCODING", data);
        expectRefusal(() => verify(publicKey, none), "E_BAD_ENCODING", data);
      }
    });

    it("cannot be moved between domains by shifting bytes from the domain to the message", () => {
      const call = () => verify(publicKey, DOMAIN.slice(0, -1), concat(utf8("t"), MESSAGE));
      expect(thrown(call).code).to.equal("E_BAD_SIGNATURE");
    });

    it("refuses every flipped bit", () => {
      for (let bit = 0; bit < 512; bit += backend.name === "native" ? 1 : 13) {
        const { code } = thrown(() => verify(publicKey, DOMAIN, MESSAGE, flipBit(signature, bit)));
        expect(code).to.be.oneOf(["E_BAD_SIGNATURE", "E_BAD_ENCODING"]);
      }
    });

    it("refuses the high-S twin, trailing bytes and a recovery byte", () => {
      const twin = concat(signature.slice(0, 32), fromBigInt(ORDER - toBigInt(signature.slice(32))));
      expectRefusal(() => verify(publicKey, DOMAIN, MESSAGE, twin), "E_BAD_ENCODING", {
        field: "signature",
        got: "s > n/2",
        expected: "s <= n/2",
      });
      expectRefusal(() => verify(publicKey, DOMAIN, MESSAGE, concat(signature, Uint8Array.of(0))), "E_BAD_ENCODING", {
        field: "signature",
        got: 65,
        expected: 64,
      });
    });

    it("refuses a key that is none", () => {
      const data = { field: "publicKey", got: 32, expected: 33 };
      expectRefusal(() => verify(publicKey.slice(1)), "E_BAD_ENCODING", data);
    });

    it("does not sign without entropy or with a key out of range", () => {
      const failing = () => new Uint8Array(0);
      const short = { got: 0, expected: 32 };
      expectRefusal(() => sign(secretKey, DOMAIN, MESSAGE, failing, backend), "E_BAD_RANDOM", short);
      const range = { field: "secretKey", got: "0 or >= n", expected: "1 to n-1" };
      expectRefusal(() => sign(fromBigInt(0n), DOMAIN, MESSAGE, random, backend), "E_BAD_ENCODING", range);
      expectRefusal(() => sign(fromBigInt(ORDER), DOMAIN, MESSAGE, random, backend), "E_BAD_ENCODING", range);
    });
  });
}
