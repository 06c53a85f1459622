import { expect } from "chai";

import { inBatches } from "../../src/batches";

describe("inBatches", () => {
  it("keeps the order, and no more at once than it may", async () => {
    let running = 0;
    let most = 0;
    const results = await inBatches([5, 4, 3, 2, 1, 0, 7], 3, async (item) => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      --running;
      return 2 * item;
    });
    expect(results).to.deep.equal([10, 8, 6, 4, 2, 0, 14]);
    expect([most, running]).to.deep.equal([3, 0]);
  });

  it("fails with the task that fails, and begins no further batch", async () => {
    const begun: number[] = [];
    const failure = new TypeError("no");
    const run = inBatches([1, 2, 3, 4], 2, async (item) => {
      begun.push(item);
      if (item === 2) throw failure;
    });
    expect(await run.catch((error: unknown) => error)).to.equal(failure);
    expect(begun).to.deep.equal([1, 2]);
  });

  it("does nothing for nothing", async () => {
    expect(await inBatches([], 3, () => Promise.reject(new TypeError("never")))).to.deep.equal([]);
  });
});
