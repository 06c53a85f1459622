import { expect } from "chai";
import { createCipheriv, createHash, hkdfSync } from "node:crypto";

import { concat, fromHex } from "../../../../src/bytes";
import { transform } from "../../../../src/crypto/bulk/allOrNothing";
import {
  layersOf,
  MAX_ROTATIONS,
  openPackage,
  PACKAGE_HEADER_LENGTH,
  sealPackage,
} from "../../../../src/crypto/bulk/packageHeader";
import {
  blocksAgainst,
  type Change,
  earlierKey,
  previousKey,
  type ReadAt,
  restoreRotated,
  rotate,
} from "../../../../src/crypto/bulk/rotation";
import { deriveFileKeys } from "../../../../src/crypto/keyCommitment";
import { expectRefusal, flipBit } from "../../../support/crypto";
import { rejection } from "../../../support/errors";
import { leftovers, leftoversLater } from "../../../support/leftovers";
import { seededRandom } from "../../../support/seededRandom";
import { gather } from "../../../support/streams";

/** A stored file that can be rotated. */
class File {
  header: Uint8Array = new Uint8Array();
  body: Uint8Array = new Uint8Array();

  static async of(data: Uint8Array, key: Uint8Array, layerBlocks: number): Promise<File> {
    const file = new File();
    const { body, finish } = transform([data], seededRandom("file"));
    file.body = await gather(body);
    file.header = sealPackage({ content: finish(), rotation: 0, layerBlocks }, key);
    return file;
  }

  async rotate(key: Uint8Array): Promise<readonly Change[]> {
    const { header, changes } = await rotate(this.header, key, async (from, length) =>
      this.body.subarray(from, from + length),
    );
    for (const { offset, bytes } of changes) this.body.set(bytes, offset);
    this.header = header;
    return changes;
  }

  read(key: Uint8Array, pieceLength = 1_000): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < this.body.length; at += pieceLength) pieces.push(this.body.slice(at, at + pieceLength));
    return gather(restoreRotated(this.header, key, () => pieces));
  }
}

describe("rotation", () => {
  const top = seededRandom("top")(32);
  const keys = [3, 2, 1, 0].map((steps) => earlierKey(top, steps)); // K_0 to K_3
  const data = seededRandom("data")(100_003);

  it("makes the chain of keys downwards, as its formula says", () => {
    const before = createHash("sha256").update("nkms/v1/rotation/previous").update(top).digest();
    expect(Buffer.from(previousKey(top))).to.deep.equal(before);
    expect(keys[3]).to.deep.equal(top);
    expect(keys[2]).to.deep.equal(Uint8Array.from(before));
    for (const got of [MAX_ROTATIONS + 1, -1, 1.5, NaN])
      expectRefusal(() => earlierKey(top, got), "E_TOO_MANY_ROTATIONS", { got, expected: MAX_ROTATIONS });
    const second = earlierKey(keys[3], MAX_ROTATIONS);
    expect(second, "as many steps as a file has rotations").to.deep.equal(earlierKey(keys[2], MAX_ROTATIONS - 1));
    expectRefusal(() => previousKey(top.slice(1)), "E_BAD_ENCODING", { field: "key", got: 31, expected: 32 });
  });

  it("wipes the keys it makes on the way, and none that a caller holds", async () => {
    const given = Uint8Array.from(keys[2]);
    const file = await File.of(data, keys[0], 300);
    await file.rotate(keys[1]);
    const rotation = (key: Uint8Array) =>
      rotate(file.header, key, async (from, size) => file.body.slice(from, from + size));
    const uses = ["places", "pad"].map((use) => hkdfSync("sha256", given, "", `nkms/v1/rotation/${use}`, 32));
    for (const secret of [keys[1], ...uses.map((one) => new Uint8Array(one))]) {
      expect(await leftoversLater(Uint8Array.from(secret), () => rotation(given))).to.equal(0);
    }
    await file.rotate(given);
    for (const secret of [keys[1], keys[2]]) {
      expect(await leftoversLater(Uint8Array.from(secret), () => file.read(given))).to.equal(0);
    }
    expect(leftovers(given, [], () => earlierKey(top, 3))).to.equal(0);
    expect(leftovers(top, [], () => previousKey(top))).to.equal(0);
    expect(given).to.deep.equal(keys[2]);
    expect(earlierKey(given, 0)).to.deep.equal(given);
  });

  it("wipes the package it seals or opens", () => {
    const content = { tail: seededRandom("tail")(32), root: seededRandom("root")(32), length: 7 };
    const header = sealPackage({ content, rotation: 0, layerBlocks: 1 }, top);
    const plain = concat(content.tail, content.root);
    expect(leftovers(plain, [], () => sealPackage({ content, rotation: 0, layerBlocks: 1 }, top))).to.equal(0);
    expect(leftovers(plain, [], () => openPackage(header, top))).to.equal(0);
    expect(openPackage(header, top).content).to.deep.equal(content);
  });

  it("changes as many blocks as a reader's kept fraction asks for", () => {
    for (const fraction of [0.01, 0.5, 0.9, 0.99, 0.999]) {
      const blocks = blocksAgainst(fraction);
      expect(blocks * Math.log2(fraction)).to.be.at.most(-128);
      expect((blocks - 1) * Math.log2(fraction)).to.be.greaterThan(-128);
    }
    expect(blocksAgainst(0.9)).to.equal(843);
    for (const fraction of [0, 1, -1, 2, NaN])
      expectRefusal(() => blocksAgainst(fraction), "E_BAD_FRACTION", { got: fraction });
  });

  it("is read with the newest key after every rotation, in pieces of any length", async () => {
    const file = await File.of(data, keys[0], 50);
    for (const key of keys.slice(1)) {
      const changes = await file.rotate(key);
      expect(changes).to.have.length(50);
      for (const pieceLength of [7, 32, 1_000, 100_003]) {
        expect(Buffer.compare(await file.read(key, pieceLength), data)).to.equal(0);
      }
    }
    expect(layersOf(file.header)).to.deep.equal({ rotation: 3, layerBlocks: 50 });
  });

  it("shuts out the former key, and the old header with the new file", async () => {
    const file = await File.of(data, keys[0], 843);
    const oldHeader = file.header;
    await file.rotate(keys[1]);
    expect((await rejection(file.read(keys[0]))).code).to.equal("E_TAMPERED");
    file.header = oldHeader;
    const error = await rejection(file.read(keys[0]));
    expect([error.code, error.data.reason]).to.deep.equal(["E_TAMPERED", "the whole does not have the package's root"]);
  });

  it("lets nobody on who kept nine tenths of the old file, and anybody who kept all of it", async () => {
    const file = await File.of(data, keys[0], blocksAgainst(0.9));
    const [oldHeader, oldBody] = [file.header, file.body.slice()];
    const changes = await file.rotate(keys[1]);
    const random = seededRandom("kept");
    const kept = (block: number) => random(block + 1)[0] < 230;
    const lost = changes.filter(({ offset }) => !kept(offset / 32));
    expect(lost.length, "of 843 changed blocks about 84 are lost").to.be.within(50, 130);
    const patched = file.body.slice();
    for (const { offset } of changes) {
      if (!lost.some((change) => change.offset === offset)) patched.set(oldBody.subarray(offset, offset + 32), offset);
    }
    const asKept = (body: Uint8Array) => Object.assign(new File(), { header: oldHeader, body }).read(keys[0]);
    expect((await rejection(asKept(patched))).code).to.equal("E_TAMPERED");
    expect(Buffer.compare(await asKept(oldBody), data)).to.equal(0);
  });

  it("makes no change from a file that reads shorter or longer than its package says", async () => {
    const file = await File.of(data, keys[0], 50);
    const rotated = (readAt: ReadAt) => rejection(rotate(file.header, keys[1], readAt));
    const all = await File.of(data.slice(0, 100), keys[0], 50);
    const cut = await rejection(
      rotate(all.header, keys[1], async (from, length) => all.body.slice(0, 99).subarray(from, from + length)),
    );
    expect([cut.code, cut.data]).to.deep.equal(["E_TRUNCATED", { got: 99, expected: 100 }]);
    const nothing = await rotated(async () => new Uint8Array());
    expect(nothing.code).to.equal("E_TRUNCATED");
    expect(nothing.data.expected).to.equal(data.length);
    const longer = await rotated(async (_, length) => new Uint8Array(length + 1));
    expect([longer.code, longer.data]).to.deep.equal(["E_BAD_ENCODING", { field: "block", got: 33, expected: 32 }]);
  });

  it("gives changes that may be written twice", async () => {
    const file = await File.of(data, keys[0], 50);
    for (const { offset, bytes } of await file.rotate(keys[1])) file.body.set(bytes, offset);
    expect(Buffer.compare(await file.read(keys[1]), data)).to.equal(0);
  });

  it("changes distinct blocks, spread evenly over the file", async () => {
    const tally = new Array<number>(10).fill(0);
    const file = await File.of(new Uint8Array(32 * 1_000), keys[0], 100);
    for (const key of keys.slice(1)) {
      const offsets = (await file.rotate(key)).map(({ offset }) => offset);
      expect(new Set(offsets).size).to.equal(100);
      expect(offsets.every((offset) => offset % 32 === 0 && offset < 32_000)).to.equal(true);
      for (const offset of offsets) tally[Math.floor(offset / 3_200)]++;
    }
    const chiSquare = tally.reduce((sum, count) => sum + (count - 30) ** 2 / 30, 0);
    expect(chiSquare, "9 degrees of freedom, 99.99%").to.be.lessThan(33.72);
  });

  it("lays the layer of its formula, over more blocks than one part of the stream gives", async () => {
    const [length, layerBlocks] = [400_003, 5_000];
    const file = await File.of(seededRandom("long")(length), keys[0], layerBlocks);
    const before = file.body.slice();
    const changes = await file.rotate(keys[1]);
    const streamOf = (label: string, bytes: number) => {
      const key = new Uint8Array(hkdfSync("sha256", keys[1], "", `nkms/v1/rotation/${label}`, 32));
      return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
    };
    const [numbers, total] = [streamOf("places", 6 * 4 * layerBlocks), Math.ceil(length / 32)];
    const places = new Set<number>();
    for (let at = 0; places.size < layerBlocks; at += 6) {
      const number = numbers.readUIntBE(at, 6);
      if (number < 2 ** 48 - (2 ** 48 % total)) places.add(number % total);
    }
    const pads = streamOf("pad", 32 * layerBlocks);
    const expected = [...places]
      .sort((a, b) => a - b)
      .map((place, index) => ({
        offset: 32 * place,
        bytes: before.slice(32 * place, 32 * place + 32).map((byte, at) => byte ^ pads[32 * index + at]),
      }));
    expect(changes).to.deep.equal(expected);
  });

  it("changes all of a file that has no more blocks, the broken last one included", async () => {
    for (const length of [0, 1, 32, 33, 100]) {
      const small = seededRandom(`small ${length}`)(length);
      const file = await File.of(small, keys[0], 843);
      const changes = await file.rotate(keys[1]);
      expect(changes.map(({ bytes }) => bytes.length).reduce((sum, bytes) => sum + bytes, 0)).to.equal(length);
      expect(await file.read(keys[1])).to.deep.equal(small);
    }
  });

  describe("packageHeader", () => {
    const content = { tail: seededRandom("tail")(32), root: seededRandom("root")(32), length: 2 ** 40 };
    const header = sealPackage({ content, rotation: 7, layerBlocks: 843 }, top);
    const oneLayer = { rotation: 1, layerBlocks: 1 };

    /** What somebody with the data key can write, of a file of so many bytes. */
    function sealedByHand(length: bigint, key = top): Uint8Array {
      const open = sealPackage({ content, ...oneLayer }, key).slice(0, 45);
      const { encryptionKey } = deriveFileKeys(key, createHash("sha256").update(open.slice(0, 13)).digest());
      const options = { authTagLength: 16 };
      const cipher = createCipheriv("chacha20-poly1305", encryptionKey, new Uint8Array(12), options);
      const plain = concat(content.tail, content.root, fromHex(`0x${length.toString(16).padStart(16, "0")}`, 8));
      return concat(open, cipher.update(plain), cipher.final(), cipher.getAuthTag());
    }

    it("opens with its key to what was sealed", () => {
      expect(header.length).to.equal(PACKAGE_HEADER_LENGTH);
      expect(openPackage(header, top)).to.deep.equal({ content, rotation: 7, layerBlocks: 843 });
    });

    it("refuses every flipped bit, cut and extension, and another key", () => {
      const refusal = (bit: number): [string, Record<string, unknown>] => {
        const changed = flipBit(header, bit);
        if (bit < 32) return ["E_BAD_ENCODING", { field: "magic", got: undefined, expected: "NKMA" }];
        if (bit < 40) return ["E_BAD_ENCODING", { field: "version", got: changed[4], expected: 1 }];
        const got = Buffer.from(changed).readUInt32BE(5);
        if (got > 65_535) return ["E_BAD_ENCODING", { field: "rotation", got, expected: [0, 65_535] }];
        const blocks = Buffer.from(changed).readUInt32BE(9);
        const most = Math.floor(2 ** 20 / got);
        if (blocks > most) return ["E_BAD_ENCODING", { field: "layerBlocks", got: blocks, expected: [1, most] }];
        return ["E_TAMPERED", bit < 8 * 45 ? { field: "commitment" } : { length: 88 }];
      };
      for (let bit = 0; bit < 8 * header.length; bit++) {
        expectRefusal(() => openPackage(flipBit(header, bit), top), ...refusal(bit));
      }
      for (let length = 0; length <= header.length + 1; length++) {
        if (length === header.length) continue;
        const other = concat(header, Uint8Array.of(0)).slice(0, length);
        expectRefusal(() => openPackage(other, top), "E_BAD_ENCODING", {
          field: "package header",
          got: length,
          expected: 133,
        });
      }
      expectRefusal(() => openPackage(header, keys[0]), "E_TAMPERED", { field: "commitment" });
    });

    it("refuses numbers out of range, and a rotation past the last", async () => {
      const sealed = (rotation: number, layerBlocks: number) => () =>
        sealPackage({ content, rotation, layerBlocks }, top);
      expectRefusal(sealed(65_536, 1), "E_BAD_ENCODING", { field: "rotation", got: 65_536, expected: [0, 65_535] });
      expectRefusal(sealed(-1, 1), "E_BAD_ENCODING", { field: "rotation", got: -1, expected: [0, 65_535] });
      const mostBlocks = [
        [0, 2 ** 20],
        [1, 2 ** 20],
        [2, 2 ** 19],
        [1_000, 1_048],
        [65_535, 16],
      ];
      for (const [rotation, most] of mostBlocks) {
        expect(layersOf(sealed(rotation, most)())).to.deep.equal({ rotation, layerBlocks: most });
        for (const got of [0, -1, 1.5, NaN, most + 1, 2 ** 32]) {
          const data = { field: "layerBlocks", got, expected: [1, most] };
          expectRefusal(sealed(rotation, got), "E_BAD_ENCODING", data);
        }
      }
      for (const got of [0, 2 ** 20 + 1, 2 ** 32 - 1]) {
        const forged = Uint8Array.from(sealed(0, 1)());
        new DataView(forged.buffer).setUint32(9, got);
        const data = { field: "layerBlocks", got, expected: [1, 2 ** 20] };
        for (const read of [() => layersOf(forged), () => openPackage(forged, top)]) {
          expectRefusal(read, "E_BAD_ENCODING", data);
        }
        expect((await rejection(rotate(forged, top, async () => new Uint8Array(32)))).data).to.deep.equal(data);
        expect((await rejection(gather(restoreRotated(forged, top, () => [])))).data).to.deep.equal(data);
      }
      for (const length of [-1, 1.5, NaN, 2 ** 53, 2 ** 64]) {
        const data = { field: "length", got: length, expected: [0, Number.MAX_SAFE_INTEGER] };
        expectRefusal(() => sealPackage({ content: { ...content, length }, ...oneLayer }, top), "E_BAD_ENCODING", data);
      }
      expect(openPackage(sealedByHand(5n), top).content.length).to.equal(5);
      const longest = sealPackage({ content: { ...content, length: Number.MAX_SAFE_INTEGER }, ...oneLayer }, top);
      expect(openPackage(longest, top).content.length).to.equal(Number.MAX_SAFE_INTEGER);
      const beyond = sealedByHand(2n ** 53n + 64n);
      const data = { field: "length", got: 2 ** 53 + 64, expected: [0, Number.MAX_SAFE_INTEGER] };
      expectRefusal(() => openPackage(beyond, top), "E_BAD_ENCODING", data);
      const former = sealedByHand(2n ** 53n + 64n, previousKey(top));
      expect((await rejection(rotate(former, top, async () => new Uint8Array(32)))).data).to.deep.equal(data);
      expect((await rejection(gather(restoreRotated(beyond, top, () => [])))).data).to.deep.equal(data);
      const last = sealPackage({ content, rotation: MAX_ROTATIONS, layerBlocks: 1 }, previousKey(top));
      const error = await rejection(rotate(last, top, async () => new Uint8Array(32)));
      expect([error.code, error.data]).to.deep.equal(["E_TOO_MANY_ROTATIONS", { got: 65_536, expected: 65_535 }]);
      const full = sealPackage({ content, rotation: 2, layerBlocks: 2 ** 19 }, previousKey(top));
      const second = await rejection(rotate(full, top, async () => new Uint8Array(32)));
      expect([second.code, second.data]).to.deep.equal(["E_TOO_MANY_ROTATIONS", { got: 3, expected: 2 }]);
    });
  });
});
