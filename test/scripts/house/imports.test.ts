import { expect } from "chai";

import { importsOf, reExportsOf } from "../../../scripts/house/imports";

const targets = (path: string, tree: Record<string, string>) =>
  importsOf(path, new Map(Object.entries(tree))).map(({ target, specifier }) => target ?? `package ${specifier}`);

describe("importsOf", () => {
  it("sees static, type-only, side-effect, dynamic, required and re-exported modules", () => {
    const text = [
      'import { a } from "./a";',
      'import type { B } from "./b";',
      'import "./c";',
      'const d = import("./d");',
      'const e = require("./e");',
      'export { f } from "./f";',
      'type G = import("./g").G;',
      'import * as hash from "@noble/hashes/sha2.js";',
    ].join("\n");
    expect(targets("src/x/file.ts", { "src/x/file.ts": text })).to.have.members([
      ...["a", "b", "c", "d", "e", "f", "g"].map((name) => `src/x/${name}`),
      "package @noble/hashes/sha2.js",
    ]);
  });

  it("ignores imports in comments and strings", () => {
    const text = '// import "./a";\nconst text = `import "./b"`;';
    expect(targets("src/x.ts", { "src/x.ts": text })).to.deep.equal([]);
  });

  it("resolves to the file, to an index, and otherwise to the bare path", () => {
    const tree = {
      "src/a/one.ts": 'import "../b/two"; import "../c"; import "../../gone";',
      "src/b/two.ts": "",
      "src/c/index.ts": "",
    };
    expect(targets("src/a/one.ts", tree)).to.deep.equal(["src/b/two.ts", "src/c/index.ts", "gone"]);
  });

  it("reads every form of Solidity import and no comment", () => {
    const text = [
      'import "./A.sol";',
      'import {B, C} from "../libraries/B.sol";',
      'import * as D from "@openzeppelin/contracts/D.sol";',
      '// import "./E.sol";',
      '/* import "./F.sol"; */',
    ].join("\n");
    expect(targets("contracts/token/T.sol", { "contracts/token/T.sol": text })).to.deep.equal([
      "contracts/token/A.sol",
      "contracts/libraries/B.sol",
      "package @openzeppelin/contracts/D.sol",
    ]);
  });
});

describe("reExportsOf", () => {
  it("finds named, star and type-only re-exports, and no plain export", () => {
    const text = 'export { a } from "./a";\nexport * from "./b";\nexport type { C } from "./c";\nexport const d = 1;';
    expect(reExportsOf(text)).to.deep.equal(["./a", "./b", "./c"]);
  });
});
