import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { FEDERATED, INITIAL_SUPPLY, MAX_SUPPLY, UNIT_NKMS, deployStaking } from "../../support/staking";
import {
  LENGTH,
  LOCK,
  MINIMUM,
  UNBONDING,
  at,
  checked,
  endAfter,
  federated,
  go,
  period,
} from "../../support/stakingFixture";
import { StakingModel } from "../../support/stakingModel";

const AMOUNT = 40_000n * UNIT_NKMS;
const VEST = 7n;

/** Alice and Bob have one position each, which count in the present period. */
async function pair(checks: boolean) {
  const system = await (checks ? checked() : federated());
  const { escrow, alice, bob } = system;
  await escrow.connect(alice).create(AMOUNT, LOCK);
  await escrow.connect(bob).create(AMOUNT, LOCK);
  const first = (await period()) + 1n;
  await go(first);
  return { ...system, first, own: escrow.connect(alice), other: escrow.connect(bob) };
}

/** The checked fixture and the naive model beside it: positions are created in both, and what they pay is compared to the wei. */
async function followed() {
  const system = await loadFixture(checked);
  const { escrow, start } = system;
  const parameters = { decayPeriods: 200n, minDeposit: MINIMUM, unbondingPeriods: UNBONDING };
  const checks = { checkShareBps: 1_000n, vestPeriods: VEST, maxSupply: MAX_SUPPLY };
  const model = new StakingModel({ ...parameters, ...checks }, INITIAL_SUPPLY, start);
  const enter = (when: bigint) => {
    while (model.period < when) model.nextPeriod();
  };
  const create = async (signer: typeof system.alice, when: bigint, second = 0n) => {
    await at(when, second);
    await escrow.connect(signer).create(AMOUNT, LOCK);
    enter(when);
    const staker = model.staker(signer.address);
    staker.positions.push({ amount: AMOUNT, lock: LOCK, end: 0n, retired: false });
    model.decide(staker);
  };
  const agree = async (stakers: readonly (typeof system.alice)[]) => {
    const when = await period();
    enter(when);
    for (const { address } of stakers) {
      const staker = model.staker(address);
      expect(await escrow.claimable(address), `claimable in ${when}`).to.equal(model.claimable(staker));
      expect(await escrow.provisional(address), `provisional in ${when}`).to.equal(model.provisional(staker));
    }
  };
  return { ...system, create, agree };
}

/** 32 positions of bob and one of alice wind down, each to an end of its own; `last` is alice's. */
async function crowded() {
  const system = await federated();
  const { escrow, alice, bob, start } = system;
  for (let i = 0n; i < 32n; ++i) await escrow.connect(bob).create(MINIMUM, 2n + 7n * i);
  await escrow.connect(alice).create(MINIMUM, 2n + 7n * 32n);
  await at(start + 1n);
  for (let i = 0; i < 32; ++i) await escrow.connect(bob).startWindDown(i);
  await escrow.connect(alice).startWindDown(0);
  return { ...system, last: endAfter(start + 1n, 2n + 7n * 32n) };
}

const two = () => pair(false);
const twoWithHealth = () => pair(true);

describe("StakingEscrow: schedule", () => {
  context("ends of one staker", () => {
    it("leave together where they are the same, and earn to there", async () => {
      const { escrow, own, other, alice, bob, first } = await loadFixture(two);
      await own.create(AMOUNT, LOCK);
      await other.create(2n * AMOUNT, 400n);
      await at(first + 1n);
      await own.startWindDown(0);
      await own.startWindDown(1);
      const end = endAfter(first + 1n, LOCK);
      expect((await escrow.position(alice, 1)).endPeriod).to.equal(end);
      await go(end - 1n);
      expect([await escrow.totalLocked(), await escrow.activeNodesAt(end)]).to.deep.equal([5n * AMOUNT, 1n]);
      await go(end);
      expect([await escrow.totalLocked(), await escrow.lockedAt(alice, end)]).to.deep.equal([3n * AMOUNT, 0n]);
      const due = await escrow.claimable(alice);
      expect(due)
        .to.be.greaterThan(0n)
        .and.lessThan(await escrow.claimable(bob));
      await go(end + 20n);
      await expect(own.claim()).to.emit(escrow, "RewardClaimed").withArgs(alice.address, due);
    });

    it("may be taken back behind an earlier end, which stays the next", async () => {
      const { escrow, own, other, first } = await loadFixture(two);
      await own.startWindDown(0);
      await at(first + 7n);
      await other.startWindDown(0);
      await other.stopWindDown(0);
      const end = endAfter(first, LOCK);
      await go(end);
      expect([await escrow.totalLocked(), await escrow.activeNodesAt(end)]).to.deep.equal([AMOUNT, 1n]);
      await go(end + 7n);
      expect([await escrow.totalLocked(), await escrow.activeNodesAt(end + 7n)]).to.deep.equal([AMOUNT, 1n]);
    });

    it("I-E9 split_merge_conserve: merge keeps the later end and the longer lock, from either side", async () => {
      for (const [into, from] of [
        [0, 1],
        [1, 0],
      ]) {
        const { escrow, own, alice, first } = await loadFixture(two);
        await own.create(AMOUNT, LOCK + 14n);
        await at(first + 1n);
        await own.startWindDown(0);
        await own.startWindDown(1);
        const later = endAfter(first + 1n, LOCK + 14n);
        await expect(own.merge(into, from))
          .to.emit(escrow, "PositionsMerged")
          .withArgs(alice.address, into, from, LOCK + 14n, later);
        const { amount, endPeriod, lockPeriods } = await escrow.position(alice, into);
        expect([amount, endPeriod, lockPeriods]).to.deep.equal([2n * AMOUNT, later, LOCK + 14n]);
        await go(later - 1n);
        expect(await escrow.lockedAt(alice, later - 1n)).to.equal(2n * AMOUNT);
        expect(await escrow.totalLocked()).to.equal(3n * AMOUNT);
        await go(later);
        expect(await escrow.totalLocked()).to.equal(AMOUNT);
      }
    });
  });

  it("D and N of the previous, the current and the next period follow decisions in two periods running", async () => {
    const { escrow, own, carol, first } = await loadFixture(two);
    await own.increase(0, AMOUNT);
    await at(first + 1n);
    await escrow.connect(carol).create(MINIMUM, LOCK);
    const seen = [first, first + 1n, first + 2n].map(async (when) => [
      await escrow.totalLockedAt(when),
      await escrow.activeNodesAt(when),
    ]);
    expect(await Promise.all(seen)).to.deep.equal([
      [2n * AMOUNT, 2n],
      [3n * AMOUNT, 2n],
      [3n * AMOUNT + MINIMUM, 3n],
    ]);
  });

  it("D and N of the previous period are known after a decision, and after an end, at the start of this one", async () => {
    const { escrow, own, other, first } = await loadFixture(two);
    await own.increase(0, AMOUNT);
    await go(first + 1n);
    expect([await escrow.totalLockedAt(first), await escrow.activeNodesAt(first)]).to.deep.equal([2n * AMOUNT, 2n]);
    await other.startWindDown(0);
    const end = endAfter(first + 1n, LOCK);
    await at(end);
    await escrow.advance();
    expect([await escrow.totalLockedAt(end - 1n), await escrow.activeNodesAt(end - 1n)]).to.deep.equal([
      3n * AMOUNT,
      2n,
    ]);
    expect([await escrow.totalLockedAt(end), await escrow.activeNodesAt(end)]).to.deep.equal([2n * AMOUNT, 1n]);
  });

  it("a position below the minimum after a slash takes no more and locks nothing", async () => {
    const { escrow, own, alice, slasher, prover, first } = await loadFixture(two);
    await own.create(AMOUNT, 2n);
    await escrow.connect(slasher).slash(alice, AMOUNT - 1n, prover, 0n);
    const { endPeriod, retired } = await escrow.position(alice, 0);
    expect([endPeriod, retired]).to.deep.equal([endAfter(first, LOCK), true]);
    await expect(own.increase(0, AMOUNT))
      .to.be.revertedWithCustomError(escrow, "PositionEnded")
      .withArgs(0n, endPeriod, first);
    expect(await escrow.lockedUntil(alice)).to.equal(endAfter(first, 2n) * LENGTH);
  });

  context("many ends that nobody has passed", () => {
    it("are passed 32 at once, by a decision or by advance, the last in its own period too: -1, 0", async () => {
      const { escrow, carol, last } = await loadFixture(crowded);
      const create = () => escrow.connect(carol).create.staticCall(MINIMUM, 2n);
      await go(last - 1n);
      expect(await escrow.advance.staticCall()).to.equal(true);
      await create();
      await go(last);
      expect(await escrow.advance.staticCall()).to.equal(false);
      await expect(create()).to.be.revertedWithCustomError(escrow, "NeedsAdvance").withArgs(last, last);
      await escrow.advance();
      expect(await escrow.advance.staticCall()).to.equal(true);
      await create();
      await escrow.advance();
      await go(last + 7n * 32n);
      await escrow.connect(carol).claim.staticCall();
    });

    it("stop nobody once they were taken back", async () => {
      const { escrow, alice, bob, carol, last, start } = await loadFixture(crowded);
      await at(start + 2n);
      await escrow.connect(alice).stopWindDown(0);
      for (let i = 31; i >= 0; --i) await escrow.connect(bob).stopWindDown(i); // The next end is the last to go.
      await go(last + 7n * 32n);
      expect(await escrow.advance.staticCall()).to.equal(true);
      await escrow.connect(carol).create.staticCall(MINIMUM, 2n);
      expect(await escrow.totalLocked()).to.equal(33n * MINIMUM);
    });
  });

  context("N, where a node winds down more than one position", () => {
    const orders = [
      ["the longer lock first", [0, 1]],
      ["the shorter lock first", [1, 0]],
    ] as const;
    for (const [name, order] of orders)
      it(`loses it at the later of two ends, ${name}`, async () => {
        const { escrow, alice, start } = await loadFixture(federated);
        const own = escrow.connect(alice);
        for (const lock of [40n, 10n]) await own.create(AMOUNT, lock);
        await at(start + 1n);
        for (const index of order) await own.startWindDown(index);
        const [later, earlier] = [40n, 10n].map((lock) => endAfter(start + 1n, lock));
        for (const [when, nodes] of [
          [start + 2n, 1n],
          [earlier - 1n, 1n],
          [earlier, 1n],
          [later - 1n, 1n],
          [later, 0n],
          [later + 1n, 0n],
        ]) {
          await go(when);
          expect(await escrow.activeNodesAt(when), `N in ${when}`).to.equal(nodes);
          expect(await escrow.totalLocked(), `D in ${when}`).to.equal(
            [earlier, later].reduce((sum, end) => sum + (when < end ? AMOUNT : 0n), 0n),
          );
        }
      });
  });

  context("while a node is suspended", () => {
    it("its own decisions move weight but not N, which it rejoins by reactivation", async () => {
      const { escrow, own, alice, healthCheck, first } = await loadFixture(twoWithHealth);
      await escrow.connect(healthCheck).convict(alice);
      await own.create(AMOUNT, LOCK);
      await own.startWindDown(0);
      await own.stopWindDown(0);
      expect(await escrow.totalLockedAt(first + 1n)).to.equal(3n * AMOUNT);
      expect(await escrow.activeNodesAt(first + 1n)).to.equal(1n);
      await go(first + 2n);
      await own.reactivate();
      expect(await escrow.activeNodesAt(first + 3n)).to.equal(2n);
    });

    it("a slash lowers D and leaves N alone", async () => {
      const { escrow, alice, healthCheck, slasher, prover, first } = await loadFixture(twoWithHealth);
      await escrow.connect(healthCheck).convict(alice);
      await escrow.connect(slasher).slash(alice, AMOUNT, prover, 0n);
      expect(await escrow.totalLockedAt(first + 1n)).to.equal(AMOUNT);
      expect(await escrow.activeNodesAt(first + 1n)).to.equal(1n);
    });
  });

  it("what vested and what is provisional add up, one epoch and two epochs after they were last touched", async () => {
    for (const epochs of [1n, 2n]) {
      const { escrow, own, alice, first } = await loadFixture(twoWithHealth);
      const epoch = (first / 7n + 1n) * 7n;
      await at(epoch + 1n);
      await own.increase(0, MINIMUM);
      const earned = await escrow.provisional(alice);
      expect(await escrow.claimable(alice)).to.equal(0n);
      await at(epoch + 7n * epochs);
      await own.increase(0, MINIMUM);
      const [vested, provisional] = [await escrow.claimable(alice), await escrow.provisional(alice)];
      const all = vested + provisional;
      expect(vested).to.be.greaterThan(0n);
      expect(epochs === 1n ? vested < earned : vested > earned, "earned before the epoch, or all of it").to.equal(true);
      await go(epoch + 7n * epochs + 21n);
      expect(await escrow.claimable(alice)).to.be.greaterThan(all);
    }
  });

  it("a stretch that begins with the former epoch is provisional, and what lies before it vested", async () => {
    const { escrow, alice } = await loadFixture(checked);
    const own = escrow.connect(alice);
    await own.create(AMOUNT, LOCK);
    const epoch = ((await period()) / 7n + 1n) * 7n;
    await at(epoch - 1n);
    await own.increase(0, MINIMUM);
    await go(epoch);
    const before = await escrow.allocatedSupply();
    await at(epoch + 7n);
    await own.increase(0, MINIMUM);
    await go(epoch + 8n);
    const after = (await escrow.allocatedSupply()) - before;
    expect(await escrow.claimable(alice)).to.be.closeTo(((before - INITIAL_SUPPLY) * 9n) / 10n, 2n);
    expect(await escrow.provisional(alice)).to.be.closeTo((after * 9n) / 10n, 2n);
  });

  for (const offset of [-1n, 0n, 1n]) {
    it(`vests up to an epoch's start beside which others decided: ${offset}`, async () => {
      const { alice, bob, carol, start, create, agree } = await followed();
      const epoch = start + 2n * VEST;
      await create(alice, start, 5n);
      await create(bob, epoch + offset - 1n);
      for (const when of [epoch + VEST - 1n, epoch + VEST]) {
        await go(when);
        await agree([alice, bob]);
      }
      await create(carol, epoch + VEST + 1n);
      await agree([alice, bob]);
      await go(epoch + 2n * VEST);
      await agree([alice, bob]);
    });

    it(`vests of stretches that begin beside an epoch's start what the model does: ${offset}`, async () => {
      const { alice, bob, start, create, agree } = await followed();
      const epoch = start + 2n * VEST;
      await create(bob, start, 5n);
      await create(alice, start, 6n);
      await create(alice, epoch + offset - 1n);
      for (const when of [epoch + VEST, epoch + VEST + 3n]) {
        await create(alice, when);
        await agree([alice]);
      }
      for (const when of [epoch + 2n * VEST, epoch + 3n * VEST]) {
        await go(when);
        await agree([alice]);
      }
    });
  }

  it("without a health check nothing is provisional, and nothing can be forfeited", async () => {
    const { escrow, alice, slasher, first } = await loadFixture(two);
    await go(first + 3n);
    const due = await escrow.claimable(alice);
    await expect(escrow.connect(slasher).forfeit(alice, due)).to.emit(escrow, "RewardForfeited").withArgs(alice, 0n);
    expect(await escrow.claimable(alice)).to.equal(due);
  });

  it("the accumulator stands still when it is full, after 256 supplies paid to the least deposit, and nothing reverts", async () => {
    const [deployer] = await ethers.getSigners();
    const least = 256n * (MAX_SUPPLY / (2n ** 32n - 1n) + 1n);
    const parameters = { ...FEDERATED, periodLength: LENGTH, decayPeriods: 2n, minDeposit: least, minLockPeriods: 2n };
    const { token, escrow } = await deployStaking(parameters);
    await token.approve(escrow, ethers.MaxUint256);
    await escrow.create(least, 2n);
    await escrow.returnToReserve((await token.balanceOf(deployer)) - 1_000n);
    const round = async () => {
      await go((await period()) + 200n);
      const due = await escrow.claimable(deployer);
      await escrow.claim();
      if (due === 0n) return false;
      await escrow.returnToReserve(due);
      await escrow.increase(0, 1n);
      return true;
    };
    let rounds = 0;
    while (await round()) ++rounds;
    // 2^128 / (2^96 supply / least) = 256 and a little, for least = 256 units and a unit of supply / 2^32.
    expect(rounds).to.equal(257);
    expect(await escrow.remainingSupply(), "R is rounded up").to.equal(1n);
    await escrow.startWindDown(0);
    const { endPeriod } = await escrow.position(deployer, 0);
    await go(endPeriod + BigInt(FEDERATED.unbondingPeriods));
    await expect(escrow.withdraw(0)).to.changeTokenBalance(token, deployer, least + 257n);
  });
});
