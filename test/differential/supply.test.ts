import { expect } from "chai";
import { ethers } from "hardhat";

import { decayFactor, earned, perWeight, remainingAfter, rewardRate } from "../../src/protocol/supply";
import { Random } from "../support/random";

const SEED = 0x5a1eben;
const ROUNDS = 300;

describe("RewardMath and src/protocol/supply", () => {
  const random = new Random(SEED);
  const deploy = () => ethers.deployContract("RewardMath__Harness");

  it(`agree on decay for random reserves, T and k, seed ${SEED}`, async () => {
    const math = await deploy();
    for (let i = 0; i < ROUNDS; ++i) {
      const [remaining, decayPeriods, k] = [random.uint(95), 2n + random.uint(24), random.uint(20)];
      const factor = decayFactor(decayPeriods);
      expect(await math.decayFactor(decayPeriods)).to.equal(factor);
      expect(await math.decay(remaining, factor, k)).to.equal(remainingAfter(remaining, factor, k));
    }
  });

  it(`agree on shares, seed ${SEED}`, async () => {
    const math = await deploy();
    for (let i = 0; i < ROUNDS; ++i) {
      const locked = 1n + random.uint(92);
      const allocated = random.uint(92);
      const weight = random.below(2) ? locked : locked / (1n + random.uint(20));
      const growth = perWeight(allocated, locked);
      expect(await math.perWeight(allocated, locked)).to.equal(growth);
      expect(await math.earned(weight, 0n, growth)).to.equal(earned(weight, growth));
      const up = await math.earnedUp(weight, 0n, growth);
      expect(up - earned(weight, growth)).to.equal((weight * growth) % (1n << 96n) === 0n ? 0n : 1n);
    }
  });

  it("I-E11 mint_decay_accuracy: a power is at most 2 wei from the exact fraction, and never below it", async () => {
    const math = await deploy();
    const reserve = 2_890_000_000n * 10n ** 18n;
    for (const [decayPeriods, k] of [
      [2n, 1n],
      [1_053n, 10n],
      [1_053n, 7_300n],
      [1_053n, 10_000n],
      [16_777_216n, 36_500n],
    ]) {
      const exactUp = (reserve * (decayPeriods - 1n) ** k + decayPeriods ** k - 1n) / decayPeriods ** k;
      const got = await math.decay(reserve, decayFactor(decayPeriods), k);
      expect(got).to.be.within(exactUp, exactUp + 2n);
    }
  });

  it("has the paper's first reward rate, s_0 = R_0 / T", () => {
    const reserve = 1_053n * 10n ** 20n;
    expect(rewardRate(reserve, decayFactor(1_053n))).to.be.within(10n ** 20n - 1n, 10n ** 20n);
  });
});
