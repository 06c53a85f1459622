import { expect } from "chai";

import type { NkmsError } from "../../../src/errors";
import { decode, encode, type Codec } from "../../../src/protocol/codec";
import {
  grantAnswer,
  grantRequest,
  nodeInfo,
  offerAnswer,
  offerRequest,
  reencryptAnswer,
  reencryptRequest,
  type GrantRequest,
} from "../../../src/protocol/messages";

const filled = (length: number, value: number) => new Uint8Array(length).fill(value);
const hashOf = (digit: string) => filled(32, parseInt(digit.repeat(2), 16));
const addressOf = (digit: string) => "0x" + digit.repeat(40);

const GRANT: GrantRequest = {
  chainId: 31337n,
  policyManager: addressOf("a"),
  terms: {
    owner: addressOf("1"),
    payer: addressOf("2"),
    recipientSigner: addressOf("3"),
    threshold: 2,
    pathKeyId: hashOf("4"),
    recipientKeyId: hashOf("5"),
    start: 1_700_000_000n,
    end: 1_700_086_400n,
    maxEnd: (1n << 40n) - 1n,
    acceptBy: 1_700_000_600n,
    feeRate: (1n << 128n) - 1n,
    bounty: 0n,
    conditionHash: hashOf("0"),
    noteHash: hashOf("6"),
  },
  nodes: [addressOf("7"), addressOf("8")],
  commitments: [
    { digest: filled(32, 9), point: addressOf("9") },
    { digest: filled(32, 8), point: addressOf("0") },
  ],
  condition: new Uint8Array(),
  shareIndex: 1,
  ownerKeys: { pathPublicKey: filled(33, 2), verifyingKey: filled(33, 3), recipientKey: filled(33, 2) },
  sealedFraction: filled(300, 7),
};

const MESSAGES: [string, Codec<unknown>, unknown][] = (
  [
    [
      "nodeInfo",
      nodeInfo,
      {
        version: "0.1.0",
        chainId: 1n,
        policyManager: addressOf("a"),
        staker: addressOf("b"),
        worker: addressOf("c"),
        encryptionKey: filled(33, 2),
        engine: "umbral",
        backend: "noble",
        feeRate: 5n,
        minDuration: 1n,
        maxDuration: 31_536_000n,
        capacity: 100n,
        readPrice: 7n,
      },
    ],
    [
      "offerRequest",
      offerRequest,
      {
        chainId: 1n,
        policyManager: addressOf("a"),
        engine: "umbral",
        start: 1n,
        end: 2n,
        maxEnd: 3n,
        feeRate: 4n,
        conditional: false,
      },
    ],
    ["offerAnswer", offerAnswer, { accept: true, readPrice: 7n }],
    ["grantRequest", grantRequest, GRANT],
    ["grantAnswer", grantAnswer, { acceptance: { r: hashOf("a"), vs: hashOf("b") } }],
    [
      "reencryptRequest",
      reencryptRequest,
      {
        request: {
          policyId: hashOf("a"),
          shareIndex: 0n,
          capsuleHash: hashOf("b"),
          requestId: hashOf("c"),
          requestTime: 1_700_000_000n,
        },
        capsule: filled(98, 3),
        signature: filled(65, 4),
        voucher: {
          payer: addressOf("d"),
          node: addressOf("c"),
          epoch: 1n,
          amount: 10n ** 18n,
          signature: filled(65, 5),
        },
      },
    ],
    [
      "reencryptAnswer",
      reencryptAnswer,
      {
        cfrag: filled(359, 1),
        wrapped: new Uint8Array(),
        receipt: { requestHash: hashOf("a"), answerHash: hashOf("b"), wrappedHash: hashOf("c") },
        receiptSignature: filled(65, 4),
      },
    ],
  ] as [string, Codec<never>, unknown][]
).map(([name, codec, value]) => [name, codec as unknown as Codec<unknown>, value]);

/** Every path to a leaf or an object of a parsed message. */
function* places(value: unknown, path: string[] = []): Generator<string[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield [...path, key];
    yield* places(child, [...path, key]);
  }
}

/** Fields that only paid reads have. */
const OPTIONAL = ["readPrice", "voucher"];

/** The text of a message with the value at one place replaced; undefined removes it. */
function withPlace(message: string, path: string[], change: (value: unknown) => unknown): string {
  const copy = JSON.parse(message) as Record<string, unknown>;
  const parent = path.slice(0, -1).reduce((node, key) => node[key] as Record<string, unknown>, copy);
  const last = path[path.length - 1];
  parent[last] = change(parent[last]);
  return JSON.stringify(copy);
}

function refusal<T>(codec: Codec<T>, message: string): NkmsError {
  try {
    decode(codec, message);
  } catch (error) {
    return error as NkmsError;
  }
  throw new Error(`accepted ${message.slice(0, 200)}`);
}

describe("wire messages", () => {
  for (const [name, codec, value] of MESSAGES) {
    context(name, () => {
      const message = encode(codec, value);

      it("refuses every field that is missing, of another type or misspelt", () => {
        for (const path of places(JSON.parse(message))) {
          const isListItem = /^\d+$/.test(path[path.length - 1]);
          const mayLack = isListItem || OPTIONAL.includes(path[path.length - 1]);
          const wrong = [null, 1, "0x", "0X00", " ", [[]], { surplus: "1" }, ...(mayLack ? [] : [undefined])];
          for (const bad of wrong) {
            if (path[path.length - 1] === "wrapped" && bad === "0x") continue;
            if (path[path.length - 1] === "condition" && bad === "0x") continue;
            const refused = refusal(
              codec,
              withPlace(message, path, () => bad),
            );
            expect(refused.code, `${path.join(".")} = ${JSON.stringify(bad)}`).to.equal("E_SCHEMA");
          }
        }
      });

      it("refuses an additional field in every object", () => {
        const objects = [[], ...places(JSON.parse(message))].filter((path) => {
          const found = path.reduce<unknown>(
            (node, key) => (node as Record<string, unknown>)[key],
            JSON.parse(message),
          );
          return typeof found === "object" && !Array.isArray(found);
        });
        for (const path of objects) {
          const refused = refusal(
            codec,
            withPlace(message, [...path, "surplus"], () => "1"),
          );
          expect(refused.code).to.equal("E_SCHEMA");
          expect(refused.data.place).to.equal(["message", ...path].join(".").replace(/\.(\d+)/g, "[$1]"));
        }
      });

      it("reads without the fields that may be absent", () => {
        const absent = [...places(JSON.parse(message))].filter((path) => OPTIONAL.includes(path[path.length - 1]));
        for (const path of absent) {
          const less = withPlace(message, path, () => undefined);
          expect(encode(codec, decode(codec, less))).to.equal(less);
        }
      });

      it("reads back what it writes", () => {
        expect(decode(codec, message)).to.deep.equal(value);
        expect(encode(codec, decode(codec, message))).to.equal(message);
      });
    });
  }

  context("values at their limits", () => {
    const grant = encode(grantRequest, GRANT);
    const cases: [string, string[], unknown][] = [
      ["a time of 2^40", ["terms", "end"], (1n << 40n).toString()],
      ["an amount of 2^128", ["terms", "feeRate"], (1n << 128n).toString()],
      ["an integer with a leading zero", ["terms", "end"], "01"],
      ["a negative integer", ["terms", "end"], "-1"],
      ["an exponent", ["terms", "end"], "1e9"],
      ["an integer of a thousand digits", ["chainId"], "9".repeat(1_000)],
      ["upper-case hex", ["terms", "pathKeyId"], "0x" + "A".repeat(64)],
      ["a hash of 31 bytes", ["terms", "pathKeyId"], "0x" + "aa".repeat(31)],
      ["an address of 21 bytes", ["terms", "owner"], "0x" + "aa".repeat(21)],
      ["a checksummed address", ["terms", "owner"], "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"],
      ["hex with half a byte", ["sealedFraction"], "0xabc"],
      ["33 nodes", ["nodes"], new Array(33).fill(addressOf("1"))],
      ["a condition past its limit", ["condition"], "0x" + "00".repeat(4_097)],
      ["a share index of 256", ["shareIndex"], "256"],
    ];
    for (const [name, path, bad] of cases) {
      it(`refuses ${name}`, () => {
        const refused = refusal(
          grantRequest,
          withPlace(grant, path, () => bad),
        );
        expect(refused.code).to.equal("E_SCHEMA");
        expect(refused.data.place).to.equal(["message", ...path].join("."));
      });
    }

    it("never repeats the value it refuses", () => {
      const refused = refusal(
        grantRequest,
        withPlace(grant, ["sealedFraction"], () => "0xsecret"),
      );
      expect(JSON.stringify(refused)).not.to.contain("secret");
    });

    it("writes checksummed addresses in lower case", () => {
      const terms = { ...GRANT.terms, owner: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed" };
      const read = decode(grantRequest, encode(grantRequest, { ...GRANT, terms }));
      expect(read.terms.owner).to.equal("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed");
    });
  });
});
