import { expect } from "chai";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import packageJson from "../../../package.json";
import { campaignsIn, deepTests, DRAWS, forgeCounts, hasForge, shapeOf, stepsWanted } from "../../../scripts/deep/plan";

/** Put together, so that this file does not look like a deep test itself. */
const MARK = ["process.env", "NKMS_DEEP"].join(".");

describe("the plan of test:deep", () => {
  it("finds tests that widen themselves, and those that import what does, however far away", () => {
    const tests = new Map([
      ["test/wide.test.ts", `const n = ${MARK} ? 9 : 3;`],
      ["test/far.test.ts", 'import { runs } from "./support/near";'],
      ["test/plain.test.ts", 'import { other } from "./support/other";'],
      ["test/support/near.ts", 'import { runs } from "./runs";'],
      ["test/support/runs.ts", `import "./near"; export const runs = ${MARK} ? 9 : 3;`],
      ["test/support/other.ts", 'import "./other";'],
    ]);
    expect(deepTests(tests)).to.deep.equal(["test/far.test.ts", "test/wide.test.ts"]);
  });

  it("counts a campaign for each invariant of each suite", () => {
    const suite = "function invariant_a() public {}\nfunction invariant_b() public {}\nfunction test_c() public {}\n";
    const source = `abstract contract Base {\n${suite}}\ncontract First is Base {}\ncontract Second is Base {}\n`;
    expect(campaignsIn(new Map([["a.t.sol", source]]))).to.equal(4);
  });

  it("takes a million steps, some of them after npm test, or as many as are asked for", () => {
    expect(stepsWanted(false, undefined)).to.equal(1_000_000);
    expect(stepsWanted(true, undefined)).to.be.within(10_000, 100_000);
    for (const short of [false, true]) expect(stepsWanted(short, "123")).to.equal(123);
    for (const none of ["0", "", "-1", "1.5", "many"])
      expect(() => stepsWanted(true, none)).to.throw(`NKMS_STEPS must be a positive integer, and is "${none}".`);
    expect(shapeOf(true, 11_400, 38)).to.deep.equal({ runs: 1, depth: 300 });
    expect(shapeOf(false, 1_000_000, 38)).to.deep.equal({ runs: 53, depth: 500 });
    expect(shapeOf(false, 19_001, 38)).to.deep.equal({ runs: 2, depth: 500 });
    expect(packageJson.scripts.posttest).to.equal("npm run -s test:forge -- --short");
    expect(packageJson.scripts["test:forge"]).to.match(/ scripts\/deep\.ts --forge$/);
  });

  it("leaves out draws that are there", async () => {
    const source = await readFile(join(__dirname, "../../forge/Draws.t.sol"), "utf8");
    expect(source).to.match(new RegExp(`^contract ${DRAWS} \\{$`, "m"));
  });

  it("has forge where npm installed a program for the platform, not where the package alone is", async () => {
    const root = await mkdtemp(join(tmpdir(), "nkms-forge-"));
    try {
      expect(hasForge(root)).to.equal(false);
      await mkdir(join(root, "node_modules/@foundry-rs/forge"), { recursive: true });
      expect(hasForge(root)).to.equal(false);
      await mkdir(join(root, "node_modules/@foundry-rs/forge-linux-amd64"));
      expect(hasForge(root)).to.equal(true);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it("adds up the steps of forge's report, and takes no report for a failure", () => {
    const report = [
      "[PASS] invariant_a() (runs: 2, calls: 1000, reverts: 0)",
      "[PASS] invariant_b() (runs: 3, calls: 1500, reverts: 0)",
      "Ran 2 test suites in 1.36s (2.12s CPU time): 7 tests passed, 1 failed, 0 skipped (8 total tests)",
    ].join("\n");
    expect(forgeCounts(report)).to.deep.equal({ passed: 7, failed: 1, steps: 2_500 });
    expect(forgeCounts("")).to.deep.equal({ passed: 0, failed: 1, steps: 0 });
  });
});
