import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { observe, type Observed } from "../../../scripts/engines/observe";
import { allEngines, markdownTable } from "../../../scripts/engines/table";
import { seededRandom } from "../../support/seededRandom";

describe("engine properties", () => {
  const engines = allEngines();
  const seen: Observed[] = [];

  for (const engine of engines) {
    it(`of ${engine.properties.name} are what running it shows`, () => {
      const observed = observe(engine, seededRandom(`properties of ${engine.properties.name}`));
      seen.push(observed);
      const { onChainVerifiable, ...declared } = engine.properties;
      expect(onChainVerifiable).to.equal(true);
      expect(observed).to.deep.include(declared);
      expect(observed.failures).to.equal(0);
      expect(observed.capsuleBytes).to.equal(engine.capsuleLength);
    });
  }

  it("of four engines differ in what the paper says (II.B)", () => {
    const by = (property: keyof Observed) => Object.fromEntries(seen.map((one) => [one.name, one[property]]));
    expect(by("interactive")).to.deep.equal({ umbral: false, ecies: false, bbs98: true, afgh: false });
    expect(by("unidirectional")).to.deep.equal({ umbral: true, ecies: true, bbs98: false, afgh: true });
    expect(by("collusionResistant")).to.deep.equal({ umbral: false, ecies: false, bbs98: false, afgh: true });
    expect(by("maxHops")).to.deep.equal({ umbral: 1, ecies: 1, bbs98: 32, afgh: 1 });
    expect(by("deterministic")).to.deep.equal({ umbral: false, ecies: true, bbs98: true, afgh: true });
  });

  it("stand in docs/engines.md as found", () => {
    const page = readFileSync(join(__dirname, "../../../docs/engines.md"), "utf8");
    const cells = (text: string) => text.replace(/-{3,}/g, "---").replace(/ +/g, " ");
    expect(cells(page)).to.include(cells(markdownTable(seen)));
  });
});
