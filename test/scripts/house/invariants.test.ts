import { expect } from "chai";

import { invariantMismatches, invariantRows } from "../../../scripts/house/invariants";

// Built from parts, so that this file itself quotes no invariant.
const name = (letter: string) => ["I", `${letter}1`].join("-");

describe("invariantRows", () => {
  it("reads names and linked tests, and skips other rows", () => {
    const text = [
      "| Name | Holds | Test |",
      `| ${name("A")} \`a\` | x = y | [one](../test/one.test.ts), [two](../test/two.test.ts) |`,
      `| ${name("B")} \`b\` | z | none yet |`,
    ].join("\n");
    expect(invariantRows(text)).to.deep.equal([
      { name: name("A"), tests: ["test/one.test.ts", "test/two.test.ts"] },
      { name: name("B"), tests: [] },
    ]);
  });
});

describe("invariantMismatches", () => {
  const tests = new Map([["test/one.test.ts", `it("${name("A")} holds")`]]);

  it("is content when rows and quotes meet", () => {
    expect(invariantMismatches([{ name: name("A"), tests: ["test/one.test.ts"] }], tests)).to.deep.equal([]);
  });

  it("names rows that repeat, tests that do not quote, and quotes without a row", () => {
    const rows = [
      { name: name("B"), tests: ["test/one.test.ts"] },
      { name: name("B"), tests: [] },
    ];
    expect(invariantMismatches(rows, tests)).to.deep.equal([
      `${name("B")} has two rows`,
      `test/one.test.ts does not quote ${name("B")}`,
      `test/one.test.ts quotes ${name("A")}, which has no row`,
    ]);
  });
});
