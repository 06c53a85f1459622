import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { ESLint, Linter } from "eslint";
import { parser } from "typescript-eslint";

import { readTree } from "../../../scripts/house/sourceTree";
import { callers, names, namesInSource, outsideSource } from "../../../scripts/house/variableTime.json";

const root = join(__dirname, "../../..");
const RULE = "no-restricted-syntax";
const named = new RegExp(`${names}|${namesInSource}`);

const textOf = (path: string) => readFileSync(join(root, path), "utf8");

/** What the rule says about a text that stands in for a file, by the configuration of that file. */
async function reports(path: string, code = textOf(path)): Promise<string[]> {
  const config = (await new ESLint({ cwd: root }).calculateConfigForFile(join(root, path))) as Linter.Config;
  const found = new Linter().verify(code, { languageOptions: { parser }, rules: { [RULE]: config.rules![RULE]! } });
  expect(found.filter(({ fatal }) => fatal)).to.deep.equal([]);
  return found.map(({ message }) => message).filter((message) => message.startsWith("Variable time"));
}

describe("the rule about variable time", () => {
  for (const code of [
    "backend.combineVartime([p], [secret])",
    "const other = this.groups; other.combineG1Vartime([p], [secret])",
    "const { combineVartime } = backend",
    "const { combineVartime: innocent } = backend",
    "const { ...all } = backend; all['combineVartime']([p], [secret])",
    "backend[`combineVartime`]([p], [secret])",
    "backend['combine' + 'Vartime']([p], [secret])",
    "import { invertVartime as invert } from './scalar'",
    "import { mulAddUnsafe } from '@noble/curves/abstract/curve.js'",
    "point?.multiplyUnsafe(secret)",
    "require('secp256k1').publicKeyTweakMul(p, secret)",
    "class A { #invertVartime = () => 1n }",
    "Fr.inv(secret)",
    "const { div: by } = Fr; by(1n, secret)",
    "Fp12['pow'](shared, secret)",
    "powerMod(3, secret, q)",
    "mcl.mul(point, secret)",
    "mcl['mul'](point, secret)",
    "const { mul: times } = mcl; times(point, secret)",
    "function readOriginal() { return backend.combineVartime([p], [secret]) }",
  ]) {
    it(`reports ${code}`, async () => {
      expect(await reports("src/crypto/derive.ts", code)).to.not.deep.equal([]);
    });
  }

  it("lets constant-time names pass", async () => {
    const code = "backend.multiply(p, secret); engine.combine(secret); notUnsafely(vartimes); Fr.mul(secret, blinding)";
    expect(await reports("src/crypto/derive.ts", code)).to.deep.equal([]);
  });

  it("lets only the checker of a turn use it, not its maker", async () => {
    const path = "src/crypto/ecies/turn.ts";
    const turn = textOf(path);
    expect(await reports(path, turn)).to.deep.equal([]);
    for (const [line, forbidden] of [
      ["backend.multiply(point, key)", "backend.combineVartime([point], [key])"],
      ["backend.multiply(point, nonce)", "load(point).multiplyUnsafe(nonce)"],
      ["const nonce =", "const now = backend.combineVartime;\n  const nonce ="],
    ]) {
      expect(turn).to.include(line);
      const changed = turn.replace(line, forbidden);
      expect(await reports(path, changed), forbidden).to.have.length(1);
    }
    const taken = turn.replace("import { wipe }", "import { invertVartime as wipe }");
    expect(await reports(path, taken)).to.have.length(1);
  });

  it("names functions that do it: under another name each is reported", async () => {
    for (const [path, functions] of Object.entries(callers)) {
      const text = textOf(path);
      expect(await reports(path, text), path).to.deep.equal([]);
      for (const name of functions.filter((one) => !named.test(one) && one !== "constructor")) {
        const renamed = text.replaceAll(new RegExp(`(?<!\\.)\\b${name}(?=[(:]| =)`, "g"), "another");
        expect(await reports(path, renamed), `${path} ${name}`).to.not.deep.equal([]);
      }
    }
  });

  it("frees no file that does without", () => {
    expect(outsideSource.filter((path) => !/(Unsafe|Vartime|publicKeyTweakMul)\b/.test(textOf(path)))).to.deep.equal(
      [],
    );
  });

  it("holds in files that switch no rule off", () => {
    const off = /eslint-disable[^\n]*no-restricted-syntax|eslint-disable(?!-next-line)/;
    const found = [...readTree(root, ["src"], [".ts"])].filter(([, text]) => off.test(text)).map(([path]) => path);
    expect(found).to.deep.equal([]);
  });
});
