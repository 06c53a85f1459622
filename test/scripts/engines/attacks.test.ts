import { expect } from "chai";

import { eciesAttacks, umbralAttacks } from "../../../scripts/engines/curveAttacks";
import { precompile } from "../../../scripts/engines/inProcessChain";
import { contractChecks } from "../../../scripts/engines/onChain";
import { keysOfEqualNonces } from "../../../scripts/engines/proofs";
import { ecies } from "../../../src/crypto/ecies";
import type { Engine, RandomSource } from "../../../src/crypto/engine";
import { umbral } from "../../../src/crypto/umbral";
import { allEngines } from "../../../scripts/engines/table";
import { flipBit, makeScope } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

describe("attacks of the property table", () => {
  const random = seededRandom("attacks");

  /** What a recipient gets of a node whose engine draws from `nodeRandom`, and the owner's secret key. */
  function alone(engine: Engine, attacks: ReturnType<typeof umbralAttacks>, nodeRandom: RandomSource) {
    const { owner, recipient, split } = makeScope(engine, random);
    const [{ kfrag, commitment }] = split(1, 1);
    const sight = { engine, commitment, ownerPublicKey: owner.publicKey, recipient, random };
    const got = attacks.choose(sight, (capsule) => engine.reencrypt(kfrag, capsule, nodeRandom));
    return { got, secret: owner.secretKey };
  }

  it("give a recipient the owner's secret where an umbral node repeats its nonce", () => {
    const stuck = random(32);
    const { got, secret } = alone(umbral(), umbralAttacks(random(33)), () => stuck);
    expect(got).to.deep.include(secret);
  });

  it("try keys of their own and find none where nonces are fresh or derived", () => {
    for (const { got, secret } of [
      alone(umbral(), umbralAttacks(random(33)), random),
      alone(ecies(), eciesAttacks(random(33)), random),
    ]) {
      expect(got).to.have.length.of.at.least(2);
      expect(got).to.not.deep.include(secret);
    }
  });

  it("divide what proofs of one nonce differ by: 17 + 5*3, 17 + 9*3", () => {
    const field = { sub: (a: bigint, b: bigint) => a - b, div: (a: bigint, b: bigint) => a / b };
    const proofs = [5n, 9n, 9n].map((h) => ({ z: 17n + 3n * h, h }));
    expect(keysOfEqualNonces(field, proofs)).to.deep.equal([3n, 3n]);
  });
});

describe("what a contract finds of an answer", () => {
  for (const engine of allEngines().filter(({ properties }) => properties.onChainVerifiable)) {
    const { name } = engine.properties;

    it(`of ${name} is right for the share, the capsule and the proof alone`, async () => {
      const random = seededRandom(`contract ${name}`);
      const scope = makeScope(engine, random);
      const [{ kfrag, commitment }, other] = scope.split(1, 2);
      const claim = { cfrag: engine.reencrypt(kfrag, scope.capsule, random), ...scope, ...scope.keys, commitment };
      const check = (changed: Partial<typeof claim>) => contractChecks[name](precompile, { ...claim, ...changed });
      expect(await check({})).to.equal(true);
      expect(await check({ capsule: engine.encapsulate(scope.owner.publicKey, random).capsule })).to.equal(false);
      const wrongPoint = { ...other.commitment, point: random(20) };
      expect(await check({ commitment: wrongPoint })).to.equal(false);
      const lastOfProof = { umbral: 295, ecies: 164, bbs98: 164, afgh: 256 }[name]!;
      expect(await check({ cfrag: flipBit(claim.cfrag, 8 * (lastOfProof - 1)) })).to.equal(false);
    });
  }
});
