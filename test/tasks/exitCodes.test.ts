import { expect } from "chai";
import { join } from "node:path";

import { ContractRefusal } from "../../src/chain/refusals";
import { NkmsError } from "../../src/errors";
import { readTree } from "../../scripts/house/sourceTree";
import { exitCodeOf } from "../../tasks/support/exitCodes";

/** What only a bug of ours, or of the tree, can cause. */
const BUGS = ["E_UNEXPECTED", "E_COMPILER", "E_NO_SIGNER"];

describe("exitCodes", () => {
  it("has an exit code for every error that chain, deployment and tasks throw", () => {
    const tree = readTree(join(__dirname, "../.."), ["src/chain", "deploy", "tasks"], [".ts"]);
    const codes = new Set([...tree.values()].flatMap((text) => text.match(/(?<=NkmsError\(\s*")E_[A-Z0-9_]+/g) ?? []));
    expect(codes.size).to.be.greaterThan(25);
    for (const code of codes) {
      if (!BUGS.includes(code)) expect(exitCodeOf(new NkmsError(code, "")), code).to.be.within(2, 7);
    }
  });

  it("gives 3 for any refusal of a contract and 1 for bugs", () => {
    expect(exitCodeOf(new ContractRefusal("E_WHATEVER", ""))).to.equal(3);
    expect(exitCodeOf(new NkmsError("E_UNEXPECTED", ""))).to.equal(1);
    expect(exitCodeOf(new TypeError("x"))).to.equal(1);
  });
});
