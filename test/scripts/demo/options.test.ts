import { expect } from "chai";

import { readOptions } from "../../../scripts/demo/options";
import { thrown } from "../../support/errors";

describe("demo options", () => {
  it("reads seed and nodes, and nothing else where help is asked for", () => {
    expect(readOptions([])).to.deep.equal({ seed: 7, nodes: 9, json: false });
    expect(readOptions(["--seed", "8", "--nodes", "12", "--json"])).to.deep.equal({ seed: 8, nodes: 12, json: true });
    expect(readOptions(["--help"])).to.equal(undefined);
  });

  it("refuses what it does not know and what is out of range", () => {
    expect(thrown(() => readOptions(["--speed"])).code).to.equal("E_USAGE");
    const error = thrown(() => readOptions(["--nodes", "2"]));
    expect(error.code).to.equal("E_USAGE");
    expect(error.data).to.deep.equal({ option: "--nodes", got: "2", minimum: 3, maximum: 32 });
  });
});
