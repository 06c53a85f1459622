import { expect } from "chai";
import { ethers } from "hardhat";

import { type SelectionLeaf, select } from "../../src/protocol/selection";
import { Random } from "../support/random";
import { FEDERATED, MAX_SUPPLY, NOBODY, deployStaking, enterPeriod } from "../support/staking";
import { makeActors } from "../support/stakingActors";
import { StakingModel } from "../support/stakingModel";

const SEED = 0x11e5n;
const LENGTH = 1_000n;
const NODES = 12;
const UNIT_NKMS = 10n ** 18n;
const PARAMETERS = { ...FEDERATED, periodLength: LENGTH, minLockPeriods: 1n, unbondingPeriods: 2n };
const random = new Random(SEED);

function word(): bigint {
  return (random.next() << 192n) | (random.next() << 128n) | (random.next() << 64n) | random.next();
}

/** Twelve nodes with stakes from the minimum to a hundredfold; four wind down, with locks of 3 and 60 periods. */
async function populate() {
  const system = await deployStaking(PARAMETERS);
  const period = await system.escrow.currentPeriod();
  const model = new StakingModel({ ...PARAMETERS, maxSupply: MAX_SUPPLY } as never, 0n, period);
  const actors = await makeActors(NODES, system, model);
  for (const [i, { signer }] of actors.entries()) {
    const amount = 15_000n * UNIT_NKMS * (1n + random.below(i === 0 ? 1 : 100));
    await system.escrow.connect(signer).create(amount, i % 2 ? 3 : 60);
  }
  await enterPeriod(LENGTH, (await system.escrow.currentPeriod()) + 1n, 1n);
  for (const { signer } of actors.slice(0, 4)) await system.escrow.connect(signer).startWindDown(0);
  return system;
}

type System = Awaited<ReturnType<typeof populate>>;

async function leavesOf({ escrow }: System, until: bigint): Promise<SelectionLeaf[]> {
  const leaves: SelectionLeaf[] = [];
  for (let i = 0n; i < (await escrow.leafCount()); ++i) {
    const { node, units } = await escrow.leafAt(i);
    leaves.push({ node, units, drawable: await escrow.drawableUnits(node, until) });
  }
  return leaves;
}

describe("StakingEscrow.sample and src/protocol/selection", () => {
  let system: System;
  let now: bigint;

  before(async () => {
    system = await populate();
    now = (await system.escrow.currentPeriod()) * LENGTH;
  });

  it(`draw the same nodes from the same random numbers, seed ${SEED}`, async () => {
    for (let i = 0; i < 60; ++i) {
      const until = now + random.below(30) * LENGTH;
      const leaves = await leavesOf(system, until);
      const possible = leaves.filter(({ drawable }) => drawable > 0n).length;
      const count = Number(random.below(Math.min(possible, 4) + 1));
      const randoms = Array.from({ length: 400 }, word);
      const drawn = await system.escrow.sample(count, randoms, until);
      expect([...drawn]).to.deep.equal(select(leaves, count, randoms));
    }
  });

  it("draw nobody whose lock ends too early, and drop repeats", async () => {
    const until = now + 40n * LENGTH;
    const randoms = Array.from({ length: 600 }, word);
    const drawn = await system.escrow.sample(6, randoms, until);
    expect(new Set(drawn).size).to.equal(6);
    for (const node of drawn) expect(await system.escrow.lockedUntil(node)).to.be.at.least(until);
  });

  it("fail alike when the numbers run out", async () => {
    const leaves = await leavesOf(system, now);
    const randoms = [0n, 0n, 1n];
    await expect(system.escrow.sample(2, randoms, now))
      .to.be.revertedWithCustomError(system.escrow, "RandomsExhausted")
      .withArgs(1, 2);
    expect(() => select(leaves, 2, randoms))
      .to.throw()
      .with.property("code", "E_RANDOMS_EXHAUSTED");
    expect(() => select([], 1, randoms))
      .to.throw()
      .with.property("code", "E_STAKE_LINE_EMPTY");
  });

  it("draw in proportion to stake (eq 26): chi-square over 20,000 single draws", async () => {
    const leaves = await leavesOf(system, now);
    const draws = 20_000;
    const hits = new Map<string, number>();
    for (let i = 0; i < draws; ++i) {
      const [node] = select(leaves, 1, Array.from({ length: 8 }, word));
      hits.set(node, (hits.get(node) ?? 0) + 1);
    }
    const total = Number(leaves.reduce((sum, { drawable }) => sum + drawable, 0n));
    const chi = leaves.reduce((sum, { node, drawable }) => {
      const expected = (draws * Number(drawable)) / total;
      return sum + ((hits.get(node) ?? 0) - expected) ** 2 / expected;
    }, 0);
    expect(chi, "11 degrees of freedom, 99.99% quantile").to.be.below(37.4);
  });

  it("refuse an empty line", async () => {
    const { escrow } = await deployStaking(PARAMETERS);
    await expect(escrow.sample(1, [1], 0))
      .to.be.revertedWithCustomError(escrow, "StakeLineEmpty")
      .withArgs();
    expect(await escrow.drawableUnits(NOBODY, 0)).to.equal(0n);
    expect(await escrow.isActive(ethers.ZeroAddress)).to.equal(false);
  });
});
