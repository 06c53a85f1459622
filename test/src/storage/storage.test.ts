import { expect } from "chai";

import { utf8 } from "../../../src/bytes";
import { MemoryStorage } from "../../../src/storage/memory";
import { Storage } from "../../../src/storage/storage";
import { rejection } from "../../support/errors";

describe("Storage", () => {
  const storage = new Storage([new MemoryStorage()]);

  it("sends a URI to the backend of its scheme", async () => {
    const uri = await storage.write("memory://a", utf8("x"));
    expect(await storage.read(uri)).to.deep.equal(utf8("x"));
    await storage.delete(uri);
    expect(await rejection(storage.read(uri))).to.include({ code: "E_NOT_FOUND" });
  });

  it("refuses a scheme nobody answers for, and says which there are", async () => {
    for (const uri of ["ftp://a", "a", "", "MEMORY://a", "://a"]) {
      const error = await rejection(storage.read(uri));
      expect(error.code).to.equal("E_BAD_URI");
      expect(error.data).to.deep.equal({ uri, known: ["memory://"] });
    }
  });

  it("keeps its own copy of what it was given and of what it gives", async () => {
    const data = utf8("abc");
    await storage.write("memory://b", data);
    data[0] = 0;
    const read = await storage.read("memory://b");
    read[1] = 0;
    expect(await storage.read("memory://b")).to.deep.equal(utf8("abc"));
  });
});
