import { expect } from "chai";

import { importCycles } from "../../../scripts/house/cycles";

const cycles = (graph: Record<string, string[]>) => importCycles(new Map(Object.entries(graph)));

describe("importCycles", () => {
  it("finds none in a graph whose paths join again", () => {
    expect(cycles({ a: ["b", "c"], b: ["d"], c: ["d"], d: ["outside"] })).to.deep.equal([]);
  });

  it("finds a file that imports itself, a pair and a longer circle, apart from each other", () => {
    const graph = { self: ["self"], a: ["b"], b: ["a", "x"], x: ["y"], y: ["z"], z: ["x"], alone: ["a"] };
    expect(cycles(graph)).to.have.deep.members([["self"], ["a", "b"], ["x", "y", "z"]]);
  });

  it("joins circles that share a file", () => {
    expect(cycles({ a: ["b", "c"], b: ["a"], c: ["a"] })).to.deep.equal([["a", "b", "c"]]);
  });
});
