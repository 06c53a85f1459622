/** AES-256-CTR and SHA-256 for bulk data: on node:crypto where the runtime has it, else on noble; same bytes. */
import { ctr } from "@noble/ciphers/aes.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type * as NodeCrypto from "node:crypto";

import { nodeCrypto } from "../nodeCrypto";

export interface BulkPrimitives {
  readonly name: "node" | "noble";
  /** XORs bytes with the key's stream from a 16-byte block on: encryption and decryption alike. */
  xorStream(key: Uint8Array, firstBlock: number, bytes: Uint8Array): Uint8Array;
  /** Begins a SHA-256 of bytes that come in parts. */
  sha256(): RunningHash;
}

/** A hash of all parts it was given in order, as if they were one; `digest` is called once, at the end. */
export interface RunningHash {
  update(part: Uint8Array): RunningHash;
  digest(): Uint8Array;
}

export const AES_BLOCK_LENGTH = 16;

/** The initial counter of SP 800-38A: the block's number, big-endian in 16 bytes. */
function counter(firstBlock: number): Uint8Array {
  const block = new Uint8Array(AES_BLOCK_LENGTH);
  new DataView(block.buffer).setBigUint64(8, BigInt(firstBlock));
  return block;
}

/** For browsers, and the oracle of the other. */
export const nobleBulk: BulkPrimitives = {
  name: "noble",
  xorStream: (key, firstBlock, bytes) => ctr(key, counter(firstBlock)).encrypt(bytes),
  sha256: () => sha256.create(),
};

function nodeBulk({ createCipheriv, createHash }: typeof NodeCrypto): BulkPrimitives {
  return {
    name: "node",
    xorStream: (key, firstBlock, bytes) => createCipheriv("aes-256-ctr", key, counter(firstBlock)).update(bytes),
    sha256: () => createHash("sha256"),
  };
}

/** The primitives in use. */
export const bulk: BulkPrimitives = nodeCrypto ? nodeBulk(nodeCrypto) : nobleBulk;
