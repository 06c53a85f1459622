import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

import { expect } from "chai";
import hre from "hardhat";

import packageJson from "../package.json";
import { invariantMismatches, invariantRows } from "../scripts/house/invariants";
import { anchorsOf, hardhatTasks, npmScripts, relativeLinks } from "../scripts/house/markdown";
import { readTree } from "../scripts/house/sourceTree";
import { taskDefinitions } from "../tasks/support/define";
import { option } from "../tasks/support/session";

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

  it("lists every Hardhat task of ours with all its options", () => {
    const page = tree.get("docs/tasks.md") ?? "";
    for (const { name, params = {}, flags = {} } of taskDefinitions()) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row, name).not.to.equal(undefined);
      for (const parameter of Object.keys({ ...params, ...flags })) expect(row).to.include(`\`${option(parameter)}`);
    }
  });

  it("names for invariants only tests that quote them", () => {
    const rows = invariantRows(tree.get("docs/protocol.md") ?? "");
    expect(rows).not.to.be.empty;
    expect(invariantMismatches(rows, readTree(root, ["test"], [".test.ts", ".sol"]))).to.deep.equal([]);
  });
});
