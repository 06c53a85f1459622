import { expect } from "chai";
import { createCipheriv, createHash } from "node:crypto";

import { concat, utf8 } from "../../../../src/bytes";
import { type Package, restore, transform } from "../../../../src/crypto/bulk/allOrNothing";
import { bulk, nobleBulk } from "../../../../src/crypto/bulk/primitives";
import { expectRefusal, flipBit } from "../../../support/crypto";
import { rejection } from "../../../support/errors";
import { leftoversLater } from "../../../support/leftovers";
import { seededRandom } from "../../../support/seededRandom";
import { gather } from "../../../support/streams";

const CHUNK = 65_536;

async function transformed(data: Uint8Array, seed: string): Promise<{ body: Uint8Array; content: Package }> {
  const { body, finish } = transform([data], seededRandom(seed));
  return { body: await gather(body), content: finish() };
}

const restored = (content: Package, body: Uint8Array) => gather(restore(content, () => [body]));

describe("allOrNothing", () => {
  it("is, in one chunk, what its formula says", async () => {
    const data = utf8("The message that all of the file is needed for.");
    const { body, content } = await transformed(data, "formula");
    const key = seededRandom("formula")(32);
    const x = createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(data);
    const chunkHash = createHash("sha256").update(x).digest();
    const labelled = (label: string) => createHash("sha256").update(label).update(chunkHash).digest();
    expect(body).to.deep.equal(Uint8Array.from(x));
    expect(Buffer.from(content.tail).toString("hex")).to.equal(
      Buffer.from(key.map((byte, index) => byte ^ labelled("nkms/v1/aont/key")[index])).toString("hex"),
    );
    expect(Buffer.from(content.root)).to.deep.equal(labelled("nkms/v1/aont/root"));
    expect(content.length).to.equal(data.length);
  });

  it("is one stream over the bounds of chunks, whatever the pieces", async () => {
    const data = seededRandom("stream")(2 * CHUNK + 5);
    const { body, content } = await transformed(data, "key");
    const whole = createCipheriv("aes-256-ctr", seededRandom("key")(32), Buffer.alloc(16)).update(data);
    expect(Buffer.compare(body, whole)).to.equal(0);
    const pieces = [data.subarray(0, 1), data.subarray(1, CHUNK + 7), data.subarray(CHUNK + 7)];
    const again = transform(pieces, seededRandom("key"));
    expect(Buffer.compare(await gather(again.body), body)).to.equal(0);
    expect(again.finish()).to.deep.equal(content);
  });

  for (const length of [0, 1, 31, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]) {
    it(`gives ${length} bytes back`, async () => {
      const data = seededRandom(`length ${length}`)(length);
      const { body, content } = await transformed(data, "round trip");
      expect(body.length).to.equal(length);
      expect(Buffer.compare(await restored(content, body), data)).to.equal(0);
    });
  }

  it("gives no piece of nothing, in either direction", async () => {
    const { body, finish } = transform([], seededRandom("nothing"));
    expect(await body.next()).to.deep.equal({ done: true, value: undefined });
    expect(await restore(finish(), () => []).next()).to.deep.equal({ done: true, value: undefined });
  });

  it("leaves no copy of its key", async () => {
    const [key, data] = [seededRandom("secret")(32), seededRandom("data")(CHUNK + 1)];
    const { body, content } = await transformed(data, "secret");
    expect(await leftoversLater(key, () => gather(transform([data], () => key).body))).to.equal(0);
    expect(await leftoversLater(key, () => restored(content, body))).to.equal(0);
  });

  it("refuses every flipped bit of the data, every cut and every extension", async () => {
    const { body, content } = await transformed(seededRandom("small")(48), "flips");
    for (let bit = 0; bit < 8 * body.length; bit++) {
      const error = await rejection(restored(content, flipBit(body, bit)));
      expect(error.code).to.equal("E_TAMPERED");
      expect(error.data).to.deep.equal({ reason: "the whole does not have the package's root" });
    }
    for (const got of body.keys()) {
      const error = await rejection(restored(content, body.slice(0, got)));
      expect([error.code, error.data]).to.deep.equal(["E_TRUNCATED", { got, expected: 48 }]);
    }
    const longer = await rejection(restored(content, concat(body, Uint8Array.of(0))));
    expect([longer.code, longer.data]).to.deep.equal(["E_TAMPERED", { reason: "data follows its 48 bytes" }]);
  });

  it("gives garbage for every byte to whoever lacks one block and skips the check", async () => {
    const data = new Uint8Array(CHUNK + 100);
    const { body, content } = await transformed(data, "missing");
    const partial = Uint8Array.from(body).fill(0, CHUNK + 32, CHUNK + 64);
    const hashes = [partial.subarray(0, CHUNK), partial.subarray(CHUNK)].map((chunk) =>
      bulk.sha256().update(chunk).digest(),
    );
    const mask = bulk
      .sha256()
      .update(utf8("nkms/v1/aont/key"))
      .update(concat(...hashes))
      .digest();
    const guess = bulk.xorStream(
      content.tail.map((byte, index) => byte ^ mask[index]),
      0,
      partial,
    );
    const right = guess.subarray(0, CHUNK).filter((byte, index) => byte === data[index]).length;
    expect(right, "of 65,536 bytes one in 256 agrees by chance").to.be.within(150, 370);
  });

  it("reads nothing of a package whose length cannot be", async () => {
    const { body, content } = await transformed(seededRandom("length")(48), "length");
    for (const length of [NaN, -1, 1.5, 2 ** 53]) {
      const error = await rejection(restored({ ...content, length }, body));
      const data = { field: "length", got: length, expected: [0, Number.MAX_SAFE_INTEGER] };
      expect([error.code, error.data]).to.deep.equal(["E_BAD_ENCODING", data]);
    }
  });

  it("releases no chunk that changes between the two readings", async () => {
    const { body, content } = await transformed(seededRandom("twice")(2 * CHUNK), "twice");
    const change = async (second: Uint8Array) => {
      const readings = [body, second];
      const released: Uint8Array[] = [];
      const error = await rejection(
        (async () => {
          for await (const piece of restore(content, () => [readings.shift()!])) released.push(piece);
        })(),
      );
      return [error.code, error.data.reason, released.length];
    };
    expect(await change(flipBit(body, 8 * CHUNK))).to.deep.equal([
      "E_TAMPERED",
      "chunk 1 changed while it was read",
      1,
    ]);
    expect(await change(body.slice(0, CHUNK))).to.deep.equal(["E_TAMPERED", "it became shorter while it was read", 1]);
    expect(await change(concat(body, body))).to.deep.equal(["E_TAMPERED", "chunk 2 changed while it was read", 2]);
  });

  it("has no package before its body was read to the end", async () => {
    const { body, finish } = transform([new Uint8Array(CHUNK + 1)], seededRandom("early"));
    await body.next();
    expectRefusal(finish, "E_INCOMPLETE", { length: CHUNK });
    await gather(body);
    expect(finish().length).to.equal(CHUNK + 1);
  });

  it("gives the same package with every call", async () => {
    const data = seededRandom("again")(100);
    const { body, finish } = transform([data], seededRandom("again, key"));
    const stored = await gather(body);
    const first = finish();
    expect(finish()).to.deep.equal(first);
    expect(await restored(finish(), stored)).to.deep.equal(data);
  });

  it("has no package of a body that was left before its end", async () => {
    const { body, finish } = transform([new Uint8Array(2 * CHUNK)], seededRandom("left"));
    for await (const chunk of body) if (chunk.length > 0) break;
    expectRefusal(finish, "E_INCOMPLETE", { length: CHUNK });
  });

  it("runs on noble with the same bytes", () => {
    const random = seededRandom("primitives");
    expect([bulk.name, nobleBulk.name]).to.deep.equal(["node", "noble"]);
    for (const length of [0, 1, 16, 100, 5_000]) {
      const [key, data] = [random(32), random(length)];
      for (const block of [0, 1, 4_096, 2 ** 40]) {
        expect(nobleBulk.xorStream(key, block, data)).to.deep.equal(Uint8Array.from(bulk.xorStream(key, block, data)));
      }
      const [ours, theirs] = [nobleBulk, bulk].map(({ sha256 }) => sha256().update(key).update(data).digest());
      expect(ours).to.deep.equal(Uint8Array.from(theirs));
    }
  });
});
