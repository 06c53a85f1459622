import { expect } from "chai";

import { be32 } from "../../../../src/bytes";
import { remembering } from "../../../../src/crypto/afgh/remember";
import { requireLength } from "../../../../src/crypto/encoding";
import { expectRefusal } from "../../../support/crypto";

describe("remembering", () => {
  const counting = () => {
    const read: string[] = [];
    const reader = remembering((field, bytes) => {
      requireLength(field, bytes, 4);
      read.push(bytes.join());
      return { bytes };
    });
    return { read, reader };
  };

  it("reads a good value once", () => {
    const { read, reader } = counting();
    expect(reader("first", be32(7))).to.equal(reader("second", be32(7)));
    expect(read).to.deep.equal(["0,0,0,7"]);
  });

  it("reads a bad value every time, and names its field", () => {
    const { reader } = counting();
    reader("good", be32(7));
    for (const field of ["first", "second"]) {
      expectRefusal(() => reader(field, new Uint8Array(3)), "E_BAD_ENCODING", { field, got: 3, expected: 4 });
      const none = undefined as unknown as Uint8Array;
      expectRefusal(() => reader(field, none), "E_BAD_ENCODING", { field, got: "undefined", expected: 4 });
    }
  });

  it("forgets, so that strangers cannot fill the memory", () => {
    const { read, reader } = counting();
    for (let value = 0; value <= 64; value++) reader("field", be32(value));
    expect(read.length).to.equal(65);
    reader("field", be32(64));
    expect(read.length).to.equal(65);
    reader("field", be32(0));
    expect(read.length).to.equal(66);
  });
});
