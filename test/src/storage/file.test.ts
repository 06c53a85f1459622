import { expect } from "chai";
import { lstat, mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { utf8 } from "../../../src/bytes";
import { FileStorage } from "../../../src/storage/file";
import { MAX_OBJECT_BYTES } from "../../../src/storage/storage";
import { rejection } from "../../support/errors";

describe("FileStorage", () => {
  let root: string;
  let storage: FileStorage;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "nkms-storage-"));
    storage = new FileStorage(join(root, "objects"));
  });
  afterEach(() => rm(root, { recursive: true }));

  it("keeps an object below the root, in a file of its owner alone", async () => {
    expect(await storage.write("file://docs/a/plan.txt", utf8("hello"))).to.equal("file://docs/a/plan.txt");
    expect(await storage.read("file://docs/a/plan.txt")).to.deep.equal(utf8("hello"));
    const stat = await lstat(join(root, "objects/docs/a/plan.txt"));
    expect(stat.mode & 0o777).to.equal(0o600);
    expect((await lstat(join(root, "objects/docs"))).mode & 0o777).to.equal(0o700);
  });

  it("replaces an object whole and leaves no temporary file", async () => {
    await storage.write("file://plan.txt", utf8("a longer first version"));
    await storage.write("file://plan.txt", utf8("second"));
    expect(await storage.read("file://plan.txt")).to.deep.equal(utf8("second"));
    expect(await readdir(join(root, "objects"))).to.deep.equal(["plan.txt"]);
  });

  it("removes an object, and says nothing about one that is not there", async () => {
    await storage.write("file://plan.txt", utf8("x"));
    await storage.delete("file://plan.txt");
    await storage.delete("file://plan.txt");
    await storage.delete("file://no/such/plan.txt");
    expect(await rejection(storage.read("file://plan.txt"))).to.include({ code: "E_NOT_FOUND" });
  });

  it("says which URI has no object", async () => {
    for (const uri of ["file://none", "file://no/such/file"]) {
      const error = await rejection(storage.read(uri));
      expect(error).to.include({ code: "E_NOT_FOUND" });
      expect(error.data).to.deep.equal({ uri });
    }
  });

  const hostile = [
    "file://", "file:///etc/passwd", "file://../up", "file://a/../../up", "file://a/..", "file://.", "file://a/./b",
    "file://a//b", "file://a/", "file://a\\..\\b", "file://a\0b", "file://a\nb", "file://C:/x", "file://%2e%2e/x",
    "file://a?b", "file://a#b", "file://CON", "file://nul.txt", "file://a.", "file://a ", "file:// a", "file://..",
    "file://" + "x".repeat(201), "file://" + "xxxxxxxxx/".repeat(110) + "x", "file://e\u0301", "plan.txt", "memory://a",
  ]; // prettier-ignore
  it("refuses every URI that is not a plain name below the root", async () => {
    for (const uri of hostile) {
      for (const attempt of [() => storage.read(uri), () => storage.write(uri, utf8("x")), () => storage.delete(uri)]) {
        const error = await rejection(attempt());
        expect(error.code, uri).to.equal("E_BAD_URI");
        expect(error.data).to.deep.equal({ uri });
      }
    }
    expect(await readdir(root)).to.satisfy((names: string[]) => names.every((name) => name === "objects"));
  });

  it("follows no link inside the root", async () => {
    await storage.write("file://docs/plan.txt", utf8("x"));
    await mkdir(join(root, "outside"));
    await writeFile(join(root, "outside/secret"), "secret");
    await symlink(join(root, "outside"), join(root, "objects/link"));
    await symlink(join(root, "outside/secret"), join(root, "objects/leaf"));
    for (const attempt of [
      () => storage.read("file://link/secret"),
      () => storage.read("file://leaf"),
      () => storage.write("file://link/new", utf8("x")),
      () => storage.delete("file://link/secret"),
    ]) {
      expect((await rejection(attempt())).code).to.equal("E_BAD_URI");
    }
    expect(await readdir(join(root, "outside"))).to.deep.equal(["secret"]);
  });

  it("refuses a directory and an object over the limit without reading it", async () => {
    await storage.write("file://docs/plan.txt", utf8("x"));
    expect((await rejection(storage.read("file://docs"))).code).to.equal("E_BAD_URI");
    await truncate(join(root, "objects/docs/plan.txt"), MAX_OBJECT_BYTES + 1);
    const error = await rejection(storage.read("file://docs/plan.txt"));
    expect(error.code).to.equal("E_TOO_LARGE");
    expect(error.data).to.deep.equal({
      uri: "file://docs/plan.txt",
      got: MAX_OBJECT_BYTES + 1,
      limit: MAX_OBJECT_BYTES,
    });
  });
});
