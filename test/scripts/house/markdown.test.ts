import { expect } from "chai";

import { anchorsOf, codeBlocks, hardhatTasks, npmScripts, relativeLinks } from "../../../scripts/house/markdown";

describe("relativeLinks", () => {
  it("finds links and images into the repository, with anchors and titles", () => {
    expect(relativeLinks('[a](docs/a.md) ![b](<b.png>) [c](c.md#part "Title") [d](#here)')).to.deep.equal([
      "docs/a.md",
      "b.png",
      "c.md#part",
      "#here",
    ]);
  });

  it("leaves out other sites, code and fenced blocks", () => {
    const text = "[a](https://example.org) [b](mailto:b@example.org) `[c](c.md)`\n```md\n[d](d.md)\n```\n";
    expect(relativeLinks(text)).to.deep.equal([]);
  });
});

describe("anchorsOf", () => {
  it("follows GitHub's rule, repeated names too", () => {
    const text = "# A Title, with `code`\n## 2. Fees & more\n```\n# not a heading\n```\n### [Link](x.md)\n## Link\n";
    expect(anchorsOf(text)).to.deep.equal(["a-title-with-code", "2-fees--more", "link", "link-1"]);
  });
});

describe("npmScripts", () => {
  it("finds scripts in prose and blocks", () => {
    expect(npmScripts("Run `npm run check`, then\n```\nnpm run -s bench:gas -- --json\n```")).to.deep.equal([
      "check",
      "bench:gas",
    ]);
  });
});

describe("hardhatTasks", () => {
  it("skips global options and their values", () => {
    const text =
      "`npx hardhat --network localhost stake:create --amount 5`, `npx hardhat --verbose test a.ts`, npx hardhat node";
    expect(hardhatTasks(text)).to.deep.equal(["stake:create", "test", "node"]);
  });

  it("takes no placeholder for a task", () => {
    expect(hardhatTasks("`npx hardhat --help` or `npx hardhat <task>`")).to.deep.equal([]);
  });
});

describe("codeBlocks", () => {
  it("gives the blocks of a language, without fences", () => {
    const text = "```ts\nfirst;\n\nsecond;\n```\n\n```\nnone\n```\n```sh\nls\n```\n```ts\nthird;\n```\n";
    expect(codeBlocks(text, "ts")).to.deep.equal(["first;\n\nsecond;\n", "third;\n"]);
  });
});
