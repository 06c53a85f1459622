import { ClassicLevel } from "classic-level";
import { expect } from "chai";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { utf8 } from "../../../src/bytes";
import type { RandomSource } from "../../../src/crypto/engine";
import { SealedDatabase, type DatabaseOptions } from "../../../src/node/sealedDatabase";
import { watchedLevel } from "../../support/node/watchedLevel";
import { rejection } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

describe("SealedDatabase", () => {
  const random = seededRandom("sealed database");
  const storeKey = random(32);
  const value = random(100);
  let parent: string;
  let directory: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), "nkms-store-"));
    directory = join(parent, "store");
  });

  afterEach(() => rm(parent, { recursive: true }));

  const open = (changes: Partial<DatabaseOptions> = {}) =>
    SealedDatabase.open({ directory, storeKey, owner: "1/manager/staker", random, ...changes });

  async function written(): Promise<void> {
    const database = await open();
    await database.write([{ name: "a", value }]);
    await database.close();
  }

  /** Works on the files without the key, as somebody else on the machine could. */
  async function tamper(change: (level: ClassicLevel<string, Uint8Array>) => Promise<unknown>): Promise<void> {
    const level = new ClassicLevel<string, Uint8Array>(directory, { valueEncoding: "view" });
    await level.open();
    await change(level);
    await level.close();
  }

  it("refuses a second process or a second opening", async () => {
    const database = await open();
    const refused = await rejection(open());
    expect([refused.code, refused.data]).to.deep.equal(["E_STORE_LOCKED", { directory }]);
    await database.close();
    await (await open()).close();
  });

  it("refuses another key, and opens with the right one afterwards", async () => {
    await written();
    const refused = await rejection(open({ storeKey: random(32) }));
    expect([refused.code, refused.data]).to.deep.equal(["E_WRONG_KEY", { directory }]);
    const database = await open();
    expect(await database.get("a")).to.deep.equal(value);
    await database.close();
  });

  it("refuses the store of another node or network", async () => {
    await written();
    const refused = await rejection(open({ owner: "2/manager/staker" }));
    expect([refused.code, refused.data]).to.deep.equal([
      "E_WRONG_STORE",
      { directory, got: "1/manager/staker", expected: "2/manager/staker" },
    ]);
  });

  it("refuses a folder that others may read, and makes its own private", async () => {
    await written();
    expect((await stat(directory)).mode & 0o777).to.equal(0o700);
    await chmod(directory, 0o750);
    const refused = await rejection(open());
    expect([refused.code, refused.data]).to.deep.equal(["E_STORE_PERMISSIONS", { directory, mode: "0750" }]);
  });

  it("refuses a value with any byte changed, a cut one, and one under another name", async () => {
    await written();
    const sealed: Uint8Array[] = [];
    await tamper(async (level) => sealed.push((await level.get("a"))!));
    const changed = Array.from(sealed[0], (_, at) => sealed[0].map((byte, index) => (index === at ? byte ^ 1 : byte)));
    const cut = [0, 1, 23, 24, 39, sealed[0].length - 1].map((length) => sealed[0].slice(0, length));
    const all = [...changed, ...cut];
    await tamper((level) =>
      level.batch([
        ...all.map((bad, index) => ({ type: "put" as const, key: `bad/${index}`, value: bad })),
        { type: "put", key: "b", value: sealed[0] },
      ]),
    );
    const database = await open();
    for (let index = 0; index < all.length; index++) await refuses(`bad/${index}`);
    await refuses("b");
    expect(await database.get("a")).to.deep.equal(value);
    await database.close();

    async function refuses(entry: string): Promise<void> {
      const refused = await rejection(database.get(entry));
      expect([refused.code, refused.data]).to.deep.equal(["E_STORE_CORRUPT", { directory, entry }]);
    }
  });

  it("refuses a store whose owner entry was taken away", async () => {
    await written();
    await tamper((level) => level.del("store/owner"));
    const refused = await rejection(open());
    expect([refused.code, refused.data]).to.deep.equal(["E_STORE_CORRUPT", { directory, entry: "store/owner" }]);
  });

  it("refuses damaged files of the database", async () => {
    await written();
    const manifest = (await readdir(directory)).find((file) => file.startsWith("MANIFEST"))!;
    const content = await readFile(join(directory, manifest));
    await writeFile(
      join(directory, manifest),
      content.map((byte, index) => (index < 20 ? byte ^ 0xff : byte)),
    );
    const refused = await rejection(open());
    expect([refused.code, refused.data]).to.deep.equal(["E_STORE_CORRUPT", { directory, entry: "database" }]);
  });

  it("never seals two values alike, and shows neither values nor keys in its files", async () => {
    const database = await open();
    await database.write([
      { name: "a", value },
      { name: "b", value },
    ]);
    await database.close();
    const files = await Promise.all((await readdir(directory)).map((file) => readFile(join(directory, file))));
    const all = Buffer.concat(files);
    for (const secret of [value, value.subarray(0, 16), storeKey, utf8("manager/staker")]) {
      expect(all.includes(Buffer.from(secret))).to.equal(false);
    }
  });

  it("is on the disk when a write or an erasure resolves, and says so of no other write", async () => {
    const diary: string[] = [];
    const database = await open({ level: watchedLevel(diary) });
    expect(diary).to.deep.equal(["batch synced"]);
    const steps: [() => Promise<void>, string[]][] = [
      [() => database.write([{ name: "a", value }]), ["batch synced"]],
      [() => database.write([{ name: "a" }]), ["batch synced"]],
      [() => database.erase("a"), ["del synced", "del synced"]],
      [() => database.writeSoon([{ name: "b", value }]), ["batch"]],
    ];
    for (const [step, done] of steps) {
      diary.length = 0;
      await step();
      diary.push("resolved");
      expect(diary).to.deep.equal([...done, "resolved"]);
    }
    await database.close();
  });

  it("makes all changes of a write or none, in the order of names", async () => {
    const database = await open();
    await database.write([
      { name: "x/2", value: utf8("two") },
      { name: "x/1", value: utf8("one") },
      { name: "y", value: utf8("other") },
    ]);
    await database.write([{ name: "x/1" }, { name: "x/3", value: utf8("three") }]);
    const found: [string, string][] = [];
    for await (const [name, entry] of database.entries("x/")) found.push([name, new TextDecoder().decode(entry)]);
    expect(found).to.deep.equal([
      ["x/2", "two"],
      ["x/3", "three"],
    ]);
    expect(await database.names("x/2", "x/3")).to.deep.equal(["x/2"]);
    expect(await database.get("x/1")).to.equal(undefined);
    await database.close();
  });

  for (const reopened of [false, true]) {
    it(`erases a value from its files, ${reopened ? "sunk to older ones" : "fresh from memory"}`, async () => {
      let nonce = new Uint8Array();
      const noted: RandomSource = (length) => (nonce = Uint8Array.from(random(length)));
      let database = await open({ random: noted });
      for (let index = 0; index < 50; index++) await database.writeSoon([{ name: `k/${index}`, value: random(300) }]);
      await database.write([{ name: "k/25x", value }]);
      const sealedBegin = Buffer.from(nonce);
      if (reopened) {
        await database.close();
        database = await open();
      }
      expect(await filesWith(sealedBegin)).to.equal(1);
      await database.erase("k/25x");
      expect(await filesWith(sealedBegin)).to.equal(0);
      expect(await database.get("k/25x")).to.equal(undefined);
      expect(await database.get("k/25")).to.have.length(300);
      await database.close();
    });
  }

  /** How many files hold these bytes. */
  async function filesWith(bytes: Buffer): Promise<number> {
    const files = await Promise.all((await readdir(directory)).map((file) => readFile(join(directory, file))));
    return files.filter((content) => content.includes(bytes)).length;
  }
});
