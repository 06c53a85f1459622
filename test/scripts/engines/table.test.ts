import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { coreSvpBits } from "../../../scripts/engines/coreSvp";
import { precompile } from "../../../scripts/engines/inProcessChain";
import { latticeTable } from "../../../scripts/engines/latticeTable";
import { observe, type Observed, ROUNDS } from "../../../scripts/engines/observe";
import { allEngines, markdownTable } from "../../../scripts/engines/table";
import type { Engine } from "../../../src/crypto/engine";
import { noblePairing } from "../../../src/crypto/pairingNoble";
import { pairings } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

/** Under NKMS_DEEP as the page was made: as many rounds, and pairings by noble. */
const ROUNDS_HERE = process.env.NKMS_DEEP ? ROUNDS : 4;

describe(`engine properties, ${ROUNDS_HERE} rounds`, () => {
  let engines: Engine[];
  const seen: Observed[] = [];

  before(async () => {
    engines = allEngines(process.env.NKMS_DEEP ? noblePairing : (await pairings()).at(-1));
  });

  allEngines().forEach(({ properties: { name } }, index) => {
    it(`of ${name} are what running it shows`, async () => {
      const engine = engines[index];
      const observed = await observe(engine, seededRandom(`properties of ${name}`), precompile, ROUNDS_HERE);
      seen.push(observed);
      const { maxAnswers, ...declared } = engine.properties;
      expect(Number.isFinite(maxAnswers)).to.equal(observed.chosenAnswers !== undefined);
      expect(maxAnswers === 0).to.equal(observed.honestAnswers !== undefined);
      expect(observed).to.deep.include(declared);
      expect(observed.failures).to.equal(0);
      expect(observed.capsuleBytes).to.equal(engine.capsuleLength);
    });
  });

  it("of all engines differ in what the paper says (II.B), where it holds", () => {
    const by = (property: keyof Observed) => Object.fromEntries(seen.map((one) => [one.name, one[property]]));
    const lattices = (lwe: unknown, ntru: unknown) => ({
      ...{ "lwe-1024": lwe, "lwe-2048": lwe, "ntru-1087": ntru, "ntru-1499": ntru },
    });
    const interactive = { umbral: false, ecies: false, bbs98: true, afgh: false, ...lattices(false, true) };
    expect(by("interactive")).to.deep.equal(interactive);
    const unidirectional = { umbral: true, ecies: true, bbs98: false, afgh: true, ...lattices(true, false) };
    expect(by("unidirectional")).to.deep.equal(unidirectional);
    const resistant = { umbral: false, ecies: false, bbs98: false, afgh: true, ...lattices(false, false) };
    expect(by("collusionResistant")).to.deep.equal(resistant);
    const readers = { umbral: true, ecies: true, bbs98: true, afgh: true, ...lattices(true, true) };
    expect(by("colludersRead")).to.deep.equal(readers);
    const chosen = { "lwe-1024": 4, "lwe-2048": 8, "ntru-1087": 2, "ntru-1499": 2 };
    const none = { umbral: undefined, ecies: undefined, bbs98: undefined, afgh: undefined };
    expect(by("chosenAnswers")).to.deep.equal({ ...none, ...chosen });
    const hops = { "lwe-1024": 6, "lwe-2048": 255, "ntru-1087": 1, "ntru-1499": 3 };
    expect(by("maxHops")).to.deep.equal({ umbral: 1, ecies: 1, bbs98: 32, afgh: 1, ...hops });
    const deterministic = { umbral: false, ecies: true, bbs98: true, afgh: true, ...lattices(true, true) };
    expect(by("deterministic")).to.deep.equal(deterministic);
  });

  it("come with an estimate of strength that agrees with the published ones for Kyber (118, 182, 256)", () => {
    const kyber = [
      [512, 1.5],
      [768, 1],
      [1024, 1],
    ].map(([dimension, variance]) => {
      const width = Math.sqrt(variance);
      return coreSvpBits({ dimension, log2Modulus: Math.log2(3329), error: width, secret: width });
    });
    [118, 182, 256].forEach((published, index) => expect(kyber[index]).to.be.closeTo(published, 1));
  });

  it("stand in docs/engines.md as found", () => {
    const page = readFileSync(join(__dirname, "../../../docs/engines.md"), "utf8");
    const cells = (text: string) => text.replace(/-{3,}/g, "---").replace(/ +/g, " ");
    expect(cells(page)).to.include(cells(markdownTable(seen)));
    expect(cells(page)).to.include(cells(latticeTable()));
  });
});
