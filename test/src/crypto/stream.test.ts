import { expect } from "chai";
import fc from "fast-check";
import { createCipheriv } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { concat } from "../../../src/bytes";
import {
  CHUNK_LENGTH,
  chunkNonce,
  decryptBytes,
  decryptStream,
  encryptBytes,
  encryptStream,
  MAX_CHUNKS,
  SEALED_CHUNK_LENGTH,
  sealedLength,
  type ByteSource,
  type StreamSuite,
} from "../../../src/crypto/stream";
import { expectRefusal, flipBit } from "../../support/crypto";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const SUITES: StreamSuite[] = ["aes-256-gcm", "chacha20-poly1305"];
const random = seededRandom("stream");
const KEY = random(32);

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}

/** What a consumer has received when the stream fails, and the failure. */
async function receive(source: AsyncIterable<Uint8Array>) {
  const pieces: Uint8Array[] = [];
  const error = await rejection(
    (async () => {
      for await (const piece of source) pieces.push(piece);
    })(),
  );
  return { received: concat(...pieces), code: error.code, data: error.data };
}

/** Cuts bytes at the lengths given, over and over. */
function* cutAt(bytes: Uint8Array, lengths: number[]): Generator<Uint8Array> {
  for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
    const end = offset + lengths[turn % lengths.length];
    yield bytes.subarray(offset, end);
    offset = end;
  }
}

/** The same pieces, each written over the one before. */
function* inOneBuffer(pieces: Iterable<Uint8Array>, longest: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(longest);
  for (const piece of pieces) {
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

const chunksOf = (sealed: Uint8Array) =>
  Array.from({ length: Math.ceil(sealed.length / SEALED_CHUNK_LENGTH) }, (_, index) =>
    sealed.subarray(index * SEALED_CHUNK_LENGTH, (index + 1) * SEALED_CHUNK_LENGTH),
  );

describe("stream", () => {
  it("numbers chunks by 11 bytes big-endian and a final flag", () => {
    expect([...chunkNonce(0x01020304, false)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0]);
    expect([...chunkNonce(1, true)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it("never repeats a nonce: each differs from the one before by counting up", () => {
    let last = -1n;
    for (let index = 0; index < 300_000; index++) {
      const value = Buffer.from(chunkNonce(index, false)).readBigUInt64BE(4);
      if (value <= last) expect.fail(`nonce ${index} does not count up`);
      last = value + 1n;
    }
  });

  it("refuses to count past the limit instead of wrapping", () => {
    expect(chunkNonce(MAX_CHUNKS - 1, true)[7]).to.equal(255);
    const data = { got: MAX_CHUNKS, expected: MAX_CHUNKS - 1 };
    expectRefusal(() => chunkNonce(MAX_CHUNKS, true), "E_TOO_LONG", data);
  });

  for (const suite of SUITES) {
    context(suite, () => {
      const seal = (plaintext: Uint8Array) => encryptBytes(suite, KEY, plaintext);
      const read = (source: ByteSource) => decryptStream(suite, KEY, source);
      const lengths = [0, 1, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 1, 2 * CHUNK_LENGTH, 2 * CHUNK_LENGTH + 9];

      it("is the cipher of each chunk under its nonce and nothing else", () => {
        const plaintext = random(CHUNK_LENGTH + 5);
        const expected = [plaintext.subarray(0, CHUNK_LENGTH), plaintext.subarray(CHUNK_LENGTH)].map((chunk, index) => {
          const nonce = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, index, index]);
          const cipher = createCipheriv(suite as "chacha20-poly1305", KEY, nonce, { authTagLength: 16 });
          return concat(cipher.update(chunk), cipher.final(), cipher.getAuthTag());
        });
        expect(Buffer.compare(seal(plaintext), concat(...expected))).to.equal(0);
      });

      it("goes round at every boundary, whole and streamed", async () => {
        for (const length of lengths) {
          const plaintext = random(length);
          const sealed = seal(plaintext);
          expect(sealed).to.have.length(sealedLength(length));
          expect(Buffer.compare(decryptBytes(suite, KEY, sealed), plaintext)).to.equal(0);
          const streamed = concat(...(await collect(encryptStream(suite, KEY, [plaintext]))));
          expect(Buffer.compare(streamed, sealed)).to.equal(0);
          const opened = concat(...(await collect(read([sealed]))));
          expect(Buffer.compare(opened, plaintext)).to.equal(0);
        }
      });

      it("does not depend on how the bytes arrive", async () => {
        const cuts = fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 5 });
        const property = fc.asyncProperty(fc.integer({ min: 0, max: 200_000 }), cuts, async (length, sizes) => {
          const plaintext = new Uint8Array(length).fill(7);
          const sealed = concat(...(await collect(encryptStream(suite, KEY, cutAt(plaintext, sizes)))));
          expect(Buffer.compare(sealed, seal(plaintext))).to.equal(0);
          const opened = await collect(read(cutAt(sealed, sizes.reverse())));
          expect(Buffer.compare(concat(...opened), plaintext)).to.equal(0);
        });
        await fc.assert(property, { numRuns: 15 });
      });

      it("does not mind a source that uses its buffer again", async () => {
        const plaintext = random(5 * CHUNK_LENGTH + 1);
        for (const pieceLength of [CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 1, 3 * CHUNK_LENGTH + 5]) {
          const source = inOneBuffer(cutAt(plaintext, [pieceLength]), pieceLength);
          const sealed = concat(...(await collect(encryptStream(suite, KEY, source))));
          expect(sealed, `pieces of ${pieceLength}`).to.deep.equal(encryptBytes(suite, KEY, plaintext));
        }
      });

      it("works as a stage of node's pipeline", async () => {
        const plaintext = random(150_000);
        const pieces: Uint8Array[] = [];
        await pipeline(
          Readable.from(cutAt(plaintext, [1000])),
          (source: AsyncIterable<Uint8Array>) => encryptStream(suite, KEY, source),
          (source: AsyncIterable<Uint8Array>) => read(source),
          async (source: AsyncIterable<Uint8Array>) => {
            for await (const piece of source) pieces.push(piece);
          },
        );
        expect(Buffer.compare(concat(...pieces), plaintext)).to.equal(0);
      });

      it("refuses every truncation of a short file", () => {
        const sealed = seal(random(40));
        expectRefusal(() => decryptBytes(suite, KEY, new Uint8Array(0)), "E_TRUNCATED", { chunk: 0 });
        for (let length = 1; length < sealed.length; length++) {
          const data = { chunk: 0, reason: "its tag does not hold" };
          expectRefusal(() => decryptBytes(suite, KEY, sealed.slice(0, length)), "E_TAMPERED", data);
        }
      });

      it("refuses every flipped bit of a short file", () => {
        const sealed = seal(random(40));
        for (let bit = 0; bit < 8 * sealed.length; bit++) {
          const data = { chunk: 0, reason: "its tag does not hold" };
          expectRefusal(() => decryptBytes(suite, KEY, flipBit(sealed, bit)), "E_TAMPERED", data);
        }
      });

      context("a file of three chunks", () => {
        const plaintext = random(2 * CHUNK_LENGTH + 100);
        const sealed = seal(plaintext);
        const [a, b, c] = chunksOf(sealed);
        const prefix = (chunks: number) => plaintext.subarray(0, chunks * CHUNK_LENGTH);

        const cases = [
          { name: "ends after chunk 0", chunks: [a], kept: 0, code: "E_TRUNCATED", data: { chunk: 0 } },
          { name: "ends after chunk 1", chunks: [a, b], kept: 1, code: "E_TRUNCATED", data: { chunk: 1 } },
          { name: "ends inside chunk 1", chunks: [a, b.subarray(0, 99)], kept: 1 },
          { name: "ends inside chunk 2", chunks: [a, b, c.subarray(0, 99)], kept: 2 },
          { name: "lacks its first chunk", chunks: [b, c], kept: 0 },
          { name: "lacks its second chunk", chunks: [a, c], kept: 1 },
          { name: "has chunks 0 and 1 swapped", chunks: [b, a, c], kept: 0 },
          { name: "repeats chunk 0", chunks: [a, a, b, c], kept: 1 },
          { name: "repeats chunk 1", chunks: [a, b, b, c], kept: 2 },
          { name: "repeats its last chunk", chunks: [a, b, c, c], kept: 2 },
          { name: "has one byte appended", chunks: [a, b, c, Uint8Array.of(0)], kept: 2 },
          { name: "has a flipped bit in chunk 1", chunks: [a, flipBit(b, 12345), c], kept: 1 },
        ];
        for (const { name, chunks, kept, code, data } of cases) {
          it(`is refused if it ${name}, after a true prefix of ${kept} chunks`, async () => {
            const outcome = await receive(read(chunks));
            expect(outcome.code).to.equal(code ?? "E_TAMPERED");
            expect(outcome.data).to.deep.equal(data ?? { chunk: kept, reason: "its tag does not hold" });
            expect(Buffer.compare(outcome.received, prefix(kept))).to.equal(0);
          });
        }

        it("is refused with a chunk of another file of the same owner", async () => {
          const other = encryptBytes(suite, random(32), plaintext);
          expect((await receive(read([a, chunksOf(other)[1], c]))).code).to.equal("E_TAMPERED");
        });

        it("is refused with data after a full final chunk, which is named", async () => {
          const full = seal(random(CHUNK_LENGTH));
          const outcome = await receive(read([full, a]));
          expect(outcome).to.deep.include({
            code: "E_TAMPERED",
            data: { chunk: 0, reason: "data follows the final chunk" },
          });
          expect(outcome.received).to.have.length(0);
        });
      });

      it("refuses an empty final chunk after others, so that one plaintext has one encoding", () => {
        const nonce = (index: number, flag: number) => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, index, flag]);
        const chunk = (bytes: Uint8Array, index: number, flag: number) => {
          const cipher = createCipheriv(suite as "chacha20-poly1305", KEY, nonce(index, flag), { authTagLength: 16 });
          return concat(cipher.update(bytes), cipher.final(), cipher.getAuthTag());
        };
        const forged = concat(chunk(random(CHUNK_LENGTH), 0, 0), chunk(new Uint8Array(0), 1, 1));
        const data = { chunk: 1, reason: "an empty chunk follows others" };
        expectRefusal(() => decryptBytes(suite, KEY, forged), "E_TAMPERED", data);
      });

      it("passes an error of its source on and reads no more than it needs", async () => {
        let pulled = 0;
        async function* endless() {
          while (true) {
            pulled++;
            yield new Uint8Array(CHUNK_LENGTH);
          }
        }
        for await (const chunk of encryptStream(suite, KEY, endless())) {
          expect(chunk).to.have.length(SEALED_CHUNK_LENGTH);
          break;
        }
        expect(pulled).to.be.at.most(2);
      });
    });
  }

  it("tells a key of another length from a file that was changed", () => {
    const data = { field: "key", got: 31, expected: 32 };
    for (const suite of SUITES) {
      const sealed = encryptBytes(suite, KEY, random(10));
      expectRefusal(() => decryptBytes(suite, KEY.slice(1), sealed), "E_BAD_ENCODING", data);
    }
  });

  it("keeps the suites apart", () => {
    const sealed = encryptBytes("aes-256-gcm", KEY, random(10));
    const data = { chunk: 0, reason: "its tag does not hold" };
    expectRefusal(() => decryptBytes("chacha20-poly1305", KEY, sealed), "E_TAMPERED", data);
  });
});
