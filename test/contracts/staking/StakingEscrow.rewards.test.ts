import { loadFixture, setBalance, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { INITIAL_SUPPLY, MAX_SUPPLY, NOBODY, REFERENCE, UNIT_NKMS, deployStaking } from "../../support/staking";
import { LENGTH, LOCK, MINIMUM, at, checked, endAfter, federated, go, period } from "../../support/stakingFixture";

const AMOUNT = 40_000n * UNIT_NKMS;
const RESERVE = MAX_SUPPLY - INITIAL_SUPPLY;
const T = 200n;
const LONGEST = 300n;

/** Alice alone at the stake, in her first period with weight. */
async function alone() {
  const system = await federated();
  await system.escrow.connect(system.alice).create(AMOUNT, LOCK);
  await go((await period()) + 1n);
  return { ...system, own: system.escrow.connect(system.alice), first: await period() };
}

/** R_0 (1 - 1/T)^k, up. */
function remainingAfter(k: bigint): bigint {
  return (RESERVE * (T - 1n) ** k + T ** k - 1n) / T ** k;
}

/** The widest supply, half of it allocated every period, nearly all to a sole staker; with a health check. */
async function wide() {
  const [deployer, healthCheck] = await ethers.getSigners();
  const maximum = 2n ** 95n - 1n;
  const minDeposit = 256n * ((maximum + 2n ** 32n - 2n) / (2n ** 32n - 1n));
  const parameters = { ...REFERENCE, periodLength: LENGTH, decayPeriods: 2n, vestPeriods: 1n, minDeposit };
  const above = { healthCheck: healthCheck.address };
  const { escrow, token } = await deployStaking(parameters, above, { initial: maximum / 2n, maximum });
  await token.approve(escrow, ethers.MaxUint256);
  await go((await period()) + 1n);
  await escrow.create(minDeposit, 100n);
  return { escrow, token, deployer, healthCheck };
}

describe("StakingEscrow: supply and rewards", () => {
  context("the supply law", () => {
    it("allocates nothing while nothing is locked", async () => {
      const { escrow, start } = await loadFixture(federated);
      await go(start + 5_000n);
      expect(await escrow.remainingSupply()).to.equal(RESERVE);
      expect(await escrow.allocatedSupply()).to.equal(INITIAL_SUPPLY);
      expect(await escrow.rewardRate()).to.equal(0n);
    });

    it("I-E10 mint_bound, I-E11: follows R_0 (1 - 1/T)^k over jumps of 1, 2, 1,000 and 10,000 periods", async () => {
      const { escrow, first } = await loadFixture(alone);
      let k = 0n;
      for (const jump of [1n, 2n, 1_000n, 10_000n]) {
        k += jump;
        await go(first + k);
        const remaining = await escrow.remainingSupply();
        expect(remaining).to.be.within(remainingAfter(k), remainingAfter(k) + 2n);
        const rate = remainingAfter(k) - remainingAfter(k + 1n);
        expect(await escrow.rewardRate()).to.be.within(rate - 2n, rate + 2n);
      }
    });

    it("knows the previous, the current and the next period, and no other", async () => {
      const { escrow, bob, first } = await loadFixture(alone);
      await at(first + 3n);
      await escrow.connect(bob).create(AMOUNT, LOCK);
      const at_ = (offset: bigint) => escrow.totalLockedAt(first + 3n + offset);
      expect(await at_(-1n)).to.equal(AMOUNT);
      expect(await at_(0n)).to.equal(AMOUNT);
      expect(await at_(1n)).to.equal(2n * AMOUNT);
      for (const offset of [-2n, 2n])
        await expect(at_(offset))
          .to.be.revertedWithCustomError(escrow, "PeriodOutOfReach")
          .withArgs(first + 3n + offset, first + 2n, first + 4n);
      await expect(escrow.lockedAt(bob, first + 1n))
        .to.be.revertedWithCustomError(escrow, "PeriodOutOfReach")
        .withArgs(first + 1n, first + 2n, 2n ** 32n - 1n);
    });

    it("knows a weight of the previous period, but for one that changed in both or was slashed", async () => {
      const { escrow, own, alice, bob, slasher, prover, first } = await loadFixture(alone);
      const known = async (wanted: bigint) =>
        expect(await escrow.lockedAt(alice, (await period()) - 1n)).to.equal(wanted);
      const forgotten = async () => {
        const now = await period();
        await expect(escrow.lockedAt(alice, now - 1n))
          .to.be.revertedWithCustomError(escrow, "PeriodOutOfReach")
          .withArgs(now - 1n, now, 2n ** 32n - 1n);
      };
      await go(first + 3n);
      await known(AMOUNT);
      await own.increase(0, AMOUNT);
      await known(AMOUNT);
      await go(first + 4n);
      await known(AMOUNT);
      await own.increase(0, AMOUNT);
      await forgotten();
      expect(await escrow.lockedAt(bob, first + 3n)).to.equal(0n);
      await go(first + 5n);
      await known(2n * AMOUNT);
      await go(first + 8n);
      await known(3n * AMOUNT);
      await escrow.connect(slasher).slash(alice, AMOUNT, prover, 0n);
      await forgotten();
      expect(await escrow.lockedAt(alice, first + 8n)).to.equal(3n * AMOUNT);
      await go(first + 9n);
      await known(3n * AMOUNT);
      await own.startWindDown(0);
      const end = (await escrow.position(alice, 0)).endPeriod;
      await go(end);
      await known(2n * AMOUNT);
      await go(end + 1n);
      await known(0n);
    });
  });

  context("claim", () => {
    it("pays one staker everything allocated, in ended periods only (I-E12 mint_once)", async () => {
      const { escrow, token, own, alice, first } = await loadFixture(alone);
      expect(await escrow.claimable(alice)).to.equal(0n);
      await at(first + 1n);
      const allocated = RESERVE - remainingAfter(1n);
      const balance = await token.balanceOf(alice);
      await own.claim();
      const paid = (await token.balanceOf(alice)) - balance;
      expect(paid).to.be.within(allocated - 3n, allocated);
      await at(first + 1n, 500n);
      await expect(own.claim()).to.emit(escrow, "RewardClaimed").withArgs(alice.address, 0n);
    });

    it("I-E13 reward_share: divides by weight, eq 30", async () => {
      const { escrow, bob, alice, first } = await loadFixture(alone);
      await at(first, 500n);
      await escrow.connect(bob).create(3n * AMOUNT, LOCK);
      await go(first + 1n);
      const before = await escrow.claimable(alice);
      const rate = await escrow.rewardRate();
      await go(first + 2n);
      expect((await escrow.claimable(alice)) - before).to.be.within(rate / 4n - 2n, rate / 4n);
      expect(await escrow.claimable(bob)).to.be.within((3n * rate) / 4n - 2n, (3n * rate) / 4n);
    });

    it("I-E14 claim_invariance: every period or once at the end, the same total", async () => {
      const { escrow, token, own, alice, stranger, first } = await loadFixture(alone);
      const fork = await takeSnapshot();
      const start = await token.balanceOf(alice);
      for (let p = first + 1n; p <= first + 60n; ++p) {
        await at(p, 3n);
        await own.claim();
        if (p % 9n === 0n) await escrow.connect(stranger).advance();
      }
      const often = (await token.balanceOf(alice)) - start;
      await fork.restore();
      await at(first + 60n, 3n);
      await own.claim();
      expect((await token.balanceOf(alice)) - start).to.equal(often);
    });

    it("stops earning at the end of the lock", async () => {
      const { escrow, own, alice, bob, first } = await loadFixture(alone);
      await escrow.connect(bob).create(AMOUNT, LOCK);
      await own.startWindDown(0);
      const end = endAfter(first, LOCK);
      await go(end);
      const due = await escrow.claimable(alice);
      await go(end + 100n);
      expect(await escrow.claimable(alice)).to.equal(due);
      await own.claim();
      expect(await escrow.claimable(alice)).to.equal(0n);
    });
  });

  context("claimAndRestake", () => {
    it("adds what is due to a position, which gets weight from the next period", async () => {
      const { escrow, token, own, alice, first } = await loadFixture(alone);
      await go(first + 3n);
      const amount = await own.claimAndRestake.staticCall(0);
      await expect(own.claimAndRestake(0)).to.changeTokenBalance(token, escrow, amount);
      expect(await escrow.depositOf(alice)).to.equal(AMOUNT + amount);
      expect(await escrow.totalLockedAt(first + 4n)).to.equal(AMOUNT + amount);
    });

    it("refuses where nothing is due", async () => {
      const { escrow, own } = await loadFixture(alone);
      await expect(own.claimAndRestake(0)).to.be.revertedWithCustomError(escrow, "ZeroAmount").withArgs();
    });
  });

  context("vesting epochs", () => {
    it("keeps the current and the former epoch provisional, and vests by arithmetic", async () => {
      const { escrow, alice, start } = await loadFixture(checked);
      await escrow.connect(alice).create(AMOUNT, LOCK);
      const epoch = (start / 7n + 1n) * 7n;
      await go(epoch);
      const early = await escrow.provisional(alice);
      expect(await escrow.claimable(alice)).to.equal(0n);
      await go(epoch + 7n - 1n);
      expect(await escrow.claimable(alice)).to.equal(0n);
      await go(epoch + 7n);
      expect(await escrow.claimable(alice)).to.equal(early);
    });
  });

  context("advance", () => {
    it("passes 32 expiries a call; a decision with more behind it asks for it", async () => {
      const { escrow, alice, bob, stranger, start } = await loadFixture(federated);
      const own = escrow.connect(alice);
      for (let i = 0n; i < 32n; ++i) await escrow.connect(bob).create(MINIMUM, 2n + 7n * i);
      await own.create(MINIMUM, 2n + 7n * 32n);
      await own.create(MINIMUM, 2n + 7n * 33n);
      await at(start + 1n);
      for (let i = 0; i < 32; ++i) await escrow.connect(bob).startWindDown(i);
      await own.startWindDown(0);
      await own.startWindDown(1);
      const last = (await escrow.position(alice, 0)).endPeriod;
      await go(last + 30n);
      const due = await escrow.claimable(alice);
      await expect(escrow.connect(bob).create(MINIMUM, 2n))
        .to.be.revertedWithCustomError(escrow, "NeedsAdvance")
        .withArgs(last, last + 30n);
      expect(await escrow.connect(stranger).advance.staticCall()).to.equal(false);
      await escrow.connect(stranger).advance();
      expect(await escrow.claimable(alice)).to.equal(due);
      expect(await escrow.connect(stranger).advance.staticCall()).to.equal(true);
      await own.claim();
      expect(await escrow.totalLocked()).to.equal(0n);
    });
  });

  context("a claim or withdrawal, which steps over ends that nobody has passed", () => {
    it("asks for advance once 32 of them can lie behind: -1, 0", async () => {
      const { escrow, alice, bob, start } = await loadFixture(federated);
      for (const staker of [alice, bob]) await escrow.connect(staker).create(MINIMUM, 2n);
      await at(start + 1n);
      await escrow.connect(bob).startWindDown(0);
      const end = (await escrow.position(bob, 0)).endPeriod;
      await at(end + 7n * 32n - 1n);
      await escrow.connect(alice).claim();
      const late = end + 7n * 32n;
      await at(late);
      for (const call of [() => escrow.connect(alice).claim(), () => escrow.connect(bob).withdraw(0)])
        await expect(call()).to.be.revertedWithCustomError(escrow, "NeedsAdvance").withArgs(end, late);
      await escrow.advance();
      await escrow.connect(alice).claim();
      await escrow.connect(bob).withdraw(0);
    });

    it("so does an end that no other position has, however long ago the one before was: -1, 0", async () => {
      const { escrow, alice, bob, start } = await loadFixture(federated);
      const own = escrow.connect(alice);
      for (const lock of [LONGEST, 2n, 3n]) await own.create(MINIMUM, lock);
      await escrow.connect(bob).create(MINIMUM, 2n);
      await at(start + 1n);
      await escrow.connect(bob).startWindDown(0);
      const end = (await escrow.position(bob, 0)).endPeriod;
      await at(end + 7n * 32n - 1n);
      await own.startWindDown(0);
      const last = (await escrow.position(alice, 0)).endPeriod;
      const late = end + 7n * 32n;
      await at(late);
      for (const call of [() => own.startWindDown(1), () => own.prolong(0, LONGEST + 7n)])
        await expect(call()).to.be.revertedWithCustomError(escrow, "NeedsAdvance").withArgs(end, late);
      await go(last + 10_000_000n);
      await escrow.advance();
      expect(await escrow.advance.staticCall()).to.equal(true);
      expect(await escrow.totalLocked()).to.equal(2n * MINIMUM);
      await own.withdraw(0);
      for (const refused of [1, 2]) await own.startWindDown(refused);
    });

    it("but an end that others have may be had too", async () => {
      const { escrow, alice, bob, start } = await loadFixture(federated);
      const [first, shared] = [2n, LONGEST].map((lock) => endAfter(start + 1n, lock));
      const late = first + 7n * 32n;
      for (const lock of [2n, LONGEST]) await escrow.connect(bob).create(MINIMUM, lock);
      await escrow.connect(alice).create(MINIMUM, shared - late - 1n);
      await at(start + 1n);
      for (const index of [0, 1]) await escrow.connect(bob).startWindDown(index);
      await at(late);
      await escrow.connect(alice).startWindDown(0);
      expect((await escrow.position(alice, 0)).endPeriod).to.equal(shared);
      await go(shared);
      expect(await escrow.totalLocked()).to.equal(0n);
    });

    it("pays the same as after an advance", async () => {
      const { escrow, token, own, alice, bob, stranger, first } = await loadFixture(alone);
      for (let i = 0; i < 3; ++i) await escrow.connect(bob).create(AMOUNT, LOCK + 7n * BigInt(i));
      await own.create(AMOUNT, LOCK);
      await at(first + 1n);
      for (let i = 0; i < 3; ++i) await escrow.connect(bob).startWindDown(i);
      await own.startWindDown(1);
      const fork = await takeSnapshot();
      const outcome = async (advanced: boolean) => {
        await at(first + 60n, 1n);
        if (advanced) await escrow.connect(stranger).advance();
        await at(first + 60n, 2n);
        await own.claim();
        await own.withdraw(1);
        return [await token.balanceOf(alice), await escrow.claimable(bob), await escrow.totalLocked()];
      };
      const passed = await outcome(true);
      await fork.restore();
      expect(await outcome(false)).to.deep.equal(passed);
    });
  });

  context("returnToReserve", () => {
    it("burns the caller's tokens and adds them to R from the next period", async () => {
      const { escrow, token, alice, first } = await loadFixture(alone);
      await expect(escrow.connect(alice).returnToReserve(0n))
        .to.be.revertedWithCustomError(escrow, "ZeroAmount")
        .withArgs();
      const supply = await token.totalSupply();
      const [remaining, rate] = [await escrow.remainingSupply(), await escrow.rewardRate()];
      await at(first, 500n);
      await expect(escrow.connect(alice).returnToReserve(12_345n))
        .to.emit(escrow, "ReturnedToReserve")
        .withArgs(alice.address, 12_345n);
      expect(await token.totalSupply()).to.equal(supply - 12_345n);
      expect(await escrow.remainingSupply()).to.equal(remaining);
      expect(await escrow.rewardRate()).to.equal(rate);
      await go(first + 1n);
      expect(await escrow.remainingSupply()).to.equal(remaining - rate + 12_345n);
    });

    it("takes no more than the caller has approved", async () => {
      const { escrow, token, stranger } = await loadFixture(alone);
      await expect(escrow.connect(stranger).returnToReserve(1n))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await escrow.getAddress(), 0n, 1n);
    });
  });

  context("lanes", () => {
    it("refuse what is above the supply, with both values, at the ends of lanes and beyond", async () => {
      const { escrow, token, alice } = await loadFixture(federated);
      await token.connect(alice).approve(escrow, ethers.MaxUint256);
      for (const amount of [MAX_SUPPLY + 1n, 2n ** 96n - 1n, 2n ** 96n, 2n ** 96n + 1n, 2n ** 128n, ethers.MaxUint256])
        await expect(escrow.connect(alice).returnToReserve(amount))
          .to.be.revertedWithCustomError(escrow, "DepositAboveMaximum")
          .withArgs(amount, MAX_SUPPLY);
      await expect(escrow.connect(alice).returnToReserve(MAX_SUPPLY))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
        .withArgs(alice.address, await token.balanceOf(alice), MAX_SUPPLY);
      await escrow.connect(alice).create(100_000n * UNIT_NKMS, 10n);
      for (const amount of [MAX_SUPPLY + 1n, 2n ** 96n - 1n, 2n ** 96n, 2n ** 128n - 1n])
        for (const send of [
          () => escrow.connect(alice).create(amount, 10n),
          () => escrow.connect(alice).increase(0, amount),
        ])
          await expect(send())
            .to.be.revertedWithCustomError(escrow, "DepositAboveMaximum")
            .withArgs(amount, MAX_SUPPLY);
    });

    it("hold what was returned however often the whole supply came back", async () => {
      const { escrow, token, deployer, healthCheck } = await loadFixture(wide);
      let [allocated, returned, paid] = [0n, 0n, 0n];
      for (let i = 0; i < 8; ++i) {
        await escrow.increase(0, 1n);
        const start = await period();
        const before = await escrow.remainingSupply();
        const pot = await escrow.checkPot();
        await escrow.connect(healthCheck).payCheck(deployer, pot);
        paid += pot;
        const amount = (await token.balanceOf(deployer)) - 1n;
        await escrow.returnToReserve(amount);
        expect(await period()).to.equal(start);
        returned += amount;
        await go(start + 6n);
        allocated += before + amount - (await escrow.remainingSupply());
        await escrow.claim();
      }
      expect(returned).to.be.above(2n ** 96n + 2n ** 95n);
      expect(await escrow.checkPot()).to.equal((allocated * 1_000n) / 10_000n - paid);
    });

    it("refuse a claim that a stretch has no room for, with both values, until a decision closes it", async () => {
      const { escrow, token, deployer } = await loadFixture(wide);
      let [due, paid] = [0n, 0n];
      while (paid + due <= 2n ** 95n) {
        if (due > 0n) await escrow.claim();
        paid += due;
        await escrow.returnToReserve((await token.balanceOf(deployer)) - 1n);
        await go((await period()) + 6n);
        due = await escrow.claimable(deployer);
      }
      await expect(escrow.claim())
        .to.be.revertedWithCustomError(escrow, "SafeCastOverflowedIntDowncast")
        .withArgs(96n, -(paid + due));
      await escrow.increase(0, 1n);
      const before = await token.balanceOf(deployer);
      await escrow.claim();
      expect((await token.balanceOf(deployer)) - before).to.be.within(due - 1n, due);
    });
  });

  it("I-E18 donation_inert: tokens and ether sent to the escrow change nothing", async () => {
    const { escrow, token, deployer, alice, first } = await loadFixture(alone);
    await go(first + 3n);
    const see = async () => [
      await escrow.claimable(alice),
      await escrow.remainingSupply(),
      await escrow.totalLocked(),
      await escrow.depositOf(alice),
    ];
    const before = await see();
    await token.connect(deployer).transfer(escrow, 10n ** 24n);
    await setBalance(await escrow.getAddress(), 10n ** 18n);
    expect(await see()).to.deep.equal(before);
  });

  context("deployment", () => {
    const cases: [string, Partial<typeof REFERENCE>, bigint, bigint, bigint][] = [
      ["periodLength", { periodLength: 0 }, 0n, 1n, 2n ** 21n],
      ["periodLength", { periodLength: 2 ** 21 + 1 }, 2n ** 21n + 1n, 1n, 2n ** 21n],
      ["decayPeriods", { decayPeriods: 1 }, 1n, 2n, 2n ** 24n],
      ["decayPeriods", { decayPeriods: 2 ** 24 + 1 }, 2n ** 24n + 1n, 2n, 2n ** 24n],
      ["minLockPeriods", { minLockPeriods: 0 }, 0n, 1n, 1_820n],
      ["minLockPeriods", { minLockPeriods: 1_821 }, 1_821n, 1n, 1_820n],
      ["maxLockPeriods", { maxLockPeriods: 2 ** 15 + 1 }, 2n ** 15n + 1n, 1n, 2n ** 15n],
      ["unbondingPeriods", { unbondingPeriods: 0 }, 0n, 1n, 2n ** 15n],
      ["unbondingPeriods", { unbondingPeriods: 2 ** 15 + 1 }, 2n ** 15n + 1n, 1n, 2n ** 15n],
      ["checkShareBps", { checkShareBps: 5_001 }, 5_001n, 0n, 5_000n],
    ];

    for (const [name, change, value, minimum, maximum] of cases) {
      it(`refuses ${name} = ${value}`, async () => {
        const { escrow, stranger } = await loadFixture(federated);
        await expect(deployStaking({ ...REFERENCE, ...change }, { healthCheck: stranger.address }))
          .to.be.revertedWithCustomError(escrow, "ParameterOutOfRange")
          .withArgs(ethers.encodeBytes32String(name), value, minimum, maximum);
      });
    }

    it("ties pot and vesting to a health check", async () => {
      const { escrow, stranger } = await loadFixture(federated);
      const refuses = (name: string, change: object, above: object, ...args: bigint[]) =>
        expect(deployStaking({ ...REFERENCE, ...change }, above))
          .to.be.revertedWithCustomError(escrow, "ParameterOutOfRange")
          .withArgs(ethers.encodeBytes32String(name), ...args);
      await refuses("checkShareBps", {}, {}, 1_000n, 0n, 0n);
      await refuses("vestPeriods", { checkShareBps: 0 }, {}, 7n, 0n, 0n);
      const healthCheck = stranger.address;
      const today = BigInt((await ethers.provider.getBlock("latest"))!.timestamp) / 86_400n;
      await refuses("vestPeriods", { vestPeriods: 0 }, { healthCheck }, 0n, 1n, today);
    });

    it("wants a minimum deposit of 256 units", async () => {
      const { escrow } = await loadFixture(federated);
      const floor = 256n * (await escrow.unit());
      const parameters = { ...REFERENCE, checkShareBps: 0, vestPeriods: 0 };
      await expect(deployStaking({ ...parameters, minDeposit: floor - 1n }))
        .to.be.revertedWithCustomError(escrow, "ParameterOutOfRange")
        .withArgs(ethers.encodeBytes32String("minDeposit"), floor - 1n, floor, MAX_SUPPLY);
      const { escrow: other } = await deployStaking({ ...parameters, minDeposit: floor });
      expect((await other.parameters()).minDeposit).to.equal(floor);
    });

    it("wants a token that lets it mint", async () => {
      const { escrow, token, alice } = await loadFixture(federated);
      const parameters = { ...REFERENCE, checkShareBps: 0, vestPeriods: 0 };
      const deployment = ethers.deployContract("StakingEscrow", [token, NOBODY, NOBODY, NOBODY, [], parameters], alice);
      const predicted = ethers.getCreateAddress({ from: alice.address, nonce: await alice.getNonce() });
      await expect(deployment)
        .to.be.revertedWithCustomError(escrow, "WrongEscrow")
        .withArgs(await escrow.getAddress(), predicted);
    });

    it("reports what it was deployed with", async () => {
      const { escrow } = await loadFixture(federated);
      expect(await escrow.periodLength()).to.equal(LENGTH);
      const { decayPeriods, minLockPeriods, maxLockPeriods, vestPeriods } = await escrow.parameters();
      expect([decayPeriods, minLockPeriods, maxLockPeriods, vestPeriods]).to.deep.equal([T, 2n, 400n, 0n]);
    });

    it("names no owner, administrator, pause or upgrade", async () => {
      const { escrow } = await loadFixture(federated);
      const names = escrow.interface.fragments.flatMap((part) => (part.type === "function" ? [part.format()] : []));
      expect(names.filter((name) => /owner|admin|pause|upgrade/i.test(name))).to.deep.equal([]);
    });
  });
});
