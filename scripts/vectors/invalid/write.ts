/**
 * Writes test/vectors/invalid/<engine>.json, what every implementation of an engine has to refuse, and
 * all-or-nothing.json, what readers of transformed files do:
 * `node -r ts-node/register/transpile-only scripts/vectors/invalid/write.ts`.
 *
 * Each test is a valid call with bytes of its arguments replaced. The refusals are written by hand beside the changes, from the layouts and rules in
 * the doc comments of src/crypto; none is taken from a run.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import { latticeEngines } from "../lattices";
import { transformTests } from "./bulk";
import { bbs98Tests, eciesTests, umbralTests } from "./curve";
import type { InvalidTest } from "./kit";
import { latticeArguments, latticeTests } from "./lattice";
import { afghTests } from "./pairing";

const FOLDER = join(__dirname, "../../../test/vectors/invalid");

const CURVE_ENGINES = { umbral: umbralTests, ecies: eciesTests, bbs98: bbs98Tests, afgh: afghTests };

const TRANSFORM = "all-or-nothing";

const KEYS = ["ownerPublicKey", "recipientPublicKey", "signerPublicKey"];
const COMMITMENT = ["commitment.digest", "commitment.point"];

/** `read` verifies two answers, then combines them. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  restoreRotated: ["header", "key", "stored"],
  publicKeyOf: ["secretKey"],
  encapsulate: ["publicKey"],
  verifyCapsule: ["capsule"],
  decapsulate: ["secretKey", "capsule"],
  decapsulateTurned: ["recipientSecretKey", "ownerPublicKey", "turned"],
  decapsulateFirstLevel: ["secretKey", "capsule"],
  verifyFraction: ["kfrag", ...KEYS],
  verify: ["cfrag", "capsule", ...COMMITMENT, ...KEYS],
  read: [
    ...["recipientSecretKey", "capsule", ...KEYS],
    ...["", "second."].flatMap((prefix) => ["cfrag", ...COMMITMENT].map((part) => prefix + part)),
  ],
};

/** The content of every file, by engine, and that on the all-or-nothing transform. */
export async function makeInvalidVectors(): Promise<Record<string, InvalidFile>> {
  const files: Record<string, InvalidFile> = {
    [TRANSFORM]: fileOf(await transformTests(), {
      of: `vectors[1] of ../${TRANSFORM}.json: rotations[1].header, keys[2] and rotations[1].stored`,
    }),
  };
  for (const [name, tests] of Object.entries(CURVE_ENGINES)) {
    files[name] = fileOf(tests(), { of: `vectors[1] of ../${name}.json, with its first fractions` });
  }
  for (const engine of latticeEngines()) {
    const { name } = engine.properties;
    const { signerPublicKey } = latticeArguments(engine);
    files[name] = fileOf(latticeTests(engine), {
      of: `../${name}.json; what it gives as a hash follows from its seed`,
      signerPublicKey: toHex(signerPublicKey),
    });
  }
  return files;
}

interface InvalidFile {
  readonly version: number;
  readonly origin: string;
  /** What the calls are when nothing is changed. */
  readonly valid: { readonly of: string; readonly signerPublicKey?: string };
  /** Which arguments each operation has. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  readonly changes: string;
  readonly tests: readonly (InvalidTest & { readonly id: number })[];
}

function fileOf(tests: readonly InvalidTest[], valid: InvalidFile["valid"]): InvalidFile {
  return {
    version: 1,
    origin: "scripts/vectors/invalid/write.ts of this package",
    valid,
    operations: Object.fromEntries(
      [...new Set(tests.map(({ operation }) => operation))].map((name) => [name, ARGUMENTS[name]]),
    ),
    changes: "`cut` bytes of the argument from `at` on give way to `bytes`",
    tests: tests.map((test, index) => ({ id: index + 1, ...test })),
  };
}

async function main(): Promise<void> {
  for (const [name, content] of Object.entries(await makeInvalidVectors())) {
    writeFileSync(join(FOLDER, `${name}.json`), JSON.stringify(content, undefined, 1) + "\n");
  }
}

if (require.main === module) void main();
