import { expect } from "chai";

import { curve } from "../../../tasks/support/curve";

describe("curve", () => {
  it("draws each value in an eighth of the highest", () => {
    expect(curve([0, 1, 2, 3, 4, 5, 6, 7, 8])).to.equal("▁▂▃▄▅▆▇██");
    expect(curve([16, 8, 0.1])).to.equal("█▅▁");
  });

  it("draws nothing high where all is zero", () => {
    expect(curve([0, 0])).to.equal("▁▁");
    expect(curve([])).to.equal("");
  });
});
