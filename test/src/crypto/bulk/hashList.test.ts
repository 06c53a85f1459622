import { expect } from "chai";

import { HashList } from "../../../../src/crypto/bulk/hashList";
import { seededRandom } from "../../../support/seededRandom";

describe("HashList", () => {
  it("keeps every hash while it grows, and has none past the last", () => {
    const random = seededRandom("hashes");
    const hashes = Array.from({ length: 257 }, () => random(32));
    const list = new HashList();
    for (const [index, hash] of hashes.entries()) {
      expect(list.count).to.equal(index);
      expect(list.at(index)).to.equal(undefined);
      list.push(hash);
    }
    expect(list.count).to.equal(257);
    expect(hashes.map((_, index) => list.at(index))).to.deep.equal(hashes);
  });
});
