import { expect } from "chai";
import { mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { hasErrno, removeDurably, writeDurably } from "../../../src/disk/durableFile";

describe("durableFile", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nkms-disk-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("replaces a file whole, for its owner alone, and leaves no draft behind", async () => {
    const path = join(folder, "inner", "file.json");
    await writeDurably(path, "one");
    await writeDurably(path, new TextEncoder().encode("two"));
    expect(await readFile(path, "utf8")).to.equal("two");
    expect([(await stat(path)).mode & 0o777, (await stat(join(folder, "inner"))).mode & 0o777]).to.deep.equal([
      0o600, 0o700,
    ]);
    expect(await readdir(join(folder, "inner"))).to.deep.equal(["file.json"]);
  });

  it("writes an exclusive file once", async () => {
    const path = join(folder, "key");
    await writeDurably(path, "one", { exclusive: true, mode: 0o640 });
    const error: unknown = await writeDurably(path, "two", { exclusive: true }).catch((reason: unknown) => reason);
    expect(hasErrno(error, "EEXIST")).to.equal(true);
    expect([await readFile(path, "utf8"), await readdir(folder)]).to.deep.equal(["one", ["key"]]);
  });

  it("replaces a link instead of writing where it leads", async () => {
    const [outside, path] = [join(folder, "outside"), join(folder, "link")];
    await writeDurably(outside, "kept");
    await symlink(outside, path);
    await writeDurably(path, "new");
    expect([await readFile(outside, "utf8"), await readFile(path, "utf8")]).to.deep.equal(["kept", "new"]);
  });

  it("takes names as long as the file system does", async () => {
    await writeDurably(join(folder, "a".repeat(255)), "long");
    expect(await readdir(folder)).to.deep.equal(["a".repeat(255)]);
  });

  it("removes a file, and one that is not there", async () => {
    const path = join(folder, "file");
    await writeDurably(path, "one");
    await removeDurably(path);
    await removeDurably(path);
    expect(await readdir(folder)).to.deep.equal([]);
  });
});
