import { expect } from "chai";

import { traceDraws } from "../../../src/protocol/drawTrace";

const LEAVES = [
  { node: "ada", start: 0n, units: 5n, drawable: 5n },
  { node: "bea", start: 5n, units: 3n, drawable: 1n },
  { node: "cid", start: 8n, units: 2n, drawable: 2n },
];

describe("drawTrace", () => {
  it("reduces each random number to a point and says what came of it", () => {
    expect(traceDraws(LEAVES, 3, [4n, 10n, 6n, 5n, 19n, 8n])).to.deep.equal([
      { point: 4n, node: "ada", outcome: "drawn" },
      { point: 0n, node: "ada", outcome: "repeat" },
      { point: 6n, node: "bea", outcome: "void" },
      { point: 5n, node: "bea", outcome: "drawn" },
      { point: 9n, node: "cid", outcome: "drawn" },
    ]);
  });

  it("ends when the randoms run out and does nothing on an empty line", () => {
    expect(traceDraws(LEAVES, 2, [0n])).to.have.length(1);
    expect(traceDraws([], 1, [1n])).to.deep.equal([]);
  });
});
