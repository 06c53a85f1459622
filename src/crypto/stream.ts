/**
 * Chunked authenticated encryption of data of any length in constant memory: the STREAM construction of Hoang, Reyhanitabar,
 * Rogaway and Vizár (CRYPTO 2015) as age uses it.
 *
 * The plaintext is cut into chunks of 64 KiB; only the last may be shorter, and only an empty plaintext has an empty chunk. Chunk
 * i is sealed under the nonce counter i (11 bytes big-endian) ‖ final flag (1 byte, 01 for the last). A key must serve one
 * plaintext only: it comes from `deriveFileKeys`, which also binds the header. A chunk is released when its own tag holds, so a reader
 * sees a true prefix and then either the end or an error.
 */
import { concat } from "../bytes";
import { requireBytes } from "./encoding";
import { CryptoError } from "./errors";
import { open, seal, TAG_LENGTH } from "./symmetric";

/** The AEADs a stream may use: those with the 12-byte nonce of the construction. */
export type StreamSuite = "aes-256-gcm" | "chacha20-poly1305";

/** Anything that yields bytes in pieces of any size: a node stream, a web stream, an array. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export const CHUNK_LENGTH = 64 * 1024;
export const SEALED_CHUNK_LENGTH = CHUNK_LENGTH + TAG_LENGTH;

/** Chunks one key may encrypt: 256 TiB, far below the limits of both AEADs. */
export const MAX_CHUNKS = 2 ** 32;

/** The nonce of a chunk. Throws E_TOO_LONG past MAX_CHUNKS, so that no counter can wrap. */
export function chunkNonce(index: number, isFinal: boolean): Uint8Array {
  if (index >= MAX_CHUNKS) {
    throw new CryptoError("E_TOO_LONG", "The data has more chunks than one key may encrypt.", {
      data: { got: index, expected: MAX_CHUNKS - 1 },
    });
  }
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, index);
  nonce[11] = isFinal ? 1 : 0;
  return nonce;
}

interface Block {
  readonly bytes: Uint8Array;
  readonly isFinal: boolean;
}

/**
 * Cuts a source into blocks of `size`, the last one of 0 to `size` bytes; holds at most one block back. A block that lies within one
 * piece is a view of it, good until the next block is asked for; what is held back while the source yields is a copy, so
 * that a source may use its buffer again.
 */
export async function* cut(source: ByteSource, size: number): AsyncGenerator<Block> {
  let block = new Uint8Array(size);
  let filled = 0;
  for await (const piece of source) {
    requireBytes("piece", piece);
    for (let offset = 0; offset < piece.length;) {
      if (filled === size) {
        yield { bytes: block, isFinal: false };
        block = new Uint8Array(size);
        filled = 0;
      }
      const taken = piece.subarray(offset, offset + size - filled);
      offset += taken.length;
      if (taken.length === size && offset < piece.length) {
        yield { bytes: taken, isFinal: false };
      } else {
        block.set(taken, filled);
        filled += taken.length;
      }
    }
  }
  yield { bytes: block.subarray(0, filled), isFinal: true };
}

function tampered(index: number, reason: string): CryptoError {
  return new CryptoError("E_TAMPERED", `Chunk ${index} is not authentic: ${reason}.`, {
    why: "The data was changed after it was encrypted, or it belongs to another key.",
    data: { chunk: index, reason },
  });
}

function opens(suite: StreamSuite, key: Uint8Array, index: number, block: Block): Uint8Array | undefined {
  try {
    return open(suite, key, chunkNonce(index, block.isFinal), block.bytes);
  } catch (error) {
    if (error instanceof CryptoError && error.code === "E_TAMPERED") return undefined;
    throw error;
  }
}

/** Says what is wrong with a chunk that does not open: the flag alone, which names truncation or appended data, or more. */
function refusal(suite: StreamSuite, key: Uint8Array, index: number, block: Block): CryptoError {
  const flagIsWrong = opens(suite, key, index, { bytes: block.bytes, isFinal: !block.isFinal });
  if (!flagIsWrong) return tampered(index, "its tag does not hold");
  if (!block.isFinal) return tampered(index, "data follows the final chunk");
  return new CryptoError("E_TRUNCATED", `The data ends after chunk ${index}, before its final chunk.`, {
    fix: "Fetch the whole file again.",
    data: { chunk: index },
  });
}

function openBlock(suite: StreamSuite, key: Uint8Array, index: number, block: Block): Uint8Array {
  if (block.bytes.length === 0) {
    throw new CryptoError("E_TRUNCATED", `The data ends before chunk ${index}.`, { data: { chunk: index } });
  }
  const plaintext = opens(suite, key, index, block);
  if (!plaintext) throw refusal(suite, key, index, block);
  if (plaintext.length === 0 && index > 0) throw tampered(index, "an empty chunk follows others");
  return plaintext;
}

/** Encrypts a source chunk by chunk. Use it directly as a stage of node's `pipeline`. */
export async function* encryptStream(
  suite: StreamSuite,
  encryptionKey: Uint8Array,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  let index = 0;
  for await (const { bytes, isFinal } of cut(source, CHUNK_LENGTH)) {
    yield seal(suite, encryptionKey, chunkNonce(index++, isFinal), bytes);
  }
}

/**
 * Decrypts chunk by chunk and yields each chunk once it is verified. Throws E_TAMPERED, or E_TRUNCATED where the data ends at a
 * chunk's end before the final one; a consumer must treat either as "incomplete" whatever it has already received.
 */
export async function* decryptStream(
  suite: StreamSuite,
  encryptionKey: Uint8Array,
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  let index = 0;
  for await (const block of cut(source, SEALED_CHUNK_LENGTH)) {
    yield openBlock(suite, encryptionKey, index++, block);
  }
}

function blocksOf(bytes: Uint8Array, size: number): Block[] {
  const count = Math.max(1, Math.ceil(bytes.length / size));
  return Array.from({ length: count }, (_, index) => ({
    bytes: bytes.subarray(index * size, (index + 1) * size),
    isFinal: index === count - 1,
  }));
}

/** `encryptStream` of bytes already in memory. */
export function encryptBytes(suite: StreamSuite, encryptionKey: Uint8Array, plaintext: Uint8Array): Uint8Array {
  requireBytes("plaintext", plaintext);
  const chunks = blocksOf(plaintext, CHUNK_LENGTH).map(({ bytes, isFinal }, index) =>
    seal(suite, encryptionKey, chunkNonce(index, isFinal), bytes),
  );
  return concat(...chunks);
}

/** `decryptStream` of bytes already in memory; releases all or nothing. */
export function decryptBytes(suite: StreamSuite, encryptionKey: Uint8Array, sealed: Uint8Array): Uint8Array {
  requireBytes("sealed", sealed);
  const chunks = blocksOf(sealed, SEALED_CHUNK_LENGTH).map((block, index) =>
    openBlock(suite, encryptionKey, index, block),
  );
  return concat(...chunks);
}

/** Length of the encryption of `length` plaintext bytes. */
export function sealedLength(length: number): number {
  return length + TAG_LENGTH * Math.max(1, Math.ceil(length / CHUNK_LENGTH));
}
