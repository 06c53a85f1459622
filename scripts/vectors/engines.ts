/** Writes test/vectors/<engine>.json: `node -r ts-node/register/transpile-only scripts/vectors/engines.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { toHex } from "../../src/bytes";
import { afgh } from "../../src/crypto/afgh";
import { bbs98 } from "../../src/crypto/bbs98";
import { ecies } from "../../src/crypto/ecies";
import type { Engine, LevelledEngine, MultiHopEngine } from "../../src/crypto/engine";
import { casesOf, hexPair, makeVector, stream, STREAM_LENGTH } from "./vector";

const FOLDER = join(__dirname, "../../test/vectors");

/** The file's content on one engine; the same on every back-end. */
export function makeVectors(engine: Engine) {
  const { name } = engine.properties;
  return {
    version: 1,
    origin: "scripts/vectors/engines.ts of this package",
    random: `the first ${STREAM_LENGTH} bytes of SHAKE-256(seed), cut draw after draw`,
    vectors: casesOf(name).map((one) => makeVector(engine, one)),
  };
}

/** Draws four holders, a capsule of the first, then the key of each hop; the product key collapses the hops. */
export function makeChain(engine: MultiHopEngine) {
  const seed = "nkms bbs98 chain";
  const random = stream(seed);
  const holders = Array.from({ length: 4 }, () => engine.keygen(random));
  const { capsule, key } = engine.encapsulate(holders[0].publicKey, random);
  const hops = holders.slice(1).map((to, index) => engine.hopKey(holders[index].secretKey, to.secretKey, random));
  const turned = hops.reduce((before, hop) => engine.hop(hop.key, before), capsule);
  const product = hops.reduce((before, hop) => engine.compose(before.key, hop.key));
  return {
    seed,
    holders: holders.map(hexPair),
    capsule: toHex(capsule),
    key: toHex(key),
    hopKeys: hops.map((hop) => ({ key: toHex(hop.key), point: toHex(hop.point) })),
    turned: toHex(turned),
    productKey: toHex(product.key),
    collapsed: toHex(engine.collapse(product.key, turned)),
  };
}

/** The vectors of the multi-hop engine. */
export function makeBbs98Vectors(engine: MultiHopEngine) {
  return { ...makeVectors(engine), chain: makeChain(engine) };
}

/** Draws a holder, then a capsule for him alone. */
export function makeFirstLevel(engine: LevelledEngine) {
  const seed = "nkms afgh first level";
  const random = stream(seed);
  const holder = engine.keygen(random);
  const { capsule, key } = engine.encapsulateFirstLevel(holder.publicKey, random);
  return { seed, holder: hexPair(holder), capsule: toHex(capsule), key: toHex(key) };
}

/** The vectors of the pairing engine. */
export function makeAfghVectors(engine: LevelledEngine) {
  return { ...makeVectors(engine), firstLevel: makeFirstLevel(engine) };
}

function write(name: string, content: object): void {
  writeFileSync(join(FOLDER, `${name}.json`), JSON.stringify(content, undefined, 2) + "\n");
}

if (require.main === module) {
  write("afgh", makeAfghVectors(afgh()));
  write("ecies", makeVectors(ecies()));
  write("bbs98", makeBbs98Vectors(bbs98()));
}
