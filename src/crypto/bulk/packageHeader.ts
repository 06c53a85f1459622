/**
 * The small mutable companion of a transformed file: its package, sealed under the data key of the present rotation.
 *
 * | bytes | what |
 * | --- | --- |
 * | 4 | "NKMA" |
 * | 1 | version, 1 |
 * | 4 | rotation, big-endian: how many layers lie over the transformed data |
 * | 4 | layer blocks, big-endian: how many blocks each layer changes |
 * | 32 | key commitment |
 * | 72 + 16 | ChaCha20-Poly1305 of tail 32 ‖ root 32 ‖ length 8 (big-endian), and its tag |
 *
 * The keys come from the data key and the first thirteen bytes (`keyCommitment.ts`), so neither number can be exchanged. The nonce
 * is zeros, so a data key seals one header only: the chain of data keys is one file's, never two files'.
 */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equalBytes, utf8 } from "../../bytes";
import { requireLength } from "../encoding";
import { badEncoding } from "../errors";
import { deriveFileKeys, openFileKeys } from "../keyCommitment";
import { wipe } from "../secrets";
import { open, seal } from "../symmetric";
import { type Package, requirePackage } from "./allOrNothing";

/** How often a file was rotated, and how many blocks of it each rotation changed. */
export interface Layers {
  readonly rotation: number;
  readonly layerBlocks: number;
}

/** A package with the layers that lie over its data. */
export interface LayeredPackage extends Layers {
  readonly content: Package;
}

export const PACKAGE_HEADER_LENGTH = 133;
/** Rotations one file may have: each costs a reader one layer. */
export const MAX_ROTATIONS = 65_535;
/** Blocks that all layers of a file may change, those changed twice counted twice: what a reader makes and holds. */
export const MAX_LAYERED_BLOCKS = 2 ** 20;

const MAGIC = utf8("NKMA");
const VERSION = 1;
const PREFIX_LENGTH = 13;
const COMMITMENT_END = PREFIX_LENGTH + 32;
const NONCE = new Uint8Array(12);

/** Seals a package under the 32-byte data key of its rotation. Throws E_BAD_ENCODING. */
export function sealPackage({ content, ...layers }: LayeredPackage, dek: Uint8Array): Uint8Array {
  requirePackage(content);
  const prefix = encodePrefix(layers);
  const { encryptionKey, commitment } = deriveFileKeys(dek, sha256(prefix));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(content.length));
  const plain = concat(content.tail, content.root, length);
  const sealed = seal("chacha20-poly1305", encryptionKey, NONCE, plain);
  wipe(encryptionKey, plain);
  return concat(prefix, commitment, sealed);
}

/** The layers over a header's data, which need no key to be told. Throws E_BAD_ENCODING. */
export function layersOf(header: Uint8Array): Layers {
  requireLength("package header", header, PACKAGE_HEADER_LENGTH);
  if (!equalBytes(header.subarray(0, 4), MAGIC))
    throw badEncoding("magic", "is not that of a package", undefined, "NKMA");
  if (header[4] !== VERSION) throw badEncoding("version", "is unknown", header[4], VERSION);
  const view = new DataView(header.buffer, header.byteOffset);
  const layers = { rotation: view.getUint32(5), layerBlocks: view.getUint32(9) };
  requireLayers(layers);
  return layers;
}

/** Opens a header. Throws E_BAD_ENCODING, and E_TAMPERED if the data key or any byte is another. */
export function openPackage(header: Uint8Array, dek: Uint8Array): LayeredPackage {
  const layers = layersOf(header);
  const commitment = header.subarray(PREFIX_LENGTH, COMMITMENT_END);
  const { encryptionKey } = openFileKeys(dek, sha256(header.subarray(0, PREFIX_LENGTH)), commitment);
  const plain = open("chacha20-poly1305", encryptionKey, NONCE, header.subarray(COMMITMENT_END));
  wipe(encryptionKey);
  const length = Number(new DataView(plain.buffer, plain.byteOffset).getBigUint64(64));
  const content = { tail: plain.slice(0, 32), root: plain.slice(32, 64), length };
  wipe(plain);
  requirePackage(content);
  return { content, ...layers };
}

function encodePrefix({ rotation, layerBlocks }: Layers): Uint8Array {
  requireLayers({ rotation, layerBlocks });
  const numbers = new Uint8Array(8);
  const view = new DataView(numbers.buffer);
  view.setUint32(0, rotation);
  view.setUint32(4, layerBlocks);
  return concat(MAGIC, Uint8Array.of(VERSION), numbers);
}

/** How many blocks a layer may have where there are so many layers. */
function mostLayerBlocks(rotation: number): number {
  return Math.floor(MAX_LAYERED_BLOCKS / Math.max(1, rotation));
}

function requireLayers({ rotation, layerBlocks }: Layers): void {
  if (!Number.isInteger(rotation) || rotation < 0 || rotation > MAX_ROTATIONS) {
    throw badEncoding("rotation", "is out of range", rotation, [0, MAX_ROTATIONS]);
  }
  const most = mostLayerBlocks(rotation);
  if (Number.isInteger(layerBlocks) && layerBlocks >= 1 && layerBlocks <= most) return;
  throw badEncoding("layerBlocks", "is out of range", layerBlocks, [1, most]);
}
