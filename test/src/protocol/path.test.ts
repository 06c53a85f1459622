import { expect } from "chai";
import { id, keccak256 } from "ethers";

import { toHex } from "../../../src/bytes";
import { canonicalPath, keyId, pathId } from "../../../src/protocol/path";
import { thrown } from "../../support/errors";

describe("path", () => {
  it("takes a URI in its one spelling as it is", () => {
    for (const path of [
      "file://docs/plan.txt",
      "ipfs://QmTkzDw/to_the_moon.avi",
      "memory://a b",
      "s3+x.y-z://b/Ü.txt",
    ]) {
      expect(canonicalPath(path)).to.equal(path);
    }
  });

  it("refuses every other spelling rather than repairing it", () => {
    const refused = [
      "", "plan.txt", "/etc/passwd", "file:", "file:/a", "file://", "file:///a", "FILE://a", "file://a/", "file://a//b",
      "file://./a", "file://a/../b", "file://..", "1x://a", "file://a\u0000", "file://a\nb", "file://a\u200bb",
      "file://a\u202eb", "file://u\u0308", "file://\ud800", "file://" + "x".repeat(1018),
    ]; // prettier-ignore
    for (const uri of refused) {
      const error = thrown(() => canonicalPath(uri));
      expect(error.code, JSON.stringify(uri)).to.equal("E_BAD_PATH");
      expect(error.data).to.deep.equal({ uri });
    }
    expect(canonicalPath("file://" + "x".repeat(1017))).to.have.length(1024);
  });

  it("names a path and a key by keccak256", () => {
    expect(toHex(pathId("file://docs/ü.txt"))).to.equal(id("file://docs/ü.txt"));
    const key = Uint8Array.of(2, ...new Uint8Array(32).fill(9));
    expect(toHex(keyId(key))).to.equal(keccak256(key));
  });
});
