import { loadFixture, setStorageAt, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { MAX_SUPPLY, UNIT_NKMS } from "../../support/staking";
import { LENGTH, checked, endAfter, federated, go, period } from "../../support/stakingFixture";

const SHORT_LOCK = 2n;
const LONG_LOCK = 100n;
const ALICE = 40_000n * UNIT_NKMS;
const BOB = 60_000n * UNIT_NKMS;
const UNIT = (MAX_SUPPLY + 2n ** 32n - 2n) / (2n ** 32n - 1n);
const [ALICE_UNITS, BOB_UNITS] = [ALICE / UNIT, BOB / UNIT];
const UNITS = ALICE_UNITS + BOB_UNITS;

/** On the line: [0, ALICE_UNITS) is alice, who locks shortly, [ALICE_UNITS, UNITS) bob. Both count in the present period. */
async function line(system: Awaited<ReturnType<typeof federated>>) {
  const { escrow, alice, bob } = system;
  await escrow.connect(alice).create(ALICE, SHORT_LOCK);
  await escrow.connect(bob).create(BOB, LONG_LOCK);
  const first = (await period()) + 1n;
  await go(first);
  return { ...system, first };
}

const drawn = async () => line(await federated());
const drawnWithHealth = async () => line(await checked());

describe("StakingEscrow: drawing", () => {
  context("sample", () => {
    it("refuses an empty line", async () => {
      const { escrow, alice } = await loadFixture(federated);
      await expect(escrow.sample(1, [5n], 0))
        .to.be.revertedWithCustomError(escrow, "StakeLineEmpty")
        .withArgs();
      expect(await escrow.drawableUnits(alice, 0)).to.equal(0n);
    });

    it("refuses too few random numbers, repeats not counted", async () => {
      const { escrow } = await loadFixture(drawn);
      for (const [n, randoms, found] of [
        [1n, [], 0n],
        [2n, [0n], 1n],
        [2n, [0n, ALICE_UNITS - 1n, 1n], 1n],
        [3n, [0n, ALICE_UNITS, 1n, 2n], 2n],
      ] as const)
        await expect(escrow.sample(n, [...randoms], 0))
          .to.be.revertedWithCustomError(escrow, "RandomsExhausted")
          .withArgs(found, n);
    });

    it("draws nobody for nothing", async () => {
      const { escrow } = await loadFixture(drawn);
      expect(await escrow.sample(0, [], 0)).to.deep.equal([]);
    });

    it("takes whose stretch of the line holds the number, wrapped around", async () => {
      const { escrow, alice, bob } = await loadFixture(drawn);
      const last = (2n ** 256n - 1n) % UNITS < ALICE_UNITS ? alice : bob;
      for (const [random, node] of [
        [0n, alice],
        [ALICE_UNITS - 1n, alice],
        [ALICE_UNITS, bob],
        [UNITS - 1n, bob],
        [UNITS, alice],
        [7n * UNITS + ALICE_UNITS, bob],
        [2n ** 256n - 1n, last],
      ] as const)
        expect(await escrow.sample(1, [random], 0)).to.deep.equal([node.address]);
    });

    it("drops repeats and keeps the order of the numbers", async () => {
      const { escrow, alice, bob } = await loadFixture(drawn);
      expect(await escrow.sample(2, [ALICE_UNITS, UNITS - 1n, 3n], 0)).to.deep.equal([bob.address, alice.address]);
    });

    it("passes over a node whose lock may end before the policy: -1, 0, +1", async () => {
      const { escrow, alice, bob, first } = await loadFixture(drawn);
      const end = endAfter(first, SHORT_LOCK) * LENGTH;
      for (const [until, node] of [
        [end - 1n, alice],
        [end, alice],
        [end + 1n, bob],
      ] as const)
        expect(await escrow.sample(1, [0n, ALICE_UNITS], until)).to.deep.equal([node.address]);
      expect(await escrow.drawableUnits(alice, end)).to.equal(ALICE_UNITS);
      expect(await escrow.drawableUnits(alice, end + 1n)).to.equal(0n);
    });

    it("passes over what counts from the next period only", async () => {
      const { escrow, alice, bob, first } = await loadFixture(drawn);
      await escrow.connect(bob).increase(0, BOB);
      const randoms = [ALICE_UNITS + BOB_UNITS, 0n];
      expect(await escrow.sample(1, randoms, 0)).to.deep.equal([alice.address]);
      await go(first + 1n);
      expect(await escrow.sample(1, randoms, 0)).to.deep.equal([bob.address]);
    });

    for (const [name, added] of [
      ["less", ALICE / 2n],
      ["more", 2n * ALICE],
    ] as const)
      it(`passes over what was added and what ends with the period, ${name} being added than ends`, async () => {
        const { escrow, bob, first } = await loadFixture(drawn);
        await escrow.connect(bob).create(ALICE, SHORT_LOCK);
        await go(first + 1n);
        await escrow.connect(bob).startWindDown(1);
        const end = endAfter(first + 1n, SHORT_LOCK);
        await go(end - 1n);
        await escrow.connect(bob).increase(0, added);
        expect(await escrow.drawableUnits(bob, 0)).to.equal(BOB_UNITS);
        await go(end);
        expect(await escrow.drawableUnits(bob, 0)).to.equal((BOB + added) / UNIT);
      });

    it("has nothing for a policy past the lock of what was added and of all before it", async () => {
      const { escrow, alice, first } = await loadFixture(drawn);
      await escrow.connect(alice).increase(0, ALICE);
      const end = endAfter(first, SHORT_LOCK) * LENGTH;
      expect(await escrow.drawableUnits(alice, end)).to.equal(ALICE_UNITS);
      expect(await escrow.drawableUnits(alice, end + 1n)).to.equal(0n);
    });

    it("passes over a suspended node, whose leaf stays", async () => {
      const { escrow, alice, bob, healthCheck } = await loadFixture(drawnWithHealth);
      expect(await escrow.sample(1, [0n, ALICE_UNITS], 0)).to.deep.equal([alice.address]);
      await escrow.connect(healthCheck).convict(alice);
      expect(await escrow.drawableUnits(alice, 0)).to.equal(0n);
      expect(await escrow.sample(1, [0n, ALICE_UNITS], 0)).to.deep.equal([bob.address]);
    });

    it("counts of several positions those that last, and no other", async () => {
      const { escrow, bob, first } = await loadFixture(drawn);
      for (const lock of [30n, 60n]) await escrow.connect(bob).create(ALICE, lock);
      await go(first + 1n);
      for (const [lock, units] of [
        [30n, BOB + 2n * ALICE],
        [60n, BOB + ALICE],
        [LONG_LOCK, BOB],
      ] as const) {
        const end = endAfter(first + 1n, lock) * LENGTH;
        expect(await escrow.drawableUnits(bob, end)).to.equal(units / UNIT);
        expect(await escrow.drawableUnits(bob, end + 1n)).to.be.below(units / UNIT);
      }
    });

    it("narrows the line by what was slashed, at once, and draws the node again from the next period", async () => {
      const { escrow, alice, bob, slasher, prover, first } = await loadFixture(drawn);
      const half = BOB / 2n;
      await escrow.connect(slasher).slash(bob, half, prover, 0);
      expect(await escrow.totalUnits()).to.equal(ALICE_UNITS + (BOB - half) / UNIT);
      expect(await escrow.sample(1, [ALICE_UNITS, 0n], 0)).to.deep.equal([alice.address]);
      await go(first + 1n);
      expect(await escrow.drawableUnits(bob, 0)).to.equal((BOB - half) / UNIT);
      expect(await escrow.sample(1, [ALICE_UNITS], 0)).to.deep.equal([bob.address]);
      expect(await escrow.sample(1, [ALICE_UNITS + (BOB - half) / UNIT], 0)).to.deep.equal([alice.address]);
    });
  });

  context("an addition and a slash in one period", () => {
    const cases = [
      ["more is added than taken", 30_000n, 10_000n],
      ["as much is added as taken", 20_000n, 20_000n],
      ["more is taken than added", 10_000n, 40_000n],
    ] as const;
    for (const [name, more, less] of cases)
      it(`leave nothing to draw until the next period, in either order: ${name} (I-E15 no_flash_weight)`, async () => {
        const { escrow, bob, slasher, prover, first } = await loadFixture(drawn);
        const [added, taken] = [more * UNIT_NKMS, less * UNIT_NKMS];
        const coming = BOB + added - taken;
        const increase = () => escrow.connect(bob).increase(0, added);
        const slash = () => escrow.connect(slasher).slash(bob, taken, prover, 0);
        const fork = await takeSnapshot();
        for (const acts of [
          [increase, slash],
          [slash, increase],
        ]) {
          for (const act of acts) await act();
          expect(await period()).to.equal(first);
          expect(await escrow.lockedAt(bob, first)).to.equal(BOB);
          expect(await escrow.lockedAt(bob, first + 1n)).to.equal(coming);
          expect(await escrow.drawableUnits(bob, 0)).to.equal(0n);
          await go(first + 1n);
          expect(await escrow.drawableUnits(bob, 0)).to.equal(coming / UNIT);
          await fork.restore();
        }
      });

    it("let no new position replace at once one that was slashed away (I-E15 no_flash_weight)", async () => {
      const { escrow, alice, bob, slasher, prover, first } = await loadFixture(drawn);
      await escrow.connect(slasher).slash(bob, BOB, prover, 0);
      expect(await escrow.drawableUnits(bob, 0)).to.equal(0n);
      await escrow.connect(bob).create(ALICE, LONG_LOCK);
      expect(await escrow.drawableUnits(bob, 0)).to.equal(0n);
      expect(await escrow.drawableUnits(alice, 0)).to.equal(ALICE_UNITS);
      await go(first + 1n);
      expect(await escrow.drawableUnits(bob, 0)).to.equal(ALICE_UNITS);
    });

    it("are told apart again in the next period, where only additions are", async () => {
      const { escrow, bob, slasher, prover, first } = await loadFixture(drawn);
      await escrow.connect(slasher).slash(bob, ALICE / 2n, prover, 0);
      await go(first + 1n);
      await escrow.connect(bob).increase(0, ALICE);
      expect(await escrow.drawableUnits(bob, 0)).to.equal((BOB - ALICE / 2n) / UNIT);
    });
  });

  context("lockedUntil", () => {
    it("is the end of the position that lasts longest, 0 without one", async () => {
      const { escrow, alice, bob, stranger, first } = await loadFixture(drawn);
      await escrow.connect(bob).create(BOB, SHORT_LOCK);
      expect(await escrow.lockedUntil(bob)).to.equal(endAfter(first, LONG_LOCK) * LENGTH);
      await escrow.connect(alice).create(ALICE, LONG_LOCK);
      expect(await escrow.lockedUntil(alice)).to.equal(endAfter(first, LONG_LOCK) * LENGTH);
      expect(await escrow.lockedUntil(stranger)).to.equal(0n);
    });

    it("moves on while a position re-locks, and is 0 once the lock has ended", async () => {
      const { escrow, alice, first } = await loadFixture(drawn);
      await go(first + 7n);
      const end = endAfter(first + 7n, SHORT_LOCK);
      expect(await escrow.lockedUntil(alice)).to.equal(end * LENGTH);
      await escrow.connect(alice).startWindDown(0);
      await go(end - 1n);
      expect(await escrow.lockedUntil(alice)).to.equal(end * LENGTH);
      await go(end);
      expect(await escrow.lockedUntil(alice)).to.equal(0n);
      expect(await escrow.drawableUnits(alice, 0)).to.equal(0n);
    });
  });

  it("has room for 2^18 nodes, and for another where one has left", async () => {
    const { escrow, token, alice, carol, stranger } = await loadFixture(drawn);
    await token.transfer(stranger, BOB);
    await token.connect(stranger).approve(escrow, BOB);
    const leaves = 8n ** 6n;
    // Behind the tree, whose words come first: 1 + 8 + ... + 8^5.
    const countSlot = (leaves - 1n) / 7n;
    await setStorageAt(await escrow.getAddress(), countSlot, leaves - 1n);
    await escrow.connect(carol).create(BOB, SHORT_LOCK);
    expect((await escrow.leafAt(leaves - 1n)).node).to.equal(carol.address);
    await expect(escrow.connect(stranger).create(BOB, SHORT_LOCK))
      .to.be.revertedWithCustomError(escrow, "StakeLineFull")
      .withArgs(leaves);

    await escrow.connect(alice).startWindDown(0);
    await go((await escrow.position(alice, 0)).endPeriod);
    await escrow.trim(alice);
    await escrow.connect(stranger).create(BOB, SHORT_LOCK);
    expect((await escrow.leafAt(0)).node).to.equal(stranger.address);
    expect(await escrow.leafCount()).to.equal(leaves);
  });

  it("gives the leaves of nodes that left to the next ones, each to one, before it takes a new one", async () => {
    const { escrow, alice, bob, carol, token, stranger, first } = await loadFixture(drawn);
    await token.transfer(stranger, ALICE);
    await token.connect(stranger).approve(escrow, ALICE);
    for (const staker of [alice, bob]) await escrow.connect(staker).startWindDown(0);
    await go(endAfter(first, LONG_LOCK));
    for (const staker of [alice, bob]) await escrow.trim(staker);
    expect([await escrow.leafCount(), await escrow.totalUnits()]).to.deep.equal([2n, 0n]);
    for (const leaf of [0n, 1n]) expect(await escrow.leafAt(leaf)).to.deep.equal([ethers.ZeroAddress, 0n, 0n]);

    for (const staker of [carol, stranger]) await escrow.connect(staker).create(ALICE, SHORT_LOCK);
    expect(await escrow.leafCount()).to.equal(2n);
    const holders = await Promise.all([0n, 1n].map(async (leaf) => (await escrow.leafAt(leaf)).node));
    expect(holders).to.have.members([carol.address, stranger.address]);

    await escrow.connect(alice).create(ALICE, SHORT_LOCK);
    expect(await escrow.leafCount()).to.equal(3n);
    expect((await escrow.leafAt(2n)).node).to.equal(alice.address);
  });

  it("counts periods from the epoch", async () => {
    const { escrow, first } = await loadFixture(drawn);
    expect(await escrow.currentPeriod()).to.equal(first);
    await go(first + 3n);
    expect(await escrow.currentPeriod()).to.equal(first + 3n);
  });
});
