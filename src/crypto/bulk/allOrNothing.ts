/**
 * The all-or-nothing transform of bulk data (V.D, against key scraping): whoever lacks a part of it learns nothing of any part, even
 * with the data key. A package transform after Rivest (FSE 1997), hashed as in Boyko (CRYPTO 1999):
 *
 *     k     32 fresh random bytes
 *     X     AES-256-CTR_k(M), in chunks X_0, X_1, ... of 64 KiB
 *     h_i   SHA-256(X_i)
 *     tail  k xor SHA-256("nkms/v1/aont/key" ‖ h_0 ‖ h_1 ‖ ...)
 *     root  SHA-256("nkms/v1/aont/root" ‖ h_0 ‖ h_1 ‖ ...)
 *
 * X is stored anywhere; (tail, root, length) is the package, sealed under the data key (`packageHeader.ts`). Without all of X one
 * lacks some h_i, so k is a random value to whoever models SHA-256 as a random oracle and misses 128 bits or more. Both hashes are
 * over the chunks' hashes, which nobody publishes: one pass over the data serves both.
 *
 * What it does not do: a reader who had all of X can keep k, or the plaintext. Random access is lost; the unit is the whole.
 */
import { equalBytes, utf8 } from "../../bytes";
import { requireLength } from "../encoding";
import type { RandomSource } from "../engine";
import { badEncoding, CryptoError } from "../errors";
import { draw } from "../random";
import { wipe } from "../secrets";
import { type ByteSource, CHUNK_LENGTH, cut } from "../stream";
import { KEY_LENGTH } from "../symmetric";
import { HASH_LENGTH, HashList } from "./hashList";
import { AES_BLOCK_LENGTH, bulk } from "./primitives";

/** What, with all of X, gives the data back. Secret: it is the data key's business who learns it. */
export interface Package {
  /** 32 bytes. */
  readonly tail: Uint8Array;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Bytes of X, and of the plaintext. */
  readonly length: number;
}

const BLOCKS_PER_CHUNK = CHUNK_LENGTH / AES_BLOCK_LENGTH;
const KEY_LABEL = utf8("nkms/v1/aont/key");
const ROOT_LABEL = utf8("nkms/v1/aont/root");

/** Transforms one source: first consume `body`, then take the package. */
export interface Transform {
  /** X, chunk by chunk, in constant memory. */
  readonly body: AsyncGenerator<Uint8Array>;
  /** The package, once the body was consumed to its end; the same with every call. Throws E_INCOMPLETE before. */
  finish(): Package;
}

/** Begins the transform of a source of any length. */
export function transform(source: ByteSource, random: RandomSource): Transform {
  const key = draw(random, KEY_LENGTH);
  let length = 0;
  let content: Package | undefined;
  async function* body(): AsyncGenerator<Uint8Array> {
    const digest = new BodyDigest();
    let index = 0;
    try {
      for await (const { bytes } of cut(source, CHUNK_LENGTH)) {
        const chunk = bulk.xorStream(key, BLOCKS_PER_CHUNK * index++, bytes);
        digest.add(hashOf(chunk));
        length += chunk.length;
        if (chunk.length > 0) yield chunk;
      }
      const { mask, root } = digest.end();
      content = { tail: xor(key, mask), root, length };
    } finally {
      wipe(key);
    }
  }
  function finish(): Package {
    if (!content) throw incomplete(length);
    return content;
  }
  return { body: body(), finish };
}

/**
 * The plaintext from X, which is read twice: to find k, and to decrypt. Nothing is released before all of X was found to be as it
 * was, and no chunk that differs in the second reading. Holds 32 bytes for each chunk of 64 KiB. Throws E_BAD_ENCODING, E_TRUNCATED, E_TAMPERED.
 */
export async function* restore(
  { tail, root, length }: Package,
  openBody: () => ByteSource,
): AsyncGenerator<Uint8Array> {
  requirePackage({ tail, root, length });
  const hashes = await hashesOf(openBody(), length);
  const found = digestOf(hashes);
  if (!equalBytes(found.root, root)) throw tampered("the whole does not have the package's root");
  const key = xor(tail, found.mask);
  try {
    let index = 0;
    for await (const { bytes } of cut(openBody(), CHUNK_LENGTH)) {
      const expected = hashes.at(index);
      if (!expected || !equalBytes(hashOf(bytes), expected)) throw tampered(`chunk ${index} changed while it was read`);
      if (bytes.length > 0) yield bulk.xorStream(key, index * BLOCKS_PER_CHUNK, bytes);
      index++;
    }
    if (index < hashes.count) throw tampered("it became shorter while it was read");
  } finally {
    wipe(key);
  }
}

/** Refuses a package whose parts are not 32 bytes, or whose length cannot be counted to: beyond 2^53 - 1 neighbours are one number. */
export function requirePackage({ tail, root, length }: Package): void {
  if (!Number.isSafeInteger(length) || length < 0)
    throw badEncoding("length", "is out of range", length, [0, Number.MAX_SAFE_INTEGER]);
  requireLength("tail", tail, KEY_LENGTH);
  requireLength("root", root, HASH_LENGTH);
}

async function hashesOf(body: ByteSource, length: number): Promise<HashList> {
  const hashes = new HashList();
  let got = 0;
  for await (const { bytes } of cut(body, CHUNK_LENGTH)) {
    got += bytes.length;
    if (got > length) throw tampered(`data follows its ${length} bytes`);
    hashes.push(hashOf(bytes));
  }
  if (got < length) throw truncated(got, length);
  return hashes;
}

function digestOf(hashes: HashList): ReturnType<BodyDigest["end"]> {
  const digest = new BodyDigest();
  for (let index = 0; index < hashes.count; index++) digest.add(hashes.at(index)!);
  return digest.end();
}

function hashOf(chunk: Uint8Array): Uint8Array {
  return bulk.sha256().update(chunk).digest();
}

/** Both hashes over the chunks' hashes, taken as these come. */
class BodyDigest {
  private readonly mask = bulk.sha256().update(KEY_LABEL);
  private readonly root = bulk.sha256().update(ROOT_LABEL);

  add(chunkHash: Uint8Array): void {
    this.mask.update(chunkHash);
    this.root.update(chunkHash);
  }

  end(): { mask: Uint8Array; root: Uint8Array } {
    return { mask: this.mask.digest(), root: this.root.digest() };
  }
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, index) => byte ^ b[index]);
}

function incomplete(length: number): CryptoError {
  return new CryptoError("E_INCOMPLETE", "The transform has no package yet.", {
    why: `Its body was consumed up to byte ${length}, not to its end.`,
    fix: "Read the body to its end first.",
    data: { length },
  });
}

function tampered(reason: string): CryptoError {
  return new CryptoError("E_TAMPERED", `The transformed data is not authentic: ${reason}.`, {
    why: "It was changed after it was written, or another rotation's layers were taken off.",
    data: { reason },
  });
}

export function truncated(got: number, expected: number): CryptoError {
  return new CryptoError("E_TRUNCATED", `The transformed data ends after ${got} of ${expected} bytes.`, {
    fix: "Fetch the whole file again: no part can be read without all of it.",
    data: { got, expected },
  });
}
