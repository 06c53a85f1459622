import { expect } from "chai";
import { parseEther } from "ethers";
import fc from "fast-check";

import { formatAmount, parseAmount, parsePeriods, parsePositiveAmount } from "../../../src/protocol/amount";
import { thrown } from "../../support/errors";

describe("amount", () => {
  it("reads whole tokens, decimals and base units", () => {
    expect(parseAmount("15000")).to.equal(parseEther("15000"));
    expect(parseAmount("1.5")).to.equal(parseEther("1.5"));
    expect(parseAmount("0.000000000000000001")).to.equal(1n);
    expect(parseAmount("15000wei")).to.equal(15000n);
  });

  it("takes no zero for what is to be sent", () => {
    expect(parsePositiveAmount("1wei")).to.equal(1n);
    for (const got of ["0", "0.0", "0wei"]) {
      const error = thrown(() => parsePositiveAmount(got));
      expect([error.code, error.data]).to.deep.equal(["E_BAD_AMOUNT", { got }]);
    }
    expect(thrown(() => parsePositiveAmount("x")).code).to.equal("E_BAD_AMOUNT");
  });

  it("refuses everything that could be misread", () => {
    const refused = [
      "",
      "-1",
      "+1",
      "1e3",
      "1,000",
      "1_000",
      " 1",
      "1.",
      ".5",
      "0x10",
      "1.5wei",
      "1.0000000000000000000",
      "max",
    ];
    for (const text of refused) {
      const error = thrown(() => parseAmount(text));
      expect(error.code, text).to.equal("E_BAD_AMOUNT");
      expect(error.data).to.deep.equal({ got: text });
    }
  });

  it("prints what it reads, exactly", () => {
    expect(formatAmount(parseEther("1.5"))).to.equal("1.5");
    expect(formatAmount(-1n)).to.equal("-0.000000000000000001");
    expect(formatAmount(0n)).to.equal("0");
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 128n), (value) => parseAmount(formatAmount(value)) === value));
  });

  it("reads periods and nothing else", () => {
    expect(parsePeriods("30p")).to.equal(30n);
    for (const text of ["30", "p", "-1p", "1.5p", "30d", "30 p"]) {
      expect(thrown(() => parsePeriods(text)).code, text).to.equal("E_BAD_PERIODS");
    }
  });
});
