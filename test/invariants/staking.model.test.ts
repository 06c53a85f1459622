import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { randomBytes } from "node:crypto";
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
import { ALLOWANCE, StakingActors, makeActors } from "../support/stakingActors";
import { ToldEscrow } from "../support/stakingEvents";
import { type ModelStaker, StakingModel } from "../support/stakingModel";

const LENGTH = 1_000n;
const ACTORS = 30;
const PERIODS = 50;
const ACTIONS_PER_PERIOD = 6;
const DEEP_RUNS = 20;
/** In the default run one actor in so many is asked after each period, in turn, and all after the last; under NKMS_DEEP all always. */
const TURNS = process.env.NKMS_DEEP || process.env.NKMS_SEED ? 1 : 10;
const SHORT = {
  periodLength: LENGTH,
  decayPeriods: 200n,
  minLockPeriods: 1n,
  maxLockPeriods: 200n,
  unbondingPeriods: 5n,
};

/** NKMS_SEED replays one run; NKMS_DEEP adds runs with seeds of the day, which their titles print. */
function seeds(checked: boolean): bigint[] {
  if (process.env.NKMS_SEED) return [BigInt(process.env.NKMS_SEED)];
  if (!process.env.NKMS_DEEP) return [checked ? 0x3ead5n : 0x57a4en];
  return Array.from({ length: DEEP_RUNS }, () => randomBytes(6).readUIntBE(0, 6)).map(BigInt);
}

/**
 * Ends of locks are multiples of 7 periods, epochs of `vestPeriods`: starting on a common multiple makes a seed's run the same
 * whatever the clock says, and leaves the setup a whole period.
 */
async function alignPeriods(): Promise<void> {
  const cycle = 7n * BigInt(REFERENCE.vestPeriods);
  const now = BigInt(await time.latest()) / LENGTH;
  await enterPeriod(LENGTH, (now / cycle + 1n) * cycle);
}

/** `looks` chooses what is asked, apart from what is done. */
type ModelRun = StakingActors & { looks: Random; promised: Map<string, Promised> };

async function start(checked: boolean, seed: bigint): Promise<ModelRun> {
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
  const looks = new Random(seed + 1n);
  const roles = { policyManager, healthCheck: checked ? healthCheck : undefined, slasher };
  const run = new StakingActors(system, model, new Random(seed), actors, roles, LENGTH);
  return Object.assign(run, { looks, promised: new Map<string, Promised>() });
}

/** The actors whose turn it is to be asked after the `i`th period. */
function inTurn<T>(actors: readonly T[], i: number): T[] {
  return i === PERIODS - 1 ? [...actors] : actors.filter((_, j) => j % TURNS === i % TURNS);
}

/** Compares every amount that anybody can see; the block read from is in the model's period. */
async function compare(run: ModelRun, i: number): Promise<void> {
  const { model, actors, system } = run;
  const { escrow, token } = system;
  expect(await escrow.currentPeriod()).to.equal(model.period);
  expect(await escrow.totalLocked(), "D").to.equal(model.totalLocked());
  expect(await escrow.remainingSupply(), "I-E10 mint_bound: R").to.equal(model.remainingSupply());
  expect(await escrow.rewardRate(), "s").to.equal(model.rewardRate());
  expect(await escrow.activeNodesAt(model.period), "N").to.equal(model.activeNodes());
  expect(await escrow.totalLockedAt(model.period - 1n), "D before").to.equal(model.lockedBefore());
  expect(await escrow.activeNodesAt(model.period - 1n), "N before").to.equal(model.nodesBefore());
  expect(await escrow.totalLockedAt(model.period + 1n), "D next").to.equal(model.lockedNext());
  expect(await escrow.checkPot(), "pot").to.equal(model.checkPot());
  let deposits = 0n;
  for (const { staker } of actors) deposits += staker.deposit;
  await checkPromises(run, i);
  for (const { address, staker } of inTurn(actors, i)) {
    expect(await escrow.claimable(address), `claimable of ${address}`).to.equal(model.claimable(staker));
    if (run.roles.healthCheck)
      expect(await escrow.provisional(address), `provisional of ${address}`).to.equal(model.provisional(staker));
    expect(await escrow.lockedAt(address, model.period)).to.equal(model.weightNow(staker));
    expect(await escrow.lockedAt(address, model.period + 1n)).to.equal(model.weightNext(staker));
    expect(await escrow.isActive(address), "I-E17 min_stake_or_out").to.equal(model.isActive(staker));
    const slashes = "I-E5 slashable_until_paid, I-E6 slash_once, I-E8 slash_floor, I-E9 split_merge_conserve";
    const deposit = `${slashes}, I-E16 stranger_no_effect: deposit of ${address}`;
    expect(await escrow.depositOf(address), deposit).to.equal(staker.deposit);
    for (const until of untils(run, staker))
      expect(await escrow.drawableUnits(address, until), `I-E15 no_flash_weight: until ${until}`).to.equal(
        model.drawableUnits(staker, until, LENGTH),
      );
  }
  expect(await token.balanceOf(escrow), "I-E1 escrow_solvency, I-E18 donation_inert").to.equal(deposits + run.donated);
  if (i % TURNS === 0 || i === PERIODS - 1) await checkLine(run);
}

/** What periods alone have changed, before any decision of theirs: the law's head still lies behind. */
async function compareOnEntering(run: ModelRun, i: number): Promise<void> {
  const { model, actors, system } = run;
  await run.tick();
  await ethers.provider.send("evm_mine");
  expect(await system.escrow.totalLocked(), "D").to.equal(model.totalLocked());
  for (const { address, staker } of inTurn(actors, i)) {
    expect(await system.escrow.claimable(address), `claimable of ${address}`).to.equal(model.claimable(staker));
    if (run.roles.healthCheck)
      expect(await system.escrow.provisional(address), `provisional of ${address}`).to.equal(model.provisional(staker));
  }
}

/** Now, a random second to come, and one beside the end of some position. */
function untils({ model, looks }: ModelRun, { positions }: ModelStaker): bigint[] {
  const ends = positions.flatMap((held) => (held ? [model.firmEnd(held) * LENGTH - 1n + looks.below(3)] : []));
  return [
    0n,
    (model.period + looks.below(60)) * LENGTH + looks.below(LENGTH),
    ...(ends.length ? [looks.pick(ends)] : []),
  ];
}

/** What a draw could rely on: how long a node is locked at all, and how much of it in a period to come. */
interface Promised {
  until: bigint;
  period: bigint;
  amount: bigint;
  slashes: number;
}

/** I-E3 lock_monotone, whatever the rule of any verb: neither ever falls, but by a slash. */
async function checkPromises(
  { model, looks, promised, actors, system: { escrow } }: ModelRun,
  i: number,
): Promise<void> {
  for (const { address, staker } of inTurn(actors, i)) {
    const slashes = staker.slashes.length;
    const former = promised.get(address);
    const until = await escrow.lockedUntil(address);
    const kept = former?.slashes === slashes ? former : undefined;
    if (kept && kept.until > model.period * LENGTH)
      expect(until, `I-E3 lock_monotone: until, of ${address}`).to.be.at.least(kept.until);
    const pending = kept && kept.amount > 0n && kept.period > model.period ? kept : undefined;
    const period = pending?.period ?? model.period + 1n + looks.below(60);
    const amount = await escrow.lockedAt(address, period);
    if (pending) expect(amount, `I-E3 lock_monotone: amount, of ${address}`).to.be.at.least(pending.amount);
    promised.set(address, { until, period, amount, slashes });
  }
}

/** I-E2 deposit_sum, and I-E15 no_flash_weight: what was added in this period cannot be drawn in it. */
async function checkLine({ system: { escrow }, model }: StakingActors): Promise<void> {
  const unit = await escrow.unit();
  let units = 0n;
  for (let leaf = 0n; leaf < (await escrow.leafCount()); ++leaf) {
    const { node, units: width } = await escrow.leafAt(leaf);
    units += width;
    const drawable = await escrow.drawableUnits(node, 0n);
    expect(drawable, "I-E2: leaf is an upper bound").to.be.at.most(width);
    if (node === NOBODY) continue;
    expect(width).to.be.at.least(model.weightNext(model.staker(node)) / unit);
    expect(drawable, "I-E15").to.be.at.most(model.weightNow(model.staker(node)) / unit);
  }
  expect(await escrow.totalUnits(), "I-E2: root is the sum of leaves").to.equal(units);
}

/** I-E13 reward_share, I-E12 mint_once and I-E14 claim_invariance: rewards are those of eq 30 to 32, but for the stated dust. */
async function compareWithFormulas({ system, actors, ledger, roles }: StakingActors, i: number): Promise<void> {
  const within = (got: bigint, least: bigint, most: bigint, what: string) =>
    expect(got, what).to.be.within(least - ledger.dust, most + ledger.dust);
  const close = (got: bigint, wanted: bigint, what: string) => within(got, wanted, wanted, what);
  close(await system.escrow.remainingSupply(), ledger.remainingSupply(), "R");
  for (const { address, staker } of inTurn(actors, i)) {
    close(await system.escrow.claimable(address), ledger.claimable(staker), `claimable of ${address}`);
    if (!roles.healthCheck) continue;
    const ended = ledger.provisional(staker);
    const provisional = await system.escrow.provisional(address);
    within(provisional, ended, ended + ledger.currentReward(staker), `provisional of ${address}`);
  }
}

/** I-T1 to I-T4 and I-X1: every token is somebody's, minted for somebody, and below what was allocated. */
async function checkSupply({ system, actors, roles, model }: StakingActors, told: ToldEscrow): Promise<void> {
  const { token, escrow } = system;
  const [deployer] = await ethers.getSigners();
  const holders = [...actors.map(({ address }) => address), await escrow.getAddress(), deployer.address];
  holders.push(await roles.slasher.getAddress());
  let held = 0n;
  for (const holder of holders) held += await token.balanceOf(holder);
  const supply = await token.totalSupply();
  expect(supply, "I-T1 supply_sum, I-X1 global_value").to.equal(held);
  expect(supply, "I-T2 supply_cap").to.be.at.most(MAX_SUPPLY - model.remainingSupply());
  const sum = async (from: string | undefined, to: string | undefined) =>
    (await token.queryFilter(token.filters.Transfer(from, to))).reduce((total, { args }) => total + args.value, 0n);
  const [minted, burned] = [await sum(NOBODY, undefined), await sum(undefined, NOBODY)];
  expect(supply, "I-T2: it falls by burns only").to.equal(minted - burned);
  const claims = [...told.stakers.values()].reduce((total, { claimed }) => total + claimed, 0n);
  for (const { address, spent } of actors)
    expect(await token.allowance(address, escrow), "I-T4 allowance_exact").to.equal(ALLOWANCE - spent);
  const toProvers = minted - INITIAL_SUPPLY - claims - told.paidToCheckers;
  expect(toProvers, "I-T3 mint_authority").to.be.within(0n, told.slashed.toProvers);
}

/** I-X3 event_complete: positions, roles and claims follow from events alone. */
async function checkEvents({ system: { escrow }, actors, model }: StakingActors, told: ToldEscrow): Promise<void> {
  for (const { address, staker } of actors) {
    const { positions, suspended, claimed } = told.staker(address);
    for (let i = 0n; i < (await escrow.positionCount(address)); ++i) {
      const { amount, lockPeriods, endPeriod, retired } = await escrow.position(address, i);
      const seen = amount === 0n ? undefined : { amount, lockPeriods, endPeriod, retired };
      expect(positions.get(i), `I-X3: position ${i} of ${address}`).to.deep.equal(seen);
    }
    expect(suspended, "I-X3").to.equal(await escrow.isSuspended(address));
    expect(claimed, "I-E12 mint_once").to.be.at.most(staker.paid);
  }
  for (const { from, to } of told.endMoves) expect(to, "I-E3 lock_monotone").to.be.at.least(from);
  for (const { endPeriod, period } of told.payouts)
    expect(period, "I-E4 no_early_exit").to.be.at.least(endPeriod + model.parameters.unbondingPeriods);
  expect(4n * told.slashed.toProvers, "I-E7 slash_conservation").to.be.at.most(told.slashed.taken);
}

async function finish(run: StakingActors): Promise<void> {
  const told = await ToldEscrow.read(run.system.escrow, async (block) => {
    const { timestamp } = (await ethers.provider.getBlock(block))!;
    return BigInt(timestamp) / LENGTH;
  });
  await checkSupply(run, told);
  await checkEvents(run, told);
  await checkExit(run);
}

/** One actor in so many leaves in the end. */
const LEAVERS = 6;

/**
 * I-X2 exit_always: with everybody else silent, and what policies reserved released, whoever winds down gets its deposit and what is due.
 * I-E11 mint_decay_accuracy on the way: R is at most 2 wei off the closed form per stretch of constant stake.
 */
async function checkExit({ system, actors, model, roles }: StakingActors): Promise<void> {
  const { escrow, token } = system;
  const { decayPeriods: T, unbondingPeriods } = model.parameters;
  const leavers = actors.filter((_, i) => i % LEAVERS === 0);
  const held = async (address: string) =>
    Promise.all(
      Array.from({ length: Number(await escrow.positionCount(address)) }, (_, i) => escrow.position(address, i)),
    );
  await enterPeriod(LENGTH, model.period + 1n);
  for (const { address, signer } of leavers) {
    await escrow.connect(roles.policyManager).release(address, await escrow.reservedOf(address));
    for (const [i, { amount, endPeriod }] of (await held(address)).entries())
      if (amount > 0n && endPeriod === 0n) await escrow.connect(signer).startWindDown(i);
  }

  const [first, length] = [model.period + 2n, SHORT.maxLockPeriods + 7n + unbondingPeriods];
  await time.increaseTo(first * LENGTH);
  const before = await escrow.remainingSupply();
  await time.increaseTo((first + length) * LENGTH);
  expect(await escrow.totalLocked(), "somebody stays").to.be.above(0n);
  const exact = (before * (T - 1n) ** length) / T ** length;
  const dust = 2n * (length / 7n + 2n);
  expect(await escrow.remainingSupply(), "I-E11 mint_decay_accuracy").to.be.within(exact - dust, exact + dust);

  while (!(await escrow.advance.staticCall())) await escrow.advance();
  await escrow.advance();
  for (const { address, signer } of leavers) {
    const own = escrow.connect(signer);
    const owed =
      (await token.balanceOf(address)) + (await escrow.depositOf(address)) + (await escrow.claimable(address));
    await own.claim();
    for (const [i, { amount }] of (await held(address)).entries()) if (amount > 0n) await own.withdraw(i);
    expect(await token.balanceOf(address), `I-X2 exit_always: ${address}`).to.equal(owed);
    expect(await escrow.depositOf(address), `I-X2 exit_always: ${address}`).to.equal(0n);
  }
}

describe("StakingEscrow against the naive model", function () {
  this.timeout(600_000);

  for (const checked of [false, true]) {
    const taken = new Map<string, number>();
    for (const seed of seeds(checked)) {
      it(`agrees to the wei ${checked ? "with vesting and suspensions" : "without a health check"}, seed ${seed}`, async () => {
        const run = await start(checked, seed);
        for (let i = 0; i < PERIODS; ++i) {
          run.enter(run.random.below(12) === 0n ? 1n + run.random.below(40) : 1n + run.random.below(2));
          await compareOnEntering(run, i);
          for (let j = 0; j < ACTIONS_PER_PERIOD; ++j) await run.act();
          await compare(run, i);
          await compareWithFormulas(run, i);
        }
        await finish(run);
        for (const [name, times] of run.taken) taken.set(name, (taken.get(name) ?? 0) + times);
      });
    }

    it(`takes every action in all runs together ${checked ? "with vesting and suspensions" : "without a health check"}`, function () {
      if (process.env.NKMS_SEED) this.skip();

      const always = ["create", "increase", "prolong", "divide", "merge", "startWindDown", "stopWindDown", "withdraw"];
      const others = ["claim", "claimAndRestake", "returnToReserve", "slash", "reserve", "release", "settle"];
      const wanted = [...always, ...others, ...(checked ? ["convict", "reactivate", "payCheck"] : [])];
      expect(wanted.filter((name) => !taken.has(name))).to.deep.equal([]);
    });
  }
});
