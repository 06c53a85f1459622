import { expect } from "chai";

import { measureScale } from "../../bench/scale/measure";
import { plot } from "../../bench/scale/plot";
import committed from "../../bench/scale.json";

describe("bench/scale", () => {
  it("holds that no operation grows faster than the logarithm of the number of nodes", () => {
    const { nodes, ...operations } = committed;
    const decades = nodes.map((size) => Math.log10(size / nodes[0]));
    expect(decades.at(-1)).to.equal(3);
    for (const [name, gas] of Object.entries(operations)) {
      for (const [i, decade] of decades.entries()) expect(gas[i], name).to.be.at.most(gas[0] + 8_000 * decade);
    }
  });

  it("is what the contracts cost now, at the smallest size", async () => {
    const { nodes, ...operations } = committed;
    const measured = await measureScale(nodes.slice(0, 1));
    expect(Object.keys(measured)).to.deep.equal(Object.keys(operations));
    for (const [name, [gas]] of Object.entries(operations)) {
      expect(measured[name][0], `${name}: npm run bench:scale -- --write`).to.be.closeTo(gas, 100);
    }
  });

  it("plots each curve from its first to its last point, higher gas higher up", () => {
    const svg = plot([100, 10_000], { flat: [50_000, 50_000], rising: [0, 100_000] });
    const points = [...svg.matchAll(/points="([^"]+)"/g)].map(([, list]) =>
      list.split(" ").map((point) => point.split(",").map(Number)),
    );
    const [flat, rising] = points;
    expect(points).to.have.length(2);
    expect(flat[0][1]).to.equal(flat[1][1]);
    expect(rising[0][1]).to.be.above(flat[0][1]);
    expect(rising[1][1]).to.be.below(flat[1][1]);
    expect(flat.map(([x]) => x)).to.deep.equal(rising.map(([x]) => x));
    expect(flat[0][0]).to.be.below(flat[1][0]);
    for (const name of ["flat", "rising", "100", "10,000"]) expect(svg).to.include(`>${name}</text>`);
  });
});
