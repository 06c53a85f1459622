import { expect } from "chai";

import { uncovered } from "../../../scripts/house/coverage";

const lines = (pct: number, total = 10) => ({ lines: { pct, total } });

describe("uncovered", () => {
  it("accepts exactly the least share and files without lines", () => {
    expect(uncovered({ total: lines(95), "a.sol": lines(95), "empty.sol": lines(0, 0) }, 95)).to.deep.equal([]);
  });

  it("names each file below it, even where the total is above", () => {
    expect(uncovered({ total: lines(96), "a.sol": lines(94.9), "b.sol": lines(100) }, 95)).to.deep.equal([
      "a.sol: 94.9% of lines, at least 95%",
    ]);
  });

  it("does not take an empty report for a full one", () => {
    expect(uncovered({}, 95)).to.deep.equal(["nothing was measured"]);
    expect(uncovered({ total: lines(100, 0) }, 95)).to.deep.equal(["nothing was measured"]);
  });
});
