/**
 * Writes test/vectors/invalid/<engine>.json, what every implementation of an engine has to refuse:
 * `node -r ts-node/register/transpile-only scripts/vectors/invalid/write.ts`.
 *
 * Each test is a valid call with bytes of its arguments replaced. The refusals are written by hand beside the changes, from the layouts and rules in
 * the doc comments of src/crypto; none is taken from a run.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { latticeEngines } from "../lattices";
import { bbs98Tests, eciesTests, umbralTests } from "./curve";
import type { InvalidTest } from "./kit";
import { latticeTests } from "./lattice";
import { afghTests } from "./pairing";

const FOLDER = join(__dirname, "../../../test/vectors/invalid");

const CURVE_ENGINES = { umbral: umbralTests, ecies: eciesTests, bbs98: bbs98Tests, afgh: afghTests };

/** The content of every file, by engine. */
export function makeInvalidVectors(): Record<string, InvalidFile> {
  const files: Record<string, InvalidFile> = {};
  for (const [name, tests] of Object.entries(CURVE_ENGINES)) {
    files[name] = fileOf(tests(), `vectors[1] of ../${name}.json, with its first fraction`);
  }
  for (const engine of latticeEngines()) {
    const { name } = engine.properties;
    files[name] = fileOf(
      latticeTests(engine),
      `those of ../${name}.json; what it gives as a hash follows from its seed`,
    );
  }
  return files;
}

interface InvalidFile {
  readonly version: number;
  readonly origin: string;
  /** What the calls are when nothing is changed. */
  readonly valid: string;
  readonly changes: string;
  readonly tests: readonly (InvalidTest & { readonly id: number })[];
}

function fileOf(tests: readonly InvalidTest[], valid: string): InvalidFile {
  return {
    version: 1,
    origin: "scripts/vectors/invalid/write.ts of this package",
    valid,
    changes: "`cut` bytes of the argument from `at` on give way to `bytes`",
    tests: tests.map((test, index) => ({ id: index + 1, ...test })),
  };
}

if (require.main === module) {
  for (const [name, content] of Object.entries(makeInvalidVectors())) {
    writeFileSync(join(FOLDER, `${name}.json`), JSON.stringify(content, undefined, 1) + "\n");
  }
}
