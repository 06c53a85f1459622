import { expect } from "chai";

import { atIndex, badEncoding } from "../../../src/crypto/errors";
import { thrown } from "../../support/errors";

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
