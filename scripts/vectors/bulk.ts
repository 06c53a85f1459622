/** Writes test/vectors/symmetric.json and all-or-nothing.json: `node -r ts-node/register/transpile-only scripts/vectors/bulk.ts`. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { concat, toHex } from "../../src/bytes";
import * as nkmsCrypto from "../../src/crypto";
import { stream, STREAM_LENGTH } from "./vector";

const FOLDER = join(__dirname, "../../test/vectors");
const RANDOM = `the first ${STREAM_LENGTH} bytes of SHAKE-256(seed), cut draw after draw`;
const PATTERN = "byte i is i mod 251";
const AEADS = ["aes-256-gcm", "chacha20-poly1305", "xchacha20-poly1305"] as const;
const SUITES = ["aes-256-gcm", "chacha20-poly1305"] as const;
/** Around the blocks of the ciphers and of their authenticators. */
const LENGTHS = [0, 1, 16, 63, 64, 65, 255];
/** Around the chunks of streams and of the transform. */
const LONG_LENGTHS = [0, 47, 65_536, 65_541];
/** Longer values are given by their SHA-256. */
const LONGEST_VALUE = 4096;
const LAYER_BLOCKS = 5;
const LAST_KEY = 2;

type Surface = typeof nkmsCrypto;

const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

function shortHex(bytes: Uint8Array): string {
  return bytes.length <= LONGEST_VALUE ? toHex(bytes) : `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** For each length key, nonce, associated data and plaintext are drawn, in this order. */
function cipherVectors({ seal, NONCE_LENGTH }: Surface, aead: (typeof AEADS)[number]) {
  const seed = `nkms ${aead} vectors`;
  const random = stream(seed);
  const vectors = LENGTHS.map((length) => {
    const [key, nonce, aad, plaintext] = [32, NONCE_LENGTH[aead], length, length].map((bytes) => random(bytes));
    const hex = { key: toHex(key), nonce: toHex(nonce), aad: toHex(aad), plaintext: toHex(plaintext) };
    return { ...hex, sealed: toHex(seal(aead, key, nonce, plaintext, aad)) };
  });
  return { seed, vectors };
}

/** For each length key, nonce and plaintext are drawn, in this order. */
function secretboxVectors({ sealSecretbox }: Surface) {
  const seed = "nkms xsalsa20-poly1305 vectors";
  const random = stream(seed);
  const vectors = LENGTHS.map((length) => {
    const [key, nonce, plaintext] = [32, 24, length].map((bytes) => random(bytes));
    const hex = { key: toHex(key), nonce: toHex(nonce), plaintext: toHex(plaintext) };
    return { ...hex, sealed: toHex(sealSecretbox(key, nonce, plaintext)) };
  });
  return { seed, vectors };
}

/** Draws the data key and the hash of the header. */
function commitmentVector({ deriveFileKeys }: Surface) {
  const seed = "nkms key commitment vector";
  const random = stream(seed);
  const [dek, headerHash] = [random(32), random(32)];
  const { encryptionKey, commitment } = deriveFileKeys(dek, headerHash);
  const hex = { dek: toHex(dek), headerHash: toHex(headerHash) };
  return { seed, ...hex, encryptionKey: toHex(encryptionKey), commitment: toHex(commitment) };
}

/** Draws a key for each length. */
function streamVectors({ encryptBytes }: Surface, suite: (typeof SUITES)[number]) {
  const seed = `nkms ${suite} stream vectors`;
  const random = stream(seed);
  const vectors = LONG_LENGTHS.map((length) => {
    const key = random(32);
    return { key: toHex(key), length, sealed: shortHex(encryptBytes(suite, key, pattern(length))) };
  });
  return { seed, plaintext: PATTERN, vectors };
}

const byName = <Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>;

/** The file's content on the ciphers, the key commitment and the chunked stream. */
export function makeSymmetricVectors(surface: Surface) {
  return {
    version: 1,
    origin: "scripts/vectors/bulk.ts of this package",
    random: RANDOM,
    ciphers: {
      ...byName(AEADS, (aead) => cipherVectors(surface, aead)),
      "xsalsa20-poly1305": secretboxVectors(surface),
    },
    keyCommitment: commitmentVector(surface),
    streams: byName(SUITES, (suite) => streamVectors(surface, suite)),
  };
}

/** Draws the last data key, then what the transform draws; two rotations follow, each under the next data key. */
async function transformVector(surface: Surface, length: number) {
  const seed = `nkms all-or-nothing vector ${length}`;
  const random = stream(seed);
  const last = random(32);
  const keys = Array.from({ length: LAST_KEY + 1 }, (_, at) => surface.earlierKey(last, LAST_KEY - at));
  const transformation = surface.transform([pattern(length)], random);
  const pieces: Uint8Array[] = [];
  for await (const piece of transformation.body) pieces.push(piece);
  const stored = concat(...pieces);
  const content = transformation.finish();
  const transformed = shortHex(stored);
  let header = surface.sealPackage({ content, rotation: 0, layerBlocks: LAYER_BLOCKS }, keys[0]);
  const firstHeader = toHex(header);
  const rotations = [];
  for (const key of keys.slice(1)) {
    const rotated = await surface.rotate(header, key, async (from, count) => stored.subarray(from, from + count));
    for (const { offset, bytes } of rotated.changes) stored.set(bytes, offset);
    header = rotated.header;
    const changes = rotated.changes.map(({ offset, bytes }) => ({ offset, bytes: toHex(bytes) }));
    rotations.push({ header: toHex(header), changes, stored: shortHex(stored) });
  }
  const { tail, root } = content;
  return {
    ...{ seed, length, keys: keys.map(toHex), transformed, tail: toHex(tail), root: toHex(root) },
    ...{ layerBlocks: LAYER_BLOCKS, header: firstHeader, rotations },
  };
}

/** The file's content on the all-or-nothing transform, its package and its rotations. */
export async function makeTransformVectors(surface: Surface) {
  const vectors = [];
  for (const length of LONG_LENGTHS) vectors.push(await transformVector(surface, length));
  return {
    version: 1,
    origin: "scripts/vectors/bulk.ts of this package",
    random: RANDOM,
    plaintext: PATTERN,
    vectors,
  };
}

function write(name: string, content: object): void {
  writeFileSync(join(FOLDER, `${name}.json`), JSON.stringify(content, undefined, 2) + "\n");
}

async function main(): Promise<void> {
  write("symmetric", makeSymmetricVectors(nkmsCrypto));
  write("all-or-nothing", await makeTransformVectors(nkmsCrypto));
}

if (require.main === module) void main();
