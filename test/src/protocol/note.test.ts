import { expect } from "chai";

import { MAX_NOTED_PATH_BYTES, openNote, sealNote } from "../../../src/protocol/note";
import { MAX_NOTE_BYTES } from "../../../src/protocol/policy";
import { seededRandom } from "../../support/seededRandom";

describe("note", () => {
  const random = seededRandom("note");
  const key = random(32);
  const path = "file://docs/plan.txt";

  it("gives the path back to its owner", () => {
    expect(openNote(key, sealNote(key, path, random))).to.equal(path);
  });

  it("holds paths up to 56 bytes in at most 96, longer ones not at all", () => {
    expect(MAX_NOTED_PATH_BYTES).to.equal(56);
    const longest = "file://" + "ü".repeat(24) + "x";
    const note = sealNote(key, longest, random);
    expect(note).to.have.length(MAX_NOTE_BYTES);
    expect(openNote(key, note)).to.equal(longest);
    expect(sealNote(key, longest + "x", random)).to.have.length(0);
  });

  it("differs each time", () => {
    expect(sealNote(key, path, random)).to.not.deep.equal(sealNote(key, path, random));
  });

  it("tells nothing to another key, and nothing if any bit was changed", () => {
    const note = sealNote(key, path, random);
    expect(openNote(random(32), note)).to.equal(undefined);
    for (let bit = 0; bit < 8 * note.length; bit++) {
      const changed = Uint8Array.from(note);
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(openNote(key, changed), `bit ${bit}`).to.equal(undefined);
    }
    for (let length = 0; length < note.length; length++)
      expect(openNote(key, note.slice(0, length))).to.equal(undefined);
  });
});
