/** Writes test/vectors/umbral.json: `node -r ts-node/register/transpile-only scripts/vectors/umbral.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { fromHex, toHex } from "../../src/bytes";
import type { Engine } from "../../src/crypto/engine";
import { umbral } from "../../src/crypto/umbral";
import { packCapsule, packCFrag, packKFrag } from "../../src/crypto/umbral/messagePack";
import { casesOf, makeVector, STREAM_LENGTH } from "./vector";

const FILE = join(__dirname, "../../test/vectors/umbral.json");

/** The first answer of a vector as other libraries write it. */
function packed({ capsule, fractions: [{ kfrag, cfrag }] }: ReturnType<typeof makeVector>) {
  return {
    capsule: toHex(packCapsule(fromHex(capsule))),
    kfrag: toHex(packKFrag(fromHex(kfrag))),
    cfrag: toHex(packCFrag(fromHex(cfrag))),
  };
}

/** The file's content on one engine; the same on every back-end. */
export function makeVectors(engine: Engine) {
  return {
    version: 1,
    origin: "scripts/vectors/umbral.ts of this package; checked against umbral-pre 0.10.0",
    dialect: "Umbral v8 (umbral-pre 0.8 and later)",
    random: `the first ${STREAM_LENGTH} bytes of SHAKE-256(seed), cut draw after draw`,
    vectors: casesOf("umbral").map((one) => {
      const vector = makeVector(engine, one);
      return { ...vector, messagePack: packed(vector) };
    }),
  };
}

if (require.main === module) writeFileSync(FILE, JSON.stringify(makeVectors(umbral()), undefined, 2) + "\n");
