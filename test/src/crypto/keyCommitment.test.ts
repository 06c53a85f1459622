import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { expect } from "chai";
import { createCipheriv, hkdfSync } from "node:crypto";

import { concat, fromHex, toHex } from "../../../src/bytes";
import { deriveFileKeys, openFileKeys } from "../../../src/crypto/keyCommitment";
import { open } from "../../../src/crypto/symmetric";
import { expectRefusal, flipBit } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

/** GF(2^128) of GCM: the leftmost bit is the coefficient of x^0. */
const REDUCTION = 0xe1n << 120n;
const ONE = 1n << 127n;

function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((b >> bit) & 1n) product ^= a;
    a = a & 1n ? (a >> 1n) ^ REDUCTION : a >> 1n;
  }
  return product;
}

/** a^(2^128 - 2). */
function invert(a: bigint): bigint {
  let inverse = ONE;
  for (let count = 1; count < 128; count++) {
    a = multiply(a, a);
    inverse = multiply(inverse, a);
  }
  return inverse;
}

const toInteger = (bytes: Uint8Array) => BigInt(toHex(bytes));
const toBlock = (value: bigint) => fromHex("0x" + value.toString(16).padStart(32, "0"));

function aesBlock(key: Uint8Array, block: Uint8Array): bigint {
  return toInteger(createCipheriv("aes-256-ecb", key, null).setAutoPadding(false).update(block));
}

/**
 * One ciphertext block and tag that AES-256-GCM opens under two keys: with H = E(0), the tag of block c is c*H^2 + L*H + E(nonce),
 * so c = (L*(H1 + H2) + E1 + E2) / (H1^2 + H2^2) has the same tag under both.
 */
function sealForTwoKeys(first: Uint8Array, second: Uint8Array, nonce: Uint8Array): Uint8Array {
  const length = 128n;
  const [h1, h2] = [first, second].map((key) => aesBlock(key, new Uint8Array(16)));
  const [e1, e2] = [first, second].map((key) => aesBlock(key, concat(nonce, Uint8Array.of(0, 0, 0, 1))));
  const numerator = multiply(length, h1 ^ h2) ^ e1 ^ e2;
  const block = multiply(numerator, invert(multiply(h1, h1) ^ multiply(h2, h2)));
  const tag = multiply(multiply(block, h1) ^ length, h1) ^ e1;
  return concat(toBlock(block), toBlock(tag));
}

describe("keyCommitment", () => {
  const random = seededRandom("key commitment");
  const [dek, headerHash] = [random(32), random(32)];

  it("stands on an HKDF that gives the outputs of RFC 5869, A.1 to A.3", () => {
    const run = (first: number, last: number) => Uint8Array.from({ length: last - first + 1 }, (_, at) => first + at);
    const ikm = new Uint8Array(22).fill(0x0b);
    const none = new Uint8Array(0);
    const cases: [ikm: Uint8Array, salt: Uint8Array | undefined, info: Uint8Array, okm: string][] = [
      [
        ...([ikm, run(0, 0x0c), run(0xf0, 0xf9)] as const),
        "0x3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
      ],
      [
        ...([run(0, 0x4f), run(0x60, 0xaf), run(0xb0, 0xff)] as const),
        "0xb11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8" +
          "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
      ],
      [
        ...([ikm, undefined, none] as const),
        "0x8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
      ],
    ];
    for (const [secret, salt, info, okm] of cases) {
      expect(toHex(hkdf(sha256, secret, salt, info, fromHex(okm).length))).to.equal(okm);
    }
  });

  it("derives what node's HKDF derives for the two labels", () => {
    const expected = (info: string) => new Uint8Array(hkdfSync("sha256", dek, headerHash, info, 32));
    const { encryptionKey, commitment } = deriveFileKeys(dek, headerHash);
    expect(encryptionKey).to.deep.equal(expected("nkms/v1/enc"));
    expect(commitment).to.deep.equal(expected("nkms/v1/commit"));
  });

  it("takes its own commitment and no other, nor another dek or header", () => {
    const keys = deriveFileKeys(dek, headerHash);
    expect(openFileKeys(dek, headerHash, keys.commitment)).to.deep.equal(keys);
    const refuse = (...args: Parameters<typeof openFileKeys>) =>
      expectRefusal(() => openFileKeys(...args), "E_TAMPERED", { field: "commitment" });
    for (let bit = 0; bit < 256; bit++) refuse(dek, headerHash, flipBit(keys.commitment, bit));
    refuse(flipBit(dek, 0), headerHash, keys.commitment);
    refuse(dek, flipBit(headerHash, 0), keys.commitment);
    refuse(dek, headerHash, keys.commitment.slice(1));
    refuse(dek, headerHash, concat(keys.commitment, Uint8Array.of(0)));
  });

  it("refuses deks and hashes of other lengths", () => {
    const data = { got: 31, expected: 32 };
    expectRefusal(() => deriveFileKeys(dek.slice(1), headerHash), "E_BAD_ENCODING", { field: "dek", ...data });
    expectRefusal(() => deriveFileKeys(dek, headerHash.slice(1)), "E_BAD_ENCODING", { field: "headerHash", ...data });
  });

  it("stops a file that AES-GCM alone would open under two keys", () => {
    const deks = [random(32), random(32)];
    const [first, second] = deks.map((each) => deriveFileKeys(each, headerHash));
    const nonce = random(12);
    const sealed = sealForTwoKeys(first.encryptionKey, second.encryptionKey, nonce);
    const plaintexts = [first, second].map((keys) => open("aes-256-gcm", keys.encryptionKey, nonce, sealed));
    expect(plaintexts[0]).to.not.deep.equal(plaintexts[1]);
    openFileKeys(deks[0], headerHash, first.commitment);
    expectRefusal(() => openFileKeys(deks[1], headerHash, first.commitment), "E_TAMPERED", { field: "commitment" });
  });
});
