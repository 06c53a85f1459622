import { secp256k1_hasher } from "@noble/curves/secp256k1.js";
import * as peer from "@nucypher/umbral-pre";
import { expect } from "chai";
import { createHash } from "node:crypto";

import { fromHex, toHex, utf8 } from "../../../../src/bytes";
import { ORDER, toBigInt } from "../../../../src/crypto/scalar";
import {
  hashCapsule,
  hashProof,
  hashShareIndex,
  hashSharedSecret,
  U,
  U_ENCODED,
} from "../../../../src/crypto/umbral/params";
import { seededRandom } from "../../../support/seededRandom";

/** RFC 9380, J.8.1 (secp256k1_XMD:SHA-256_SSWU_RO_). */
const RFC_9380_DST = "QUUX-V01-CS02-with-secp256k1_XMD:SHA-256_SSWU_RO_";
const RFC_9380 = [
  {
    message: "",
    x: "c1cae290e291aee617ebaef1be6d73861479c48b841eaba9b7b5852ddfeb1346",
    y: "64fa678e07ae116126f08b022a94af6de15985c996c3a91b64c406a960e51067",
  },
  {
    message: "abc",
    x: "3377e01eab42db296b512293120c6cee72b6ecf9f9205760bd9ff11fb3cb2c4b",
    y: "7f95890f33efebd1044d382a01b1bee0900fb6116f94688d487c6c7b9c8371f6",
  },
  {
    message: "abcdef0123456789",
    x: "bac54083f293f1fe08e4a70137260aa90783a5cb84d3f35848b324d0674b0e3a",
    y: "4436476085d4c3c4508b60fcf4389c40176adce756b398bdee27bca19758d828",
  },
];

/** The last two of the same table, whose messages are long. */
const RFC_9380_LONG = [
  { message: `q128_${"q".repeat(128)}`, encoded: "03e2167bc785333a37aa562f021f1e881defb853839babf52a7f72b102e41890e9" },
  { message: `a512_${"a".repeat(512)}`, encoded: "02e3c8d35aaaf0b9b647e88a0a0a7ee5d5bed5ad38238152e4e6fd8c1f8cb7c998" },
];

const hashToCurve = (message: string, DST: string, isCompressed = false) =>
  toHex(secp256k1_hasher.hashToCurve(utf8(message), { DST }).toBytes(isCompressed));

describe("umbral parameters", () => {
  it("have U from a hash to curve that gives the points of RFC 9380", () => {
    for (const { message, x, y } of RFC_9380) {
      expect(hashToCurve(message, RFC_9380_DST)).to.equal(`0x04${x}${y}`);
    }
    for (const { message, encoded } of RFC_9380_LONG) {
      expect(hashToCurve(message, RFC_9380_DST, true)).to.equal(`0x${encoded}`);
    }
    expect(toHex(U)).to.equal(hashToCurve("POINT_U", "PARAMETERS"));
    expect(toHex(U_ENCODED)).to.equal("0x03" + toHex(U).slice(4, 68));
  });

  it("have the U of umbral-pre", () => {
    const [x, y] = new peer.Parameters().u.coordinates()!;
    expect(U).to.deep.equal(fromHex("0x04" + toHex(x).slice(2) + toHex(y).slice(2)));
  });

  it("hash to scalars under their own domains", () => {
    const parts = [seededRandom("hash parts")(33), seededRandom("more hash parts")(33)];
    const domains = {
      CAPSULE_POINTS: hashCapsule,
      POLYNOMIAL_ARG: hashShareIndex,
      SHARED_SECRET: hashSharedSecret,
      CFRAG_VERIFICATION: hashProof,
    };
    for (const [domain, hash] of Object.entries(domains)) {
      const digest = createHash("sha256")
        .update(Uint8Array.of(0, 0, 0, domain.length))
        .update(domain)
        .update(parts[0])
        .update(parts[1])
        .digest("hex");
      expect(toBigInt(hash(...parts))).to.equal((BigInt("0x" + digest) % (ORDER - 1n)) + 1n);
    }
  });
});
