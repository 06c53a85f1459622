import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import packageJson from "../package.json";
import { invariantMismatches, invariantRows } from "../scripts/house/invariants";
import { anchorsOf, hardhatTasks, npmScripts, relativeLinks } from "../scripts/house/markdown";
import { readTree } from "../scripts/house/sourceTree";

const root = join(__dirname, "..");
const topPages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
const tree = new Map([
  ...readTree(root, ["docs"], [".md"]),
  ...topPages.map((name) => [name, readFileSync(join(root, name), "utf8")] as const),
]);

function brokenLinks(path: string, text: string): string[] {
  return relativeLinks(text).filter((link) => {
    const [target, anchor] = link.split("#");
    const file = target ? posix.normalize(posix.join(posix.dirname(path), target)) : path;
    if (file.startsWith("..") || !existsSync(join(root, file))) return true;
    return anchor !== undefined && !anchorsOf(tree.get(file) ?? "").includes(anchor);
  });
}

function unknown(known: readonly string[], named: (text: string) => string[]): string[] {
  return [...tree].flatMap(([path, text]) =>
    named(text)
      .filter((name) => !known.includes(name))
      .map((name) => `${path}: ${name}`),
  );
}

describe("Documentation", () => {
  it("links only to files and headings that exist", () => {
    const found = [...tree].flatMap(([path, text]) => brokenLinks(path, text).map((link) => `${path}: ${link}`));
    expect(found).to.deep.equal([]);
  });

  it("names only package scripts that exist", () => {
    expect(unknown(Object.keys(packageJson.scripts), npmScripts)).to.deep.equal([]);
  });

  it("names only Hardhat tasks that exist", () => {
    expect(unknown(Object.keys(hre.tasks), hardhatTasks)).to.deep.equal([]);
  });

  it("names for invariants only tests that quote them", () => {
    const rows = invariantRows(tree.get("docs/protocol.md") ?? "");
    expect(rows).not.to.be.empty;
    expect(invariantMismatches(rows, readTree(root, ["test"], [".test.ts"]))).to.deep.equal([]);
  });
});
