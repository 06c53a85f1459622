import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, posix } from "node:path";
import { compileFunction } from "node:vm";

import { expect } from "chai";
import hre from "hardhat";
import ts from "typescript";

import packageJson from "../package.json";
import { invariantMismatches, invariantRows } from "../scripts/house/invariants";
import { anchorsOf, codeBlocks, hardhatTasks, npmScripts, relativeLinks } from "../scripts/house/markdown";
import { readTree } from "../scripts/house/sourceTree";
import * as nkmsCrypto from "../src/crypto";
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

const requireHere = createRequire(__filename);

/** Runs an example of the entry `nkms/crypto`, which asserts what it says. */
async function run(example: string): Promise<void> {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(example, { compilerOptions });
  const load = (specifier: string): unknown => (specifier === "nkms/crypto" ? nkmsCrypto : requireHere(specifier));
  const compiled = compileFunction(`return (async () => {${outputText}\n})()`, ["exports", "require"]);
  await (compiled as (exports: object, require: typeof load) => Promise<void>)({}, load);
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

  it("has examples of the engines that run", async () => {
    const examples = codeBlocks(tree.get("docs/engines.md") ?? "", "ts");
    expect(examples).to.have.length(2);
    for (const example of examples) await run(example);
  });

  it("names for invariants only tests that quote them", () => {
    const rows = invariantRows(tree.get("docs/protocol.md") ?? "");
    expect(rows).not.to.be.empty;
    expect(invariantMismatches(rows, readTree(root, ["test"], [".test.ts", ".sol"]))).to.deep.equal([]);
  });
});
