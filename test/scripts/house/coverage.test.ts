import { expect } from "chai";

import { uncovered } from "../../../scripts/house/coverage";

const LEAST = { lines: 95, branches: 90 };
const reached = (lines: number, branches: number, total = 10) => ({
  lines: { pct: lines, total },
  branches: { pct: branches, total },
});

describe("uncovered", () => {
  it("accepts exactly the least shares and files without lines", () => {
    const summary = { total: reached(95, 90), "a.sol": reached(95, 90), "empty.sol": reached(0, 0, 0) };
    expect(uncovered(summary, LEAST)).to.deep.equal([]);
  });

  it("names each file below one of them, even where the total is above", () => {
    const summary = { total: reached(96, 97), "a.sol": reached(94.9, 90), "b.sol": reached(100, 89.9) };
    expect(uncovered(summary, LEAST)).to.deep.equal([
      "a.sol: 94.9% of lines, at least 95%",
      "b.sol: 89.9% of branches, at least 90%",
    ]);
  });

  it("does not take an empty report for a full one", () => {
    expect(uncovered({}, LEAST)).to.deep.equal(["nothing was measured"]);
    expect(uncovered({ total: reached(100, 100, 0) }, LEAST)).to.deep.equal(["nothing was measured"]);
  });
});
