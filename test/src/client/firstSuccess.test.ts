import { expect } from "chai";

import { type Attempt, firstSuccess } from "../../../src/client/firstSuccess";
import { NkmsError } from "../../../src/errors";
import { rejection } from "../../support/errors";

describe("firstSuccess", () => {
  const never: Attempt<string> = (signal) =>
    new Promise((_, reject) => {
      const letGo = () => reject(new Error("let go"));
      if (signal.aborted) letGo();
      else signal.addEventListener("abort", letGo);
    });

  it("starts no second attempt while the first may have the field for itself", async () => {
    let started = 0;
    const quick: Attempt<string> = async () => `${++started}`;
    expect(await firstSuccess([quick, quick], { delayMs: 60_000 })).to.deep.equal({ result: "1" });
    expect(started).to.equal(1);
  });

  it("starts the next at once where one fails, and beside one that takes long", async () => {
    const fails: Attempt<string> = () => Promise.reject(new Error("no"));
    const works: Attempt<string> = async () => "yes";
    expect(await firstSuccess([fails, works], { delayMs: 60_000 })).to.deep.equal({ result: "yes" });
    expect(await firstSuccess([never, never, works], { delayMs: 1 })).to.deep.equal({ result: "yes" });
  });

  it("gives every error, in the order of the attempts", async () => {
    const [first, second] = [new Error("first"), new Error("second")];
    let failFirst: () => void = () => undefined;
    const slow: Attempt<string> = () => new Promise((_, reject) => (failFirst = () => reject(first)));
    const quick: Attempt<string> = () => {
      failFirst();
      return Promise.reject(second);
    };
    expect(await firstSuccess([slow, quick], { delayMs: 1 })).to.deep.equal({ errors: [first, second] });
    expect(await firstSuccess([], { delayMs: 1 })).to.deep.equal({ errors: [] });
  });

  it("ends with the caller's reason", async () => {
    const controller = new AbortController();
    const reason = new NkmsError("E_ABORTED", "Enough.");
    const attempts: Attempt<string>[] = [
      (signal) => {
        controller.abort(reason);
        return never(signal);
      },
    ];
    expect(await rejection(firstSuccess(attempts, { delayMs: 60_000, signal: controller.signal }))).to.equal(reason);
  });
});
