import { expect } from "chai";

import { differences } from "../../../scripts/house/differences";

describe("differences", () => {
  it("is empty for equal trees in any order", () => {
    const tree = { a: "1", b: "2" };
    const reversed = Object.entries(tree).reverse();
    expect(differences(new Map(Object.entries(tree)), new Map(reversed))).to.deep.equal([]);
  });

  it("names stale, missing and left-over files", () => {
    const committed = new Map([
      ["stale", "old"],
      ["left", ""],
    ]);
    const fresh = new Map([
      ["stale", "new"],
      ["new", ""],
    ]);
    expect(differences(committed, fresh)).to.deep.equal([
      "left has no source any more",
      "new is missing",
      "stale is stale",
    ]);
  });
});
