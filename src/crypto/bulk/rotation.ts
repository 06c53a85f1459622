/**
 * Revoking readers of a transformed file by changing a small part of it (after Myers and Shull, ePrint 2017/833; the construction is
 * ours and has no proof): rotation i XORs a layer over T blocks of 32 bytes, whose places and pads come from the new data key K_i.
 *
 *     K_{i-1} = SHA-256("nkms/v1/rotation/previous" ‖ K_i)      the owner makes the chain downwards from one secret
 *     places_i: T distinct block numbers, uniform, from the stream of HKDF(K_i, "nkms/v1/rotation/places")
 *     pad_i:    the stream of HKDF(K_i, "nkms/v1/rotation/pad"), 32 bytes for each place
 *
 * A reader with K_i walks back to every earlier key and takes all layers off. One revoked at rotation i has K_{i-1} and a fraction
 * rho of the file kept from before; every layer block outside it is lost to them, so they get on with probability rho^T at most
 * (places are drawn without repetition). Whoever kept k of the transform or the plaintext is not stopped. Storage must be mutable: where
 * old versions stay reachable, as on content-addressed storage, nothing is revoked.
 */
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, utf8 } from "../../bytes";
import { requireBytes, requireLength } from "../encoding";
import { CryptoError } from "../errors";
import type { ByteSource } from "../stream";
import { restore, truncated } from "./allOrNothing";
import { type LayeredPackage, MAX_LAYERED_BLOCKS, MAX_ROTATIONS, openPackage, sealPackage } from "./packageHeader";
import { wipe } from "../secrets";
import { KEY_LENGTH } from "../symmetric";
import { AES_BLOCK_LENGTH, bulk } from "./primitives";

export const ROTATION_BLOCK_LENGTH = 32;

/** New bytes for one place of the file. */
export interface Change {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Reads `length` bytes of a stored file from an offset on. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

const PREVIOUS = utf8("nkms/v1/rotation/previous");
const PLACES = utf8("nkms/v1/rotation/places");
const PAD = utf8("nkms/v1/rotation/pad");
const SECURITY_BITS = 128;

/** The data key before this one. The other direction needs a preimage of SHA-256. */
export function previousKey(key: Uint8Array): Uint8Array {
  requireLength("key", key, KEY_LENGTH);
  const labelled = concat(PREVIOUS, key);
  const previous = sha256(labelled);
  wipe(labelled);
  return previous;
}

/** The data key `steps` rotations before that of `key`. Throws E_TOO_MANY_ROTATIONS. */
export function earlierKey(key: Uint8Array, steps: number): Uint8Array {
  if (!Number.isInteger(steps) || steps < 0 || steps > MAX_ROTATIONS) throw tooManyRotations(steps);
  requireLength("key", key, KEY_LENGTH);
  let earlier: Uint8Array = Uint8Array.from(key);
  for (let step = 0; step < steps; step++) {
    const later = earlier;
    earlier = previousKey(later);
    wipe(later);
  }
  return earlier;
}

/**
 * Blocks to change so that somebody who kept a fraction of the file gets on with probability 2^-128 at most: the smallest T with
 * rho^T <= 2^-128. Throws E_BAD_FRACTION unless 0 < rho < 1.
 */
export function blocksAgainst(keptFraction: number): number {
  if (!(keptFraction > 0 && keptFraction < 1)) {
    throw new CryptoError("E_BAD_FRACTION", "The kept fraction must lie between 0 and 1, both excluded.", {
      fix: "0.99 needs 8,828 blocks (282 kB), 0.9 needs 843.",
      data: { got: keptFraction },
    });
  }
  return Math.ceil(-SECURITY_BITS / Math.log2(keptFraction));
}

/**
 * The changes that lay the layer of a data key over a file of `length` bytes, as whole new values of `blocks` blocks (all of a
 * smaller file), in ascending order. Write them down durably, then into the file: writing them twice does no harm, where XORing twice would
 * take the layer off.
 */
async function layer(key: Uint8Array, length: number, blocks: number, readAt: ReadAt): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [place, pad] of layerPads(key, length, blocks)) {
    const offset = place * ROTATION_BLOCK_LENGTH;
    const old = await readBlock(readAt, offset, length);
    changes.push({ offset, bytes: xorInto(old, 0, pad) });
  }
  return changes;
}

/** A copy of the block at an offset of a file of `length` bytes, all of it. Throws E_TRUNCATED, E_BAD_ENCODING. */
async function readBlock(readAt: ReadAt, offset: number, length: number): Promise<Uint8Array> {
  const expected = Math.min(ROTATION_BLOCK_LENGTH, length - offset);
  const block = await readAt(offset, expected);
  requireBytes("block", block, expected);
  if (block.length < expected) throw truncated(offset + block.length, length);
  requireLength("block", block, expected);
  return Uint8Array.from(block);
}

/** A rotation: the header for the new data key, and what to change in the file. */
export interface Rotation {
  readonly header: Uint8Array;
  readonly changes: readonly Change[];
}

/**
 * Rotates a file from the data key before `key` to `key`. The changes go first and the header after them; until then the old header
 * reads the file no more, and the new one reads it as soon as both are there. Throws E_TAMPERED, E_TOO_MANY_ROTATIONS, and E_TRUNCATED
 * where the file is shorter than its package says.
 */
export async function rotate(header: Uint8Array, key: Uint8Array, readAt: ReadAt): Promise<Rotation> {
  const { content, rotation, layerBlocks } = openFormer(header, key);
  const most = Math.min(MAX_ROTATIONS, Math.floor(MAX_LAYERED_BLOCKS / layerBlocks));
  if (rotation >= most) throw tooManyRotations(rotation + 1, most);
  return {
    header: sealPackage({ content, rotation: rotation + 1, layerBlocks }, key),
    changes: await layer(key, content.length, layerBlocks, readAt),
  };
}

/** The package under the data key before this one. */
function openFormer(header: Uint8Array, key: Uint8Array): LayeredPackage {
  const former = previousKey(key);
  try {
    return openPackage(header, former);
  } finally {
    wipe(former);
  }
}

/** The plaintext of a transformed file with the data key of its present rotation. Throws as `openPackage` and `restore`. */
export async function* restoreRotated(
  header: Uint8Array,
  key: Uint8Array,
  openBody: () => ByteSource,
): AsyncGenerator<Uint8Array> {
  const { content, rotation, layerBlocks } = openPackage(header, key);
  const keys: Uint8Array[] = rotation === 0 ? [] : [Uint8Array.from(key)];
  while (keys.length < rotation) keys.push(previousKey(keys[keys.length - 1]));
  try {
    yield* restore(content, () => withoutLayers(openBody(), content.length, layerBlocks, keys));
  } finally {
    for (const one of keys) wipe(one);
  }
}

/** The file without the layers of `keys`, while it streams through. */
async function* withoutLayers(
  source: ByteSource,
  length: number,
  blocks: number,
  keys: readonly Uint8Array[],
): AsyncGenerator<Uint8Array> {
  const pads = combinedPads(keys, length, blocks);
  const places = [...pads.keys()].sort((a, b) => a - b);
  let next = 0;
  let start = 0;
  for await (const piece of source) {
    requireBytes("piece", piece);
    const end = start + piece.length;
    const isCovered = next < places.length && places[next] * ROTATION_BLOCK_LENGTH < end;
    const clear = isCovered ? Uint8Array.from(piece) : piece;
    while (next < places.length && places[next] * ROTATION_BLOCK_LENGTH < end) {
      const offset = places[next] * ROTATION_BLOCK_LENGTH;
      xorInto(clear, offset - start, pads.get(places[next])!);
      if (offset + ROTATION_BLOCK_LENGTH > end) break; // the rest of this block lies in the next piece
      next++;
    }
    yield clear;
    start = end;
  }
}

/** XORs a pad into bytes from an offset on, as far as they overlap; the offset may lie before the first byte. */
function xorInto(bytes: Uint8Array, offset: number, pad: Uint8Array): Uint8Array {
  for (let index = Math.max(0, -offset); index < pad.length && offset + index < bytes.length; index++) {
    bytes[offset + index] ^= pad[index];
  }
  return bytes;
}

/** The XOR of several layers' pads, by block number. */
function combinedPads(keys: readonly Uint8Array[], length: number, blocks: number): Map<number, Uint8Array> {
  const combined = new Map<number, Uint8Array>();
  for (const key of keys) {
    for (const [place, pad] of layerPads(key, length, blocks)) {
      const other = combined.get(place);
      combined.set(place, other ? xorInto(other, 0, pad) : pad);
    }
  }
  return combined;
}

/** One layer of a key that a header was opened with: the pads by block number, ascending. */
function layerPads(key: Uint8Array, length: number, blocks: number): [number, Uint8Array][] {
  const places = distinctPlaces(key, Math.ceil(length / ROTATION_BLOCK_LENGTH), blocks);
  const padKey = hkdf(sha256, key, undefined, PAD, KEY_LENGTH);
  const pads = bulk.xorStream(padKey, 0, new Uint8Array(places.length * ROTATION_BLOCK_LENGTH));
  wipe(padKey);
  return places.map((place, index) => [
    place,
    pads.slice(index * ROTATION_BLOCK_LENGTH, (index + 1) * ROTATION_BLOCK_LENGTH),
  ]);
}

/** `wanted` distinct numbers below `total`, ascending and uniform: six bytes of the stream each, rejected where a remainder would weigh more. */
function distinctPlaces(key: Uint8Array, total: number, wanted: number): number[] {
  if (wanted >= total) return Array.from({ length: total }, (_, place) => place);
  const places = new Set<number>();
  const placesKey = hkdf(sha256, key, undefined, PLACES, KEY_LENGTH);
  const next = streamNumbers(placesKey);
  while (places.size < wanted) {
    const number = next();
    if (number < NUMBERS - (NUMBERS % total)) places.add(number % total);
  }
  wipe(placesKey);
  return [...places].sort((a, b) => a - b);
}

const NUMBER_LENGTH = 6;
const NUMBERS = 2 ** (8 * NUMBER_LENGTH);
/** Bytes of the stream made at a time: a multiple of both the cipher's block and the number. */
const STREAM_PART = 3 * 16 * 256;

/** Numbers of six bytes of the key's stream, one with each call. */
function streamNumbers(key: Uint8Array): () => number {
  let part: DataView = new DataView(new ArrayBuffer(0));
  let offset = 0;
  let block = 0;
  return () => {
    if (offset === part.byteLength) {
      const bytes = bulk.xorStream(key, block, new Uint8Array(STREAM_PART));
      part = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      block += STREAM_PART / AES_BLOCK_LENGTH;
      offset = 0;
    }
    const number = part.getUint16(offset) * 2 ** 32 + part.getUint32(offset + 2);
    offset += NUMBER_LENGTH;
    return number;
  };
}

function tooManyRotations(steps: number, most = MAX_ROTATIONS): CryptoError {
  return new CryptoError("E_TOO_MANY_ROTATIONS", "The chain of data keys does not reach so far.", {
    why: `A file has ${most} rotations at most, and all its layers ${MAX_LAYERED_BLOCKS} blocks.`,
    fix: "Transform the file anew under a new chain.",
    data: { got: steps, expected: most },
  });
}
