import { expect } from "chai";

import { forbiddenOpcodes, metadataLength } from "../../../scripts/house/opcodes";

const check = (hex: string) => forbiddenOpcodes(Buffer.from(hex, "hex"));

describe("forbiddenOpcodes", () => {
  it("finds CALLCODE, DELEGATECALL and SELFDESTRUCT where they are executed", () => {
    expect(check("5f5ff25b5ff45b5fff")).to.deep.equal([
      { name: "CALLCODE", offset: 2 },
      { name: "DELEGATECALL", offset: 5 },
      { name: "SELFDESTRUCT", offset: 8 },
    ]);
  });

  it("does not mistake push data for instructions, from PUSH1 to PUSH32", () => {
    expect(check("60f4" + "61f4ff" + "7f" + "ff".repeat(32) + "00")).to.deep.equal([]);
    expect(check("7f" + "ff".repeat(32) + "f4")).to.deep.equal([{ name: "DELEGATECALL", offset: 33 }]);
  });

  it("takes PUSH0 as an instruction without data", () => {
    expect(check("5ff4")).to.deep.equal([{ name: "DELEGATECALL", offset: 1 }]);
  });

  it("skips what only a jump could reach until the next jump target", () => {
    for (const end of ["00", "56", "f3", "fd", "fe"]) {
      expect(check(end + "f4")).to.deep.equal([]);
      expect(check(end + "5bf4")).to.deep.equal([{ name: "DELEGATECALL", offset: 2 }]);
    }
  });

  it("leaves the metadata out and nothing else", () => {
    expect(check("5f" + "a1ff" + "0002")).to.deep.equal([]);
    expect(check("5f" + "ff" + "a1ff" + "0002")).to.deep.equal([{ name: "SELFDESTRUCT", offset: 1 }]);
  });
});

describe("metadataLength", () => {
  const length = (hex: string) => metadataLength(Buffer.from(hex, "hex"));

  it("counts the map and its two length bytes", () => expect(length("00a101020003")).to.equal(5));
  it("is 0 for code without metadata", () => {
    expect(length("")).to.equal(0);
    expect(length("00")).to.equal(0);
    expect(length("5f5f5ff3")).to.equal(0);
    expect(length("00ffff")).to.equal(0);
  });
});
