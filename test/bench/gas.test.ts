import { expect } from "chai";

import { measureGas } from "../../bench/gas/measure";
import committed from "../../bench/gas.json";

const TOLERANCE = 0.05;

describe("bench/gas.json", function () {
  this.timeout(120_000);

  it("holds every figure within 5%: `npm run bench:gas -- --write` stores new ones", async () => {
    const measured = await measureGas();
    const recorded: Record<string, number> = committed;
    expect(Object.keys(measured).sort()).to.deep.equal(Object.keys(recorded).sort());
    const moved = Object.entries(measured).filter(
      ([name, gas]) => Math.abs(gas - recorded[name]) > TOLERANCE * recorded[name],
    );
    expect(moved.map(([name, gas]) => `${name}: ${recorded[name]} -> ${gas}`)).to.deep.equal([]);
  });
});
