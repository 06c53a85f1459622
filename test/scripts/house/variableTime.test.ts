import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { Linter } from "eslint";

import { readTree } from "../../../scripts/house/sourceTree";
import { callers, rule } from "../../../scripts/house/variableTime.json";

const root = join(__dirname, "../../..");

/** How many places of a text the rule reports. */
function reports(code: string): number {
  const found = new Linter().verify(code, { rules: { "no-restricted-syntax": ["error", rule] } });
  expect(found.filter(({ fatal }) => fatal)).to.deep.equal([]);
  return found.length;
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
  ]) {
    it(`reports ${code}`, () => {
      expect(reports(code)).to.be.greaterThan(0);
    });
  }

  it("lets constant-time names pass", () => {
    expect(reports("backend.multiply(p, secret); engine.combine(secret); notUnsafely(vartimes)")).to.equal(0);
  });

  it("names as callers only files that call", () => {
    const names = /\b\w*(Unsafe|Vartime)\b|\bpublicKeyTweakMul\b/;
    expect(callers.filter((path) => !names.test(readFileSync(join(root, path), "utf8")))).to.deep.equal([]);
  });

  it("holds in files that switch no rule off", () => {
    const off = /eslint-disable[^\n]*no-restricted-syntax|eslint-disable(?!-next-line)/;
    const found = [...readTree(root, ["src"], [".ts"])].filter(([, text]) => off.test(text)).map(([path]) => path);
    expect(found).to.deep.equal([]);
  });
});
