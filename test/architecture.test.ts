import { readFileSync } from "node:fs";

import { expect } from "chai";
import { artifacts } from "hardhat";

import { forbiddenContractImports } from "../scripts/house/contracts";
import { importCycles } from "../scripts/house/cycles";
import { importsOf, type SourceTree } from "../scripts/house/imports";
import { forbiddenOpcodes } from "../scripts/house/opcodes";
import { barrels, forbiddenImports, oversized, type Rooms } from "../scripts/house/rooms";
import roomsTable from "../scripts/house/rules.json";
import { readTree } from "../scripts/house/sourceTree";
import { fromHex } from "../src/bytes";

/** Nine tenths of the 24,576 bytes of EIP-170. */
const MOST_RUNTIME_BYTES = 22_118;

const rooms: Rooms = roomsTable;
const root = `${__dirname}/..`;

function importGraph(tree: SourceTree): Map<string, string[]> {
  return new Map([...tree.keys()].map((path) => [path, importsOf(path, tree).flatMap(({ target }) => target ?? [])]));
}

async function deployedContracts(): Promise<{ name: string; code: Uint8Array }[]> {
  const names = await artifacts.getAllFullyQualifiedNames();
  const ours = names.filter((name) => name.startsWith("contracts/") && !name.startsWith("contracts/mocks/"));
  const found = await Promise.all(ours.map((name) => artifacts.readArtifact(name)));
  return found.map(({ contractName, deployedBytecode }) => ({ name: contractName, code: fromHex(deployedBytecode) }));
}

interface CompilerMessage {
  readonly formattedMessage: string;
  readonly sourceLocation?: { readonly file: string };
}

async function compilerMessages(): Promise<string[]> {
  const reports = (await artifacts.getBuildInfoPaths()).map(
    (path) => JSON.parse(readFileSync(path, "utf8")) as { output: { errors?: CompilerMessage[] } },
  );
  return reports
    .flatMap(({ output }) => output.errors ?? [])
    .filter(({ sourceLocation }) => sourceLocation?.file.startsWith("contracts/"))
    .map(({ formattedMessage }) => formattedMessage);
}

describe("Architecture", () => {
  const typescript = readTree(root, ["src", "tasks", "deploy", "scripts", "test", "bench"], [".ts"]);
  const solidity = readTree(root, ["contracts"], [".sol"]);

  it("imports run only where the table allows", () => {
    expect(typescript).to.include.keys("src/bytes.ts", "scripts/house/imports.ts");
    expect(forbiddenImports(typescript, rooms)).to.deep.equal([]);
    expect(forbiddenContractImports(solidity, rooms)).to.deep.equal([]);
  });

  it("no files import each other in a circle", () => {
    expect(importCycles(importGraph(typescript))).to.deep.equal([]);
    expect(importCycles(importGraph(solidity))).to.deep.equal([]);
  });

  it("only the listed barrels hand names on", () => {
    expect(barrels(typescript, rooms)).to.deep.equal([]);
  });

  it("no file is longer than its cap", () => {
    expect(oversized(new Map([...typescript, ...solidity]), rooms)).to.deep.equal([]);
  });

  it("every contract opens with its licence and the pinned compiler", () => {
    const opening = "// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\n";
    expect([...solidity].filter(([, text]) => !text.startsWith(opening)).map(([path]) => path)).to.deep.equal([]);
  });

  it("the compiler has no warning about our contracts", async () => {
    expect(await compilerMessages()).to.deep.equal([]);
  });

  it("no contract holds CALLCODE, DELEGATECALL or SELFDESTRUCT", async () => {
    const found = (await deployedContracts()).filter(({ code }) => forbiddenOpcodes(code).length > 0);
    expect(found.map(({ name }) => name)).to.deep.equal([]);
  });

  it(`no contract's runtime code exceeds ${MOST_RUNTIME_BYTES} bytes`, async () => {
    const found = (await deployedContracts()).filter(({ code }) => code.length > MOST_RUNTIME_BYTES);
    expect(found.map(({ name, code }) => `${name}: ${code.length}`)).to.deep.equal([]);
  });
});
