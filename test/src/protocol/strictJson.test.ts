import { expect } from "chai";

import type { NkmsError } from "../../../src/errors";
import { parseJson } from "../../../src/protocol/strictJson";

function refusal(text: string): NkmsError {
  try {
    parseJson(text);
  } catch (error) {
    return error as NkmsError;
  }
  throw new Error(`accepted ${text.slice(0, 40)}`);
}

describe("parseJson", () => {
  context("refuses", () => {
    const malformed: Record<string, string> = {
      nothing: "",
      "only space": " \n\t",
      "an open object": "{",
      "an open list": "[1",
      "an open string": '"a',
      "a missing colon": '{"a" 1}',
      "a missing value": '{"a":}',
      "a trailing comma in an object": '{"a":1,}',
      "a trailing comma in a list": "[1,]",
      "two values": "1 2",
      "a comment": "{}//",
      "single quotes": "{'a':1}",
      "a bare key": "{a:1}",
      "a leading zero": "01",
      "a plus sign": "+1",
      "a bare dot": ".5",
      "a trailing dot": "5.",
      hexadecimal: "0x10",
      NaN: "NaN",
      Infinity: "-Infinity",
      undefined: "undefined",
      "a line feed inside a string": '"a\nb"',
      "a control character inside a string": '"a\u0001b"',
      "an unknown escape": '"\\x41"',
      "a short unicode escape": '"\\u12"',
      "a byte order mark": "\ufeff{}",
      "a no-break space": "\u00a0{}",
      "capital words": "True",
    };
    for (const [name, text] of Object.entries(malformed)) {
      it(name, () => expect(refusal(text).code).to.equal("E_BAD_JSON"));
    }

    it("a repeated key, however it is spelt", () => {
      const refused = refusal('{"end":1,"\\u0065nd":2}');
      expect(refused.code).to.equal("E_BAD_JSON");
      expect(refused.data).to.deep.equal({ position: 19 });
    });

    for (const key of ["__proto__", "constructor", "prototype"]) {
      it(`the key ${key} at any depth`, () => {
        expect(refusal(`{"${key}":{}}`).code).to.equal("E_BAD_JSON");
        expect(refusal(`[{"a":{"${key}":1}}]`).code).to.equal("E_BAD_JSON");
      });
    }

    it("nesting deeper than eight, without exhausting the stack", () => {
      expect(parseJson("[".repeat(8) + "1" + "]".repeat(8))).to.have.length(1);
      expect(refusal("[".repeat(9) + "1" + "]".repeat(9)).code).to.equal("E_BAD_JSON");
      expect(refusal("[".repeat(60_000)).code).to.equal("E_BAD_JSON");
      expect(refusal('{"a":'.repeat(12_000)).code).to.equal("E_BAD_JSON");
    });
  });

  context("reads", () => {
    const values = [
      null,
      true,
      false,
      0,
      -0.5,
      1e21,
      "",
      'é"\\/\b\f\n\r\t\u2028',
      [],
      [[], {}],
      { a: { b: [1, "2"] } },
    ];
    for (const value of values) {
      const text = JSON.stringify(value);
      it(text, () => expect(JSON.stringify(parseJson(` ${text}\n`))).to.equal(text));
    }

    it("objects without a prototype", () => expect(Object.getPrototypeOf(parseJson("{}"))).to.equal(null));

    it("a long string of escapes in time linear in its length", () => {
      const text = JSON.stringify("\n".repeat(30_000));
      expect(parseJson(text)).to.have.length(30_000);
    });
  });
});
