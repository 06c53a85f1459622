import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { Random } from "../support/random";
import {
  FEDERATED,
  INITIAL_SUPPLY,
  MAX_SUPPLY,
  NOBODY,
  REFERENCE,
  deployStaking,
  enterPeriod,
} from "../support/staking";
import { StakingActors, makeActors } from "../support/stakingActors";
import { StakingModel } from "../support/stakingModel";

const LENGTH = 1_000n;
const ACTORS = 30;
const PERIODS = Number(process.env.NKMS_MODEL_PERIODS ?? 60);
const ACTIONS_PER_PERIOD = 6;
const SEED = BigInt(process.env.NKMS_SEED ?? "0x57a4e");
const SHORT = {
  periodLength: LENGTH,
  decayPeriods: 200n,
  minLockPeriods: 1n,
  maxLockPeriods: 200n,
  unbondingPeriods: 5n,
};

/**
 * Ends of locks are multiples of 7 periods, epochs of `vestPeriods`: starting on a common multiple makes a seed's run the same
 * whatever the clock says, and leaves the setup a whole period.
 */
async function alignPeriods(): Promise<void> {
  const cycle = 7n * BigInt(REFERENCE.vestPeriods);
  const now = BigInt(await time.latest()) / LENGTH;
  await enterPeriod(LENGTH, (now / cycle + 1n) * cycle);
}

async function start(checked: boolean, seed: bigint) {
  const [, policyManager, healthCheck, slasher] = await ethers.getSigners();
  await alignPeriods();
  const parameters = { ...(checked ? REFERENCE : FEDERATED), ...SHORT };
  const system = await deployStaking(parameters, {
    policyManager: policyManager.address,
    healthCheck: checked ? healthCheck.address : NOBODY,
    slashers: [slasher.address],
  });
  const model = new StakingModel(
    {
      decayPeriods: SHORT.decayPeriods,
      minDeposit: BigInt(parameters.minDeposit),
      unbondingPeriods: SHORT.unbondingPeriods,
      checkShareBps: BigInt(parameters.checkShareBps),
      vestPeriods: BigInt(parameters.vestPeriods),
      maxSupply: MAX_SUPPLY,
    },
    INITIAL_SUPPLY,
    await system.escrow.currentPeriod(),
  );
  const actors = await makeActors(ACTORS, system, model);
  const roles = { policyManager, healthCheck: checked ? healthCheck : undefined, slasher };
  return new StakingActors(system, model, new Random(seed), actors, roles, LENGTH);
}

/** Compares every amount that anybody can see; the block read from is in the model's period. */
async function compare(run: StakingActors): Promise<void> {
  const { model, actors, system } = run;
  const { escrow, token, line } = system;
  const overrides = { blockTag: "latest" };
  expect(await escrow.currentPeriod()).to.equal(model.period);
  expect(await escrow.totalLocked(), "D").to.equal(model.totalLocked());
  expect(await escrow.remainingSupply(), "R").to.equal(model.remainingSupply());
  expect(await escrow.rewardRate(), "s").to.equal(model.rewardRate());
  expect(await escrow.activeNodesAt(model.period), "N").to.equal(model.activeNodes());
  expect(await escrow.checkPot(), "pot").to.equal(model.checkPot());
  let deposits = 0n;
  let units = 0n;
  for (const { address, staker } of actors) {
    expect(await escrow.claimable(address, overrides), `claimable of ${address}`).to.equal(model.claimable(staker));
    if (run.roles.healthCheck)
      expect(await escrow.provisional(address), `provisional of ${address}`).to.equal(model.provisional(staker));
    expect(await escrow.lockedAt(address, model.period)).to.equal(model.weightNow(staker));
    expect(await escrow.lockedAt(address, model.period + 1n)).to.equal(model.weightNext(staker));
    expect(await escrow.isActive(address)).to.equal(!staker.suspended && model.weightNow(staker) > 0n);
    deposits += staker.deposit;
  }
  const unit = await escrow.unit();
  for (let leaf = 0n; leaf < (await line.leafCount()); ++leaf) {
    const { node, units: width } = await line.leafAt(leaf);
    units += width;
    expect(await escrow.drawableUnits(node, 0n), "I-E2: leaf is an upper bound").to.be.at.most(width);
    if (node !== NOBODY) expect(width).to.be.at.least(model.weightNext(model.staker(node)) / unit);
  }
  expect(await line.totalUnits(), "I-E2 deposit_sum").to.equal(units);
  expect(await token.balanceOf(escrow), "I-E1 escrow_solvency").to.be.at.least(deposits);
  expect(await token.totalSupply(), "I-T2 supply_cap").to.be.at.most(MAX_SUPPLY - model.remainingSupply());
}

describe("StakingEscrow against the naive model", function () {
  this.timeout(600_000);

  for (const checked of [false, true]) {
    it(`agrees to the wei ${checked ? "with vesting and suspensions" : "without a health check"}, seed ${SEED}`, async () => {
      const run = await start(checked, SEED);
      for (let i = 0; i < PERIODS; ++i) {
        run.enter(run.random.below(12) === 0n ? 1n + run.random.below(40) : 1n + run.random.below(2));
        for (let j = 0; j < ACTIONS_PER_PERIOD; ++j) await run.act();
        await compare(run);
      }
      const missing = ["create", "increase", "withdraw", "merge", "divide", "claimAndRestake", "slash", "stopWindDown"];
      expect(
        missing.filter((name) => !run.taken.has(name)),
        "actions never taken",
      ).to.deep.equal([]);
    });
  }
});
