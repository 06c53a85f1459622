import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { atIndex, badEncoding } from "../../../src/crypto/errors";
import { thrown } from "../../support/errors";

const ROOM = join(__dirname, "../../../src/crypto");

describe("codes of the crypto room", () => {
  it("are those of the table, each thrown somewhere", () => {
    const files = readdirSync(ROOM, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const sources = files.map((file) => readFileSync(join(ROOM, file), "utf8"));
    const thrownCodes = sources.flatMap((text) =>
      [...text.matchAll(/CryptoError\("(E_\w+)"/g)].map(([, code]) => code),
    );
    const listed = [...readFileSync(join(ROOM, "errors.ts"), "utf8").matchAll(/^ \* \| (E_\w+) \|/gm)];
    expect([...new Set(thrownCodes)].sort()).to.deep.equal(listed.map(([, code]) => code).sort());
  });
});

describe("atIndex", () => {
  it("gives what the check gives, and its refusals the place", () => {
    expect(atIndex(3, () => "fine")).to.equal("fine");
    const refusal = badEncoding("cfrag", "is short", 1, 2);
    const error = thrown(() =>
      atIndex(3, () => {
        throw refusal;
      }),
    );
    const { code, message, data, cause } = error;
    const expected = { field: "cfrag", got: 1, expected: 2, index: 3 };
    expect({ code, message, data, cause }).to.deep.equal({
      code: "E_BAD_ENCODING",
      message: refusal.message,
      data: expected,
      cause: refusal,
    });
  });

  it("lets mistakes of the program through as they are", () => {
    const mistake = new TypeError("undefined is not a function");
    const call = () =>
      atIndex(0, () => {
        throw mistake;
      });
    expect(call).to.throw(mistake);
  });
});
