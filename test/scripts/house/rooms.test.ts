import { expect } from "chai";

import { barrels, forbiddenImports, oversized, type Rooms } from "../../../scripts/house/rooms";

const rooms: Rooms = {
  typescript: {
    src: { rooms: [], packages: [] },
    "src/low": { rooms: [], packages: ["@noble/", "node:crypto"] },
    "src/high": { rooms: ["src/low"], packages: ["ethers"] },
    tasks: { rooms: ["src"], packages: ["hardhat"] },
  },
  open: ["src/errors"],
  barrels: ["src/index"],
  solidity: [],
  lines: [
    { under: "src/low/", extension: ".ts", most: 3 },
    { under: "", extension: ".ts", most: 2 },
  ],
};

const tree = (files: Record<string, string>) => new Map(Object.entries(files));

describe("forbiddenImports", () => {
  const check = (files: Record<string, string>) => forbiddenImports(tree(files), rooms);

  it("allows the own room, listed rooms, listed packages and open modules", () => {
    const text = 'import "./two"; import "../low/one"; import "ethers"; import "../errors";';
    expect(check({ "src/high/one.ts": text, "src/high/two.ts": "", "src/low/one.ts": 'import "@noble/x.js";' })).to.be
      .empty;
  });

  it("refuses a room that is not listed, type-only imports too", () => {
    expect(check({ "src/low/one.ts": 'import type { X } from "../high/x";' })).to.deep.equal([
      "src/low/one.ts imports src/high/x",
    ]);
  });

  it("refuses packages and look-alikes that are not listed", () => {
    expect(check({ "src/low/one.ts": 'import "ethers"; import "node:fs"; import "node:crypto-x";' })).to.deep.equal([
      "src/low/one.ts imports ethers",
      "src/low/one.ts imports node:fs",
      "src/low/one.ts imports node:crypto-x",
    ]);
    expect(check({ "src/high/one.ts": 'import "ethers-x"; import "ethers/sub";' })).to.deep.equal([
      "src/high/one.ts imports ethers-x",
    ]);
  });

  it("refuses hardhat, tasks and tests to src", () => {
    expect(
      check({ "src/index.ts": 'import "hardhat"; import "../tasks/x"; import "../test/y"; import "./high/z";' }),
    ).to.deep.equal(["src/index.ts imports hardhat", "src/index.ts imports tasks/x", "src/index.ts imports test/y"]);
  });

  it("keeps a room from reaching another through the public index", () => {
    expect(check({ "src/low/one.ts": 'import "../index";', "src/index.ts": "" })).to.deep.equal([
      "src/low/one.ts imports src/index.ts",
    ]);
  });

  it("keeps open modules closed downwards", () => {
    expect(check({ "src/errors.ts": 'import "./low/x";' })).to.deep.equal(["src/errors.ts imports src/low/x"]);
  });
});

describe("barrels", () => {
  it("names re-exports and index files other than the listed ones", () => {
    const files = {
      "src/index.ts": 'export { a } from "./low/a";',
      "src/low/index.ts": "",
      "src/low/a.ts": "export const a = 1;",
      "src/high/b.ts": 'export * from "../low/a";',
      "test/index.ts": 'export * from "x";',
    };
    expect(barrels(tree(files), rooms)).to.deep.equal([
      "src/low/index.ts is an index",
      "src/high/b.ts re-exports ../low/a",
    ]);
  });
});

describe("oversized", () => {
  it("takes the first cap that fits and counts no line for the last newline", () => {
    const files = {
      "src/low/ok.ts": "1\n2\n3\n",
      "src/low/no.ts": "1\n2\n3\n4",
      "src/high/no.ts": "1\n2\n3\n",
      "a.sol": "1\n2\n3\n4",
    };
    expect(oversized(tree(files), rooms)).to.deep.equal([
      "src/low/no.ts has 4 lines, at most 3",
      "src/high/no.ts has 3 lines, at most 2",
    ]);
  });
});
