import { expect } from "chai";
import fc from "fast-check";

import { fromHex, toHex, utf8 } from "../../../src/bytes";
import { NONCE_LENGTH, nobleProvider, open, provider, seal, type AeadName } from "../../../src/crypto/symmetric";
import { expectRefusal, flipBit } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

const SUNSCREEN = utf8(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
);
const KEY_80 = Uint8Array.from({ length: 32 }, (_, index) => 0x80 + index);

interface Vector {
  origin: string;
  aead: AeadName;
  key: Uint8Array;
  nonce: Uint8Array;
  aad: Uint8Array;
  plaintext: Uint8Array;
  sealed: string;
}

const VECTORS: Vector[] = [
  {
    origin: "RFC 8439, 2.8.2",
    aead: "chacha20-poly1305",
    key: KEY_80,
    nonce: fromHex("0x070000004041424344454647"),
    aad: fromHex("0x50515253c0c1c2c3c4c5c6c7"),
    plaintext: SUNSCREEN,
    sealed:
      "0xd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29" +
      "05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116" +
      "1ae10b594f09e26a7e902ecbd0600691",
  },
  {
    origin: "RFC 8439, A.5",
    aead: "chacha20-poly1305",
    key: fromHex("0x1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0"),
    nonce: fromHex("0x000000000102030405060708"),
    aad: fromHex("0xf33388860000000000004e91"),
    plaintext: utf8(
      "Internet-Drafts are draft documents valid for a maximum of six months and may be updated, replaced, or obsoleted by " +
        "other documents at any time. It is inappropriate to use Internet-Drafts as reference material or to cite them other " +
        "than as /\u201cwork in progress./\u201d",
    ),
    sealed:
      "0x64a0861575861af460f062c79be643bd5e805cfd345cf389f108670ac76c8cb24c6cfc18755d43eea09ee94e382d26b0bdb7b73c321b0100d4f0" +
      "3b7f355894cf332f830e710b97ce98c8a84abd0b948114ad176e008d33bd60f982b1ff37c8559797a06ef4f0ef61c186324e2b3506383606907b6a" +
      "7c02b0f9f6157b53c867e4b9166c767b804d46a59b5216cde7a4e99040c5a40433225ee282a1b0a06c523eaf4534d7f83fa1155b0047718cbc546a" +
      "0d072b04b3564eea1b422273f548271a0bb2316053fa76991955ebd63159434ecebb4e466dae5a1073a6727627097a1049e617d91d361094fa68f0" +
      "ff77987130305beaba2eda04df997b714d6c6f2c29a6ad5cb4022b02709beead9d67890cbb22392336fea1851f38",
  },
  {
    origin: "draft-irtf-cfrg-xchacha-03, A.3.1",
    aead: "xchacha20-poly1305",
    key: KEY_80,
    nonce: fromHex("0x404142434445464748494a4b4c4d4e4f5051525354555657"),
    aad: fromHex("0x50515253c0c1c2c3c4c5c6c7"),
    plaintext: SUNSCREEN,
    sealed:
      "0xbd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216" +
      "cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e" +
      "c0875924c1c7987947deafd8780acf49",
  },
  {
    origin: "McGrew and Viega, The Galois/Counter Mode of Operation, test case 16",
    aead: "aes-256-gcm",
    key: fromHex("0xfeffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
    nonce: fromHex("0xcafebabefacedbaddecaf888"),
    aad: fromHex("0xfeedfacedeadbeeffeedfacedeadbeefabaddad2"),
    plaintext: fromHex(
      "0xd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
    ),
    sealed:
      "0x522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
      "76fc6ece0f4e1768cddf8853bb2d551b",
  },
];

describe("symmetric", () => {
  it("runs on node:crypto under node", () => {
    expect(provider.name).to.equal("node");
  });

  for (const { origin, aead, key, nonce, aad, plaintext, sealed } of VECTORS) {
    it(`gives the bytes of ${origin}, on both providers`, () => {
      expect(toHex(seal(aead, key, nonce, plaintext, aad))).to.equal(sealed);
      expect(toHex(nobleProvider.seal(aead, key, nonce, plaintext, aad))).to.equal(sealed);
      expect(open(aead, key, nonce, fromHex(sealed), aad)).to.deep.equal(plaintext);
    });

    it(`refuses every flipped bit, another key, nonce or associated data: ${aead}`, () => {
      const bytes = fromHex(sealed);
      const refuse = (...args: Parameters<typeof open>) =>
        expectRefusal(() => open(...args), "E_TAMPERED", { length: args[3].length });
      for (let bit = 0; bit < 8 * bytes.length; bit++) refuse(aead, key, nonce, flipBit(bytes, bit), aad);
      refuse(aead, flipBit(key, 3), nonce, bytes, aad);
      refuse(aead, key, flipBit(nonce, 3), bytes, aad);
      refuse(aead, key, nonce, bytes, flipBit(aad, 3));
      refuse(aead, key, nonce, bytes);
      for (const length of [0, 1, 15, 16, bytes.length - 1]) refuse(aead, key, nonce, bytes.slice(0, length), aad);
    });

    it(`refuses keys and nonces of other lengths: ${aead}`, () => {
      const sizes = { field: "key", got: 31, expected: 32 };
      expectRefusal(() => seal(aead, key.slice(1), nonce, plaintext), "E_BAD_ENCODING", sizes);
      expectRefusal(() => open(aead, key.slice(1), nonce, plaintext), "E_BAD_ENCODING", sizes);
      const nonces = { field: "nonce", got: NONCE_LENGTH[aead] - 1, expected: NONCE_LENGTH[aead] };
      expectRefusal(() => seal(aead, key, nonce.slice(1), plaintext), "E_BAD_ENCODING", nonces);
      expectRefusal(() => open(aead, key, nonce.slice(1), plaintext), "E_BAD_ENCODING", nonces);
    });

    it(`gives the same bytes on both providers and opens them across: ${aead}`, () => {
      const bytes = (max: number) => fc.uint8Array({ maxLength: max });
      const property = fc.property(fc.string(), bytes(300), bytes(100), (seed, text, extra) => {
        const random = seededRandom(seed);
        const [k, n] = [random(32), random(NONCE_LENGTH[aead])];
        const ours = provider.seal(aead, k, n, text, extra);
        expect(nobleProvider.seal(aead, k, n, text, extra)).to.deep.equal(ours);
        expect(nobleProvider.open(aead, k, n, ours, extra)).to.deep.equal(text);
        expect(provider.open(aead, k, n, ours, extra)).to.deep.equal(text);
        expect(nobleProvider.open(aead, k, n, flipBit(ours, 0), extra)).to.equal(undefined);
      });
      fc.assert(property, { numRuns: 50 });
    });
  }
});
