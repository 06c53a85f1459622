import { expect } from "chai";
import { ethers } from "ethers";

import { fromHex, toHex } from "../../../src/bytes";
import {
  after,
  all,
  any,
  asks,
  before,
  between,
  bought,
  conditionBytes,
  decodeCondition,
  holds,
  listed,
  logged,
  not,
  paid,
  returnsTrue,
  subscribed,
  type When,
} from "../../../src/protocol/condition";
import type { Scene } from "../../../src/protocol/conditionForms";
import { formatCondition, parseCondition } from "../../../src/protocol/conditionText";
import { abiEncode, childContext, childrenContext } from "../../support/conditions";
import { thrown } from "../../support/errors";
import { Random } from "../../support/random";

const random = new Random(0xc0ffeen);
const account = (digit: string) => "0x" + digit.repeat(40);
const NAMES = [
  "TimeWindow", "TokenBalance", "SellerPayments", "Subscriptions", "AllowLists", "AccessLog", "ViewCall", "PayToReadShop",
  "AllOf", "AnyOf", "Not", "NKMSToken",
] as const; // prettier-ignore
const contracts = Object.fromEntries(
  NAMES.map((name) => [name, ethers.getAddress(ethers.dataSlice(ethers.id(name), 12))]),
) as Scene["contracts"];
const READER = account("b");
const scene: Scene = { contracts, reader: READER };
const [SELLER, TOKEN, OTHER] = [account("1"), account("2"), account("3")];
const ITEM = ethers.id("film");
const PLAN = { seller: SELLER, price: 5n, termLength: 60, item: "film" };

/** Builder, contract, and the context by the ABI coder of ethers. */
const CASES: [string, When, (typeof NAMES)[number], string][] = [
  ["after", after(7), "TimeWindow", abiEncode(["uint256", "uint256"], [7, ethers.MaxUint256])],
  ["before", before(8), "TimeWindow", abiEncode(["uint256", "uint256"], [0, 8])],
  ["between", between(7, 8), "TimeWindow", abiEncode(["uint256", "uint256"], [7, 8])],
  ["holds", holds(TOKEN, 5n), "TokenBalance", abiEncode(["address", "address", "uint256"], [TOKEN, READER, 5])],
  [
    "holds by another",
    holds(TOKEN, 5n, OTHER),
    "TokenBalance",
    abiEncode(["address", "address", "uint256"], [TOKEN, OTHER, 5]),
  ],
  [
    "paid",
    paid(SELLER, 9n, "film"),
    "SellerPayments",
    abiEncode(["(address,address,bytes32)", "address", "uint256"], [[SELLER, contracts.NKMSToken, ITEM], READER, 9]),
  ],
  [
    "paid in another token by another",
    paid(SELLER, 9n, ITEM, { token: TOKEN, buyer: OTHER }),
    "SellerPayments",
    abiEncode(["(address,address,bytes32)", "address", "uint256"], [[SELLER, TOKEN, ITEM], OTHER, 9]),
  ],
  [
    "subscribed",
    subscribed(PLAN),
    "Subscriptions",
    abiEncode(
      ["(address,address,uint128,uint32,bytes32)", "address"],
      [[SELLER, contracts.NKMSToken, 5, 60, ITEM], READER],
    ),
  ],
  [
    "listed",
    listed(OTHER, "staff"),
    "AllowLists",
    abiEncode(["address", "bytes32", "address"], [OTHER, ethers.id("staff"), READER]),
  ],
  ["logged", logged(60), "AccessLog", abiEncode(["uint256"], [60])],
  ["bought", bought(SELLER, "film"), "PayToReadShop", abiEncode(["address", "bytes32"], [SELLER, ITEM])],
  [
    "returnsTrue",
    returnsTrue(OTHER, fromHex("0x12345678")),
    "ViewCall",
    abiEncode(["address", "bytes"], [OTHER, "0x12345678"]),
  ],
];

const encoded = (when: When) => toHex(conditionBytes(when, scene));
const expectedOf = (contract: (typeof NAMES)[number], context: string) =>
  abiEncode(["address", "bytes"], [contracts[contract], context]);

describe(`condition (seed ${random.seed})`, () => {
  for (const [name, when, contract, context] of CASES) {
    it(`${name} is encoded as ${contract} decodes it`, () => {
      expect(encoded(when)).to.equal(expectedOf(contract, context));
    });
  }

  it("asks names any contract, and nothing is no bytes", () => {
    expect(encoded(asks(OTHER, fromHex("0x01")))).to.equal(abiEncode(["address", "bytes"], [OTHER, "0x01"]));
    expect(conditionBytes(undefined, scene)).to.have.length(0);
  });

  it("all, any and not hold their children as structs", () => {
    const children = CASES.map(([, , contract, context]) => [contracts[contract], context] as const);
    const whens = CASES.map(([, when]) => when);
    expect(encoded(all(...whens))).to.equal(expectedOf("AllOf", childrenContext(children)));
    expect(encoded(any(...whens))).to.equal(expectedOf("AnyOf", childrenContext(children)));
    expect(encoded(not(CASES[0][1]))).to.equal(expectedOf("Not", childContext(children[0])));
  });

  it("refuses what does not fit 4,096 bytes, a word, or an address", () => {
    const many = all(...Array<When>(32).fill(logged(1)));
    const tooLong = thrown(() => conditionBytes(many, scene));
    expect(tooLong.code).to.equal("E_CONDITION_TOO_LONG");
    expect(tooLong.data).to.deep.equal({ got: ethers.dataLength(encodedUnchecked(32)), most: 4_096 });
    expect(thrown(() => conditionBytes(holds(TOKEN, 2n ** 256n), scene)).code).to.equal("E_OUT_OF_RANGE");
    expect(thrown(() => conditionBytes(holds("0x12", 1n), scene)).code).to.equal("E_BAD_HEX");
  });

  const SENSELESS: [string, () => When, object][] = [
    ["all", () => all(), { condition: "all", got: 0, least: 1, most: 32 }],
    ["any", () => any(), { condition: "any", got: 0, least: 1, most: 32 }],
    ["any of 33", () => any(...Array<When>(33).fill(logged(1))), { condition: "any", got: 33, least: 1, most: 32 }],
    ["between without time", () => between(7, 7), { condition: "between", from: 7, until: 7 }],
    ["between backwards", () => between(8, 7), { condition: "between", from: 8, until: 7 }],
    ["before the first second", () => before(0), { condition: "between", from: 0, until: 0 }],
    ["after a second below 0", () => after(-1), { condition: "between", got: -1, least: 0n }],
    ["after half a second", () => after(0.5), { condition: "between", got: 0.5, least: 0n }],
    ["logged in no time", () => logged(0), { condition: "logged", got: 0, least: 1n }],
    ["paid nothing", () => paid(SELLER, 0n, "film"), { condition: "paid", got: 0n, least: 1n }],
    ["holds nothing", () => holds(TOKEN, 0n), { condition: "holds", got: 0n, least: 1n }],
    [
      "subscribed for no time",
      () => subscribed({ ...PLAN, termLength: 0 }),
      { condition: "subscribed", got: 0, least: 1n },
    ],
    ["a text of it", () => parseCondition("all(logged(60), logged(0))"), { condition: "logged", got: 0n, least: 1n }],
  ];
  for (const [name, build, data] of SENSELESS) {
    it(`refuses what makes no sense: ${name}`, () => {
      const error = thrown(build);
      expect([error.code, error.data]).to.deep.equal(["E_SENSELESS_CONDITION", data]);
    });
  }

  it("takes the least that makes sense", () => {
    for (const when of [
      between(7, 8),
      before(1),
      logged(1),
      all(logged(1)),
      any(...Array<When>(32).fill(not(after(1)))),
    ]) {
      expect(when(scene).context).to.not.have.length(0);
    }
  });

  function encodedUnchecked(count: number): string {
    const child = [contracts.AccessLog, abiEncode(["uint256"], [1])] as const;
    return expectedOf("AllOf", childrenContext(Array(count).fill(child)));
  }

  it("decodes what it encodes and nothing else", () => {
    const bytes = conditionBytes(CASES[3][1], scene);
    expect(decodeCondition(bytes)).to.deep.equal({
      address: contracts.TokenBalance.toLowerCase(),
      context: fromHex(CASES[3][3]),
    });
    const wrong = [
      new Uint8Array(),
      bytes.slice(1),
      bytes.slice(0, -1),
      bytes.slice(0, 96),
      Uint8Array.of(...bytes, 0),
    ];
    for (const place of [0, 11, 63, 64, 95]) {
      const changed = bytes.slice();
      changed[place] ^= 1;
      wrong.push(changed);
    }
    for (const other of wrong) expect(thrown(() => decodeCondition(other)).code).to.equal("E_BAD_CONDITION");
  });

  context("as text", () => {
    it("says what it means", () => {
      const when = all(between(1_800_000_000, 1_800_000_060), not(holds(contracts.NKMSToken, 5n)), after(0));
      expect(formatCondition(conditionBytes(when, scene), contracts)).to.equal(
        "all(between(2027-01-15T08:00:00Z, 2027-01-15T08:01:00Z), " +
          `not(holds(NKMS, ${READER}, 5)), between(1970-01-01T00:00:00Z, forever))`,
      );
    });

    it("can be typed as it is printed, however it is nested", () => {
      const leaves = [...CASES.map(([, when]) => when), asks(OTHER, fromHex("0x0102"))];
      const pick = () => leaves[Number(random.below(leaves.length))];
      const nested = (depth: number): When => {
        if (depth === 0) return pick();
        const child = () => nested(Number(random.below(depth)));
        return [() => not(child()), () => all(child(), child()), () => any(child(), pick(), child())][
          Number(random.below(3))
        ]();
      };
      for (let round = 0; round < 100; round++) {
        const { address, context } = nested(3)(scene);
        const bytes = fromHex(abiEncode(["address", "bytes"], [address, context]));
        const text = formatCondition(bytes, contracts);
        const { address: sameAddress, context: sameContext } = parseCondition(text)(scene);
        expect([sameAddress.toLowerCase(), toHex(sameContext)], text).to.deep.equal([
          address.toLowerCase(),
          toHex(context),
        ]);
      }
    });

    it("is read with the reader, NKMS, names and dates", () => {
      const texts: [string, When][] = [
        ['paid(0x1111111111111111111111111111111111111111, NKMS, "film", reader, 9)', paid(SELLER, 9n, "film")],
        [" any( logged(60) ,between(7,forever) ) ", any(logged(60), after(7))],
        ["between(2027-01-15T08:00:00Z, 1800000060)", between(1_800_000_000, 1_800_000_060)],
        [`listed(${OTHER}, staff, reader)`, listed(OTHER, "staff")],
      ];
      for (const [text, when] of texts) expect(encoded(parseCondition(text)), text).to.equal(encoded(when));
    });

    it("is raw where the context is not in its one encoding, or the contract unknown", () => {
      const contexts = [
        "0x",
        "0x01",
        ethers.ZeroHash,
        "0x" + "ff".repeat(96),
        abiEncode(["uint256"], [33]) + "00".repeat(100),
      ];
      for (const contract of NAMES.slice(0, -1)) {
        for (const context of contexts.filter((_, index) => contract !== "AccessLog" || index !== 2)) {
          const bytes = fromHex(expectedOf(contract, context));
          expect(formatCondition(bytes, contracts)).to.equal(`asks(${contracts[contract].toLowerCase()}, ${context})`);
        }
      }
      expect(formatCondition(Uint8Array.of(1, 2), contracts)).to.equal("0x0102");
    });

    const WRONG: [string, number][] = [
      ["", 0],
      ["soon(7)", 5],
      ["logged", 6],
      ["logged(", 7],
      ["logged(x)", 7],
      ["logged(60", 9],
      ["logged(60))", 10],
      ["between(7)", 9],
      ["between(tomorrow, 7)", 8],
      ["holds(NKMS, me, 5)", 11],
      ["all()", 4],
      ["asks(0x12, zz)", 10],
      ["not(".repeat(40), 132],
    ];
    for (const [text, position] of WRONG) {
      it(`refuses ${JSON.stringify(text.slice(0, 30))} at ${position}`, () => {
        const error = thrown(() => parseCondition(text));
        expect([error.code, error.data.position]).to.deep.equal(["E_BAD_CONDITION", position]);
      });
    }
  });
});
