import { expect } from "chai";

import { NkmsError } from "../../src/errors";
import { serial } from "../../src/serial";
import { rejection } from "../support/errors";

describe("serial", () => {
  it("begins each task when the one before has ended, also after one that failed", async () => {
    const inTurn = serial();
    const diary: string[] = [];
    let release = () => {};
    const first = inTurn(async () => {
      diary.push("first begins");
      await new Promise<void>((resolve) => (release = resolve));
      diary.push("first fails");
      throw new NkmsError("E_TEST", "It failed.");
    });
    const second = inTurn(async () => diary.push("second"));
    await new Promise(setImmediate);
    expect(diary).to.deep.equal(["first begins"]);
    release();
    expect((await rejection(first)).code).to.equal("E_TEST");
    expect(await second).to.equal(3);
    expect(diary).to.deep.equal(["first begins", "first fails", "second"]);
  });
});
