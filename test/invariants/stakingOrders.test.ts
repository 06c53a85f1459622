import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { INITIAL_SUPPLY, MAX_SUPPLY, REFERENCE, UNIT_NKMS, deployStaking, enterPeriod } from "../support/staking";
import { makeActors, slashModel } from "../support/stakingActors";
import { StakingModel } from "../support/stakingModel";

const LENGTH = 1_000n;
const AMOUNT = 40_000n * UNIT_NKMS;
const MORE = 7_001n;
const SHORT = {
  ...REFERENCE,
  periodLength: LENGTH,
  decayPeriods: 200n,
  minLockPeriods: 1n,
  maxLockPeriods: 200n,
  unbondingPeriods: 5n,
};
const LOCK = 9n;
/** In the default run each order is played at one of the three moments; under NKMS_DEEP at all three. */
const MOMENTS = process.env.NKMS_DEEP ? 1 : 3;
/** So much that a later claim has something to lose. */
const BEFORE = 25n;

/** Two stakers on the contract; alice has one position whose lock ends and one that re-locks. */
async function world() {
  const [, , healthCheck, slasher, stranger] = await ethers.getSigners();
  const cycle = 49n;
  const first = (BigInt(await time.latest()) / LENGTH / cycle + 1n) * cycle;
  await enterPeriod(LENGTH, first);
  const above = { healthCheck: healthCheck.address, slashers: [slasher.address] };
  const system = await deployStaking(SHORT, above);
  const [alice, bob] = await makeActors(2, system, modelAt(first));
  await enterPeriod(LENGTH, first, 100n);
  const own = system.escrow.connect(alice.signer);
  await own.create(AMOUNT, LOCK);
  await own.create(2n * AMOUNT, LOCK);
  await system.escrow.connect(bob.signer).create(AMOUNT, LOCK);
  await enterPeriod(LENGTH, first + BEFORE);
  await own.startWindDown(0);
  return { ...system, healthCheck, slasher, stranger, alice, bob, own, first };
}

function modelAt(first: bigint): StakingModel {
  const parameters = {
    decayPeriods: SHORT.decayPeriods,
    minDeposit: BigInt(SHORT.minDeposit),
    unbondingPeriods: SHORT.unbondingPeriods,
    checkShareBps: BigInt(SHORT.checkShareBps),
    vestPeriods: BigInt(SHORT.vestPeriods),
    maxSupply: MAX_SUPPLY,
  };
  return new StakingModel(parameters, INITIAL_SUPPLY, first);
}

type World = Awaited<ReturnType<typeof world>>;

/** The same history on a new model, up to `period`. */
function replay({ first, alice, bob }: World, period: bigint): StakingModel {
  const model = modelAt(first);
  const position = (amount: bigint) => ({ amount, lock: LOCK, end: 0n, retired: false });
  const [a, b] = [model.staker(alice.address), model.staker(bob.address)];
  a.positions.push(position(AMOUNT), position(2n * AMOUNT));
  model.decide(a);
  b.positions.push(position(AMOUNT));
  model.decide(b);
  enter(model, first + BEFORE);
  a.positions[0]!.end = model.endOfLock(LOCK);
  enter(model, period);
  return model;
}

function enter(model: StakingModel, period: bigint): void {
  while (model.period < period) model.nextPeriod();
}

interface Act {
  send(world: World): Promise<unknown>;
  apply(model: StakingModel, world: World): void;
}

/** An expiry is there once its period is; `advance` is who books it. */
const ACTS: Record<string, Act> = {
  expiry: { send: ({ escrow, stranger }) => escrow.connect(stranger).advance(), apply: () => undefined },
  suspension: {
    send: ({ escrow, healthCheck, alice }) => escrow.connect(healthCheck).convict(alice.address),
    apply: (model, { alice }) => void model.forfeitAll(model.staker(alice.address), true),
  },
  slash: {
    send: ({ escrow, slasher, alice, stranger }) =>
      escrow.connect(slasher).slash(alice.address, 2n * AMOUNT - 3n, stranger, 1_000n),
    apply(model, { alice }) {
      const taken = slashModel(model, model.staker(alice.address), 2n * AMOUNT - 3n);
      model.giveBack(taken - taken / 10n);
    },
  },
  increase: {
    send: ({ own }) => own.increase(1, MORE),
    apply(model, { alice }) {
      const staker = model.staker(alice.address);
      staker.positions[1]!.amount += MORE;
      staker.added += MORE;
      model.decide(staker);
    },
  },
  claim: {
    send: ({ own }) => own.claim(),
    apply(model, { alice }) {
      const staker = model.staker(alice.address);
      staker.paid += model.claimable(staker);
    },
  },
};

/** An increase of what a slash has retired is refused, by the contract and here. */
function isPossible(name: string, model: StakingModel, { alice }: World): boolean {
  return name !== "increase" || model.isLive(model.staker(alice.address).positions[1]);
}

function orders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}

async function compare({ escrow, alice, bob, ...world }: World, model: StakingModel, order: string): Promise<void> {
  const { period } = model;
  expect(await escrow.currentPeriod()).to.equal(period);
  expect(await escrow.totalLocked(), `D after ${order}`).to.equal(model.totalLocked());
  expect(await escrow.remainingSupply(), `R after ${order}`).to.equal(model.remainingSupply());
  expect(await escrow.activeNodesAt(period), `N after ${order}`).to.equal(model.activeNodes());
  for (const { address } of [alice, bob]) {
    const staker = model.staker(address);
    expect(await escrow.claimable(address), `I-E14 claim_invariance, ${order}`).to.equal(model.claimable(staker));
    expect(await escrow.provisional(address), `provisional, ${order}`).to.equal(model.provisional(staker));
    expect(await escrow.lockedAt(address, period + 1n), `weight, ${order}`).to.equal(model.weightNext(staker));
    expect(await escrow.depositOf(address), `deposit, ${order}`).to.equal(staker.deposit);
  }
  expect(await world.token.balanceOf(escrow), `I-E1 escrow_solvency, ${order}`).to.equal(
    model.staker(alice.address).deposit + model.staker(bob.address).deposit,
  );
}

/** What can be drawn until now, until the end of the shorter lock and a second later, after each act. */
async function compareDraws(
  { escrow, alice, bob }: World,
  model: StakingModel,
  end: bigint,
  order: string,
): Promise<void> {
  for (const { address } of [alice, bob])
    for (const until of [0n, end * LENGTH, end * LENGTH + 1n])
      expect(await escrow.drawableUnits(address, until), `drawable until ${until}, ${order}`).to.equal(
        model.drawableUnits(model.staker(address), until, LENGTH),
      );
}

/** Leaves are as wide as the coming weight once a slash or an increase has fitted them, and at least as wide later. */
async function compareLeaves(
  { escrow, alice, bob }: World,
  model: StakingModel,
  exact: boolean,
  order: string,
): Promise<void> {
  for (const [leaf, { address }] of [alice, bob].entries()) {
    const { node, units } = await escrow.leafAt(leaf);
    const wanted = model.weightNext(model.staker(address)) / model.unit;
    const width = node === address ? units : 0n;
    if (exact) expect(width, `I-E2 deposit_sum: leaf, ${order}`).to.equal(wanted);
    else expect(width, `I-E2 deposit_sum: leaf, ${order}`).to.be.at.least(wanted);
  }
}

describe("Expiry, suspension, slash, increase and claim in one period", function () {
  this.timeout(300_000);
  let built: World;
  let end: bigint;

  before(async () => {
    built = await world();
    end = (await built.escrow.position(built.alice.address, 0)).endPeriod;
  });

  const moments = [
    ["as the lock has ended", 0n],
    ["as the lock ends with it", -1n],
    ["as the lock is about to end", -2n],
  ] as const;
  for (const [moment, [when, offset]] of moments.entries()) {
    const played = orders(Object.keys(ACTS)).filter((_, i) => i % MOMENTS === moment % MOMENTS);
    it(`come to the same as the model in ${played.length} of 120 orders, ${when}`, async () => {
      const fork = await takeSnapshot();
      for (const names of played) {
        const order = names.join(", ");
        const model = replay(built, end + offset);
        for (const [i, name] of names.entries()) {
          await enterPeriod(LENGTH, model.period, BigInt(10 + i));
          if (isPossible(name, model, built)) {
            await ACTS[name].send(built);
            ACTS[name].apply(model, built);
          } else
            await expect(ACTS[name].send(built), order).to.be.revertedWithCustomError(built.escrow, "PositionEnded");
          await compareDraws(built, model, end, order);
        }
        await compare(built, model, order);
        await compareLeaves(built, model, true, order);
        for (const later of [end + 1n, end + 16n]) {
          await time.increaseTo(later * LENGTH);
          enter(model, later);
          await compare(built, model, order);
          await compareDraws(built, model, end, order);
          await compareLeaves(built, model, false, order);
        }
        await fork.restore();
      }
    });
  }
});
