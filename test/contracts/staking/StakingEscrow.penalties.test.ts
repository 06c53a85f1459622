import { loadFixture, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import type { StakingEscrow } from "../../../typechain-types";
import { INITIAL_SUPPLY, MAX_SUPPLY, UNIT_NKMS } from "../../support/staking";
import { LENGTH, LOCK, MINIMUM, at, checked, endAfter, go, period } from "../../support/stakingFixture";

const AMOUNT = 40_000n * UNIT_NKMS;
const DAY = 7n;

/** Alice has `count` positions of one amount, active; the pot and provisional rewards have grown for a while. */
async function with_(count: number) {
  const system = await checked();
  for (let i = 0; i < count; ++i) await system.escrow.connect(system.alice).create(AMOUNT, LOCK);
  await go((await period()) + 3n);
  return { ...system, own: system.escrow.connect(system.alice), now: await period() };
}

/** Of a sole staker, up to the end of the current period: d * sum floor(2^96 * 0.9 * allocated / d) / 2^96, anchors at its start and its end. */
async function earnedAlone(escrow: StakingEscrow, d: bigint): Promise<bigint> {
  const stretch = MAX_SUPPLY - INITIAL_SUPPLY - (await escrow.remainingSupply());
  const growth = [stretch, await escrow.rewardRate()].map((allocated) => ((allocated * 9_000n) << 96n) / (d * 10_000n));
  return (d * (growth[0] + growth[1])) >> 96n;
}

const one = () => with_(1);
const three = () => with_(3);

/** Under NKMS_DEEP past what their lane holds. */
const STRIKES = process.env.NKMS_DEEP ? 258n : 8n;

describe("StakingEscrow: penalties", () => {
  context("access", () => {
    it("I-X4 no_admin: refuses everybody but the address fixed at deployment", async () => {
      const { escrow, alice, deployer, slasher, healthCheck, policyManager } = await loadFixture(one);
      const calls = [
        { allowed: policyManager, call: (who: typeof alice) => escrow.connect(who).reserve([], 0n) },
        { allowed: policyManager, call: (who: typeof alice) => escrow.connect(who).release(alice, 0n) },
        { allowed: slasher, call: (who: typeof alice) => escrow.connect(who).slash(alice, 1n, alice, 0n) },
        { allowed: healthCheck, call: (who: typeof alice) => escrow.connect(who).convict(alice) },
        { allowed: healthCheck, call: (who: typeof alice) => escrow.connect(who).payCheck(alice, 0n) },
        { allowed: healthCheck, call: (who: typeof alice) => escrow.connect(who).forfeit(alice, 0n) },
      ];
      for (const { allowed, call } of calls) {
        for (const stranger of [alice, deployer])
          await expect(call(stranger)).to.be.revertedWithCustomError(escrow, "NotAllowed").withArgs(stranger.address);
        await call(allowed);
      }
    });
  });

  context("reserve and release", () => {
    it("reserve up to the deposit: -1, 0, +1", async () => {
      const { escrow, alice, policyManager } = await loadFixture(one);
      const policies = escrow.connect(policyManager);
      await expect(policies.reserve([alice], AMOUNT + 1n))
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(alice.address, AMOUNT, AMOUNT + 1n);
      await policies.reserve([alice], AMOUNT - 1n);
      await policies.reserve([alice], 1n);
      expect(await escrow.reservedOf(alice)).to.equal(AMOUNT);
      await expect(policies.reserve([alice], 1n))
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(alice.address, AMOUNT, AMOUNT + 1n);
    });

    it("count a position that unbonds towards the deposit: -1, 0, +1", async () => {
      const { escrow, own, alice, policyManager, now } = await loadFixture(one);
      const policies = escrow.connect(policyManager);
      await own.create(2n * AMOUNT, LOCK);
      await own.startWindDown(0);
      await at(endAfter(now, LOCK));
      await own.claim(); // Closes the stretch: what has ended no longer counts as weight.
      expect(await escrow.lockedAt(alice, await period())).to.equal(2n * AMOUNT);
      const deposit = 3n * AMOUNT;
      for (const amount of [deposit - 1n, deposit]) await policies.reserve.staticCall([alice], amount);
      await expect(policies.reserve([alice], deposit + 1n))
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(alice.address, deposit, deposit + 1n);
      await policies.reserve([alice], deposit);
      expect(await escrow.reservedOf(alice)).to.equal(deposit);
    });

    it("refuse a node without weight, or more than is reserved", async () => {
      const { escrow, alice, bob, policyManager } = await loadFixture(one);
      const policies = escrow.connect(policyManager);
      await escrow.connect(bob).create(AMOUNT, LOCK);
      await expect(policies.reserve([alice, bob], 1n))
        .to.be.revertedWithCustomError(escrow, "NodeInactive")
        .withArgs(bob.address);
      await policies.reserve([alice], 10n);
      await expect(policies.release(alice, 11n))
        .to.be.revertedWithCustomError(escrow, "ReleaseAboveReserved")
        .withArgs(alice.address, 11n, 10n);
      await policies.release(alice, 10n);
      expect(await escrow.reservedOf(alice)).to.equal(0);
    });

    it("reserve nothing new after a slash until the deposit covers it again", async () => {
      const { escrow, own, alice, policyManager, slasher } = await loadFixture(one);
      const policies = escrow.connect(policyManager);
      await policies.reserve([alice], AMOUNT - 100n);
      await escrow.connect(slasher).slash(alice, 200n, slasher, 0n);
      await expect(policies.reserve([alice], 1n))
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(alice.address, AMOUNT - 200n, AMOUNT - 99n);
      await own.increase(0, 101n);
      await policies.reserve([alice], 1n);
    });
  });

  context("slash", () => {
    it("I-E7 slash_conservation: prover's part and return to R add up, at most a quarter", async () => {
      const { escrow, token, alice, slasher, prover, now } = await loadFixture(one);
      const slashing = escrow.connect(slasher);
      await expect(slashing.slash(alice, 1n, prover, 2_501n))
        .to.be.revertedWithCustomError(escrow, "ProverShareTooHigh")
        .withArgs(2_501n, 2_500n);
      const [supply, remaining, rate] = [
        await token.totalSupply(),
        await escrow.remainingSupply(),
        await escrow.rewardRate(),
      ];
      const penalty = 1_001n;
      await at(now, 500n);
      const transaction = slashing.slash(alice, penalty, prover, 2_500n);
      await expect(transaction)
        .to.emit(escrow, "Slashed")
        .withArgs(alice.address, prover.address, penalty, penalty, 250n);
      await expect(transaction).to.changeTokenBalances(token, [escrow, prover], [-penalty, 250n]);
      expect(await token.totalSupply()).to.equal(supply - 751n);
      expect(await escrow.remainingSupply()).to.equal(remaining);
      await go(now + 1n);
      expect(await escrow.remainingSupply()).to.equal(remaining - rate + 751n);
    });

    it("gives a share of nobody back to the reserve", async () => {
      const { escrow, token, alice, slasher, now } = await loadFixture(one);
      const [supply, remaining, rate] = [
        await token.totalSupply(),
        await escrow.remainingSupply(),
        await escrow.rewardRate(),
      ];
      await at(now, 500n);
      await expect(escrow.connect(slasher).slash(alice, 1_001n, ethers.ZeroAddress, 2_500n))
        .to.emit(escrow, "Slashed")
        .withArgs(alice.address, ethers.ZeroAddress, 1_001n, 1_001n, 0n);
      expect(await token.totalSupply()).to.equal(supply - 1_001n);
      await go(now + 1n);
      expect(await escrow.remainingSupply()).to.equal(remaining - rate + 1_001n);
    });

    it("takes re-locking positions by index, then winding-down ones", async () => {
      const { escrow, own, alice, slasher, prover } = await loadFixture(three);
      await own.startWindDown(0);
      const slashing = escrow.connect(slasher);
      await slashing.slash(alice, AMOUNT, prover, 0n);
      expect((await own.position(alice, 0)).amount).to.equal(AMOUNT);
      expect((await own.position(alice, 1)).amount).to.equal(0n);
      await slashing.slash(alice, AMOUNT, prover, 0n);
      expect((await own.position(alice, 2)).amount).to.equal(0n);
      await slashing.slash(alice, 1n, prover, 0n);
      expect((await own.position(alice, 0)).amount).to.equal(AMOUNT - 1n);
      expect(await own.positionCount(alice)).to.equal(1n);
    });

    it("I-E17 min_stake_or_out: what falls below the minimum has no weight and unbonds after its lock", async () => {
      const { escrow, own, alice, slasher, prover, now } = await loadFixture(one);
      const penalty = AMOUNT - MINIMUM + 1n;
      const end = endAfter(now, LOCK);
      await at(now, 500n);
      await expect(escrow.connect(slasher).slash(alice, penalty, prover, 0n))
        .to.emit(escrow, "PositionSlashed")
        .withArgs(alice.address, 0n, penalty, true, end);
      expect(await escrow.totalLockedAt(now + 1n)).to.equal(0n);
      expect(await escrow.activeNodesAt(now + 1n)).to.equal(0n);
      expect(await escrow.lockedAt(alice, now)).to.equal(AMOUNT);
      await at(end + 4n);
      await expect(own.withdraw(0))
        .to.be.revertedWithCustomError(escrow, "StillLocked")
        .withArgs(0n, end + 5n, end + 4n);
      await at(end + 5n);
      await expect(own.withdraw(0))
        .to.emit(escrow, "Withdrawn")
        .withArgs(alice.address, 0n, MINIMUM - 1n);
    });

    it("leaves exactly the minimum active", async () => {
      const { escrow, alice, slasher, prover, now } = await loadFixture(one);
      await escrow.connect(slasher).slash(alice, AMOUNT - MINIMUM, prover, 0n);
      await go(now + 1n);
      expect(await escrow.totalLocked()).to.equal(MINIMUM);
      expect(await escrow.isActive(alice)).to.equal(true);
    });

    it("I-E5 slashable_until_paid: reaches unbonding stake, and never reverts on the amount", async () => {
      const { escrow, token, own, alice, slasher, prover, now } = await loadFixture(one);
      await at(now, 500n);
      await own.startWindDown(0);
      const end = endAfter(now, LOCK);
      await at(end + 4n, 999n);
      await escrow.connect(slasher).slash(alice, 10n, prover, 0n);
      expect(await escrow.depositOf(alice)).to.equal(AMOUNT - 10n);
      const due = await escrow.claimable(alice);
      const all = AMOUNT - 10n + due;
      const [before, atEscrow] = [await token.balanceOf(prover), await token.balanceOf(escrow)];
      await expect(escrow.connect(slasher).slash(alice, all * 2n, prover, 2_500n))
        .to.emit(escrow, "Slashed")
        .withArgs(alice.address, prover.address, all * 2n, all, all / 4n);
      expect((await token.balanceOf(prover)) - before).to.equal(all / 4n);
      expect(atEscrow - (await token.balanceOf(escrow))).to.equal(AMOUNT - 10n);
      expect(await escrow.claimable(alice)).to.equal(0n);
      await escrow.connect(slasher).slash(alice, 1n, prover, 2_500n);
    });

    it("pays the prover out of unpaid rewards where no stake is left", async () => {
      const { escrow, token, own, alice, slasher, prover, now } = await loadFixture(one);
      await own.startWindDown(0);
      await at(endAfter(now, LOCK) + 20n);
      await own.withdraw(0);
      const due = await escrow.claimable(alice);
      expect(due).to.be.above(0n);
      await expect(escrow.connect(slasher).slash(alice, due, prover, 2_500n)).to.changeTokenBalance(
        token,
        prover,
        due / 4n,
      );
    });

    it("I-E8 slash_floor: what policies reserve cannot be withdrawn, and a slash takes what it asks or everything", async () => {
      const { escrow, own, alice, policyManager, slasher, prover, now } = await loadFixture(one);
      const collateral = 7n;
      await escrow.connect(policyManager).reserve([alice], collateral);
      await own.startWindDown(0);
      await go(endAfter(now, LOCK) + 5n);
      await expect(own.withdraw(0))
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(alice.address, 0n, collateral);
      const fork = await takeSnapshot();
      for (const penalty of [1n, collateral, MINIMUM, AMOUNT - 1n, AMOUNT, AMOUNT + 1n, 2n ** 96n, ethers.MaxUint256]) {
        const deposit = await escrow.depositOf(alice);
        const all = deposit + (await escrow.claimable(alice));
        const taken = penalty < all ? penalty : all;
        await expect(escrow.connect(slasher).slash(alice, penalty, prover, 0n))
          .to.emit(escrow, "Slashed")
          .withArgs(alice.address, prover.address, penalty, taken, 0n);
        expect(await escrow.depositOf(alice)).to.equal(penalty < deposit ? deposit - penalty : 0n);
        await fork.restore();
      }
    });

    for (const count of [1, 2, 10, 31, 32])
      it(`I-E2 deposit_sum: keeps weight, leaf, D, N and schedule in step, positions: ${count}`, async () => {
        const { escrow, own, alice, slasher, prover, now } = await loadFixture(one);
        const lock = (i: number) => LOCK + 7n * BigInt(i);
        for (let i = 1; i < count; ++i) await own.create(AMOUNT, lock(i));
        await go(now + 1n);
        const all = Array.from({ length: count }, (_, i) => i);
        const [relocking, winding] = [0, 1].map((rest) => all.filter((i) => i % 2 === rest));
        for (const i of winding) await own.startWindDown(i);

        const penalty = (2n * AMOUNT * BigInt(count)) / 3n;
        await escrow.connect(slasher).slash(alice, penalty, prover, 0n);
        let unpaid = penalty;
        const left = new Map<number, bigint>();
        for (const i of [...relocking, ...winding]) {
          const cut = unpaid < AMOUNT ? unpaid : AMOUNT;
          unpaid -= cut;
          left.set(i, AMOUNT - cut);
        }
        const end = (i: number) => endAfter(now + 1n, lock(i));
        const weightAt = (when: bigint) =>
          all
            .filter((i) => left.get(i)! >= MINIMUM && (relocking.includes(i) || end(i) > when))
            .reduce((sum, i) => sum + left.get(i)!, 0n);

        expect(await escrow.depositOf(alice)).to.equal(AMOUNT * BigInt(count) - penalty);
        expect(await escrow.lockedAt(alice, now + 2n)).to.equal(weightAt(now + 2n));
        expect(await escrow.totalUnits()).to.equal(weightAt(now + 2n) / (await escrow.unit()));
        for (const when of [now + 2n, ...winding.flatMap((i) => [end(i) - 1n, end(i)])]) {
          await go(when);
          expect(await escrow.totalLocked(), `D in ${when}`).to.equal(weightAt(when));
          expect(await escrow.activeNodesAt(when), `N in ${when}`).to.equal(weightAt(when) > 0n ? 1n : 0n);
        }
      });
  });

  context("conviction", () => {
    it("takes everything provisional and nothing else, and suspends from that second", async () => {
      const { escrow, registry, own, alice, healthCheck, now } = await loadFixture(one);
      await go(now + 30n);
      const [vested, held] = [await escrow.claimable(alice), await escrow.provisional(alice)];
      expect(vested).to.be.above(0n);
      expect(held).to.be.above(0n);
      await at(now + 30n, 400n);
      const second = (now + 30n) * LENGTH + 400n;
      const transaction = escrow.connect(healthCheck).convict(alice);
      await expect(transaction)
        .to.emit(escrow, "NodeSuspended")
        .withArgs(alice.address, 1n, second + LENGTH);
      await expect(transaction).to.emit(registry, "SuspensionOpened").withArgs(alice.address, second);
      expect(await escrow.claimable(alice)).to.equal(vested);
      expect(await escrow.provisional(alice)).to.equal(0n);
      expect(await escrow.isSuspended(alice)).to.equal(true);
      expect(await escrow.isActive(alice)).to.equal(false);
      expect(await escrow.drawableUnits(alice, 0)).to.equal(0n);
      expect(await escrow.totalLockedAt(now + 31n)).to.equal(AMOUNT);
      expect(await escrow.activeNodesAt(now + 31n)).to.equal(0n);
      await expect(own.claim()).to.emit(escrow, "RewardClaimed").withArgs(alice.address, vested);
    });

    it("takes and hides nothing where nothing is provisional, long after the last reward", async () => {
      const { escrow, own, alice, healthCheck, now } = await loadFixture(one);
      await go(now + 20_000n); // R falls by 1/200 a period: less than a wei is left after 12,700
      const [vested, remaining] = [await escrow.claimable(alice), await escrow.remainingSupply()];
      expect([await escrow.rewardRate(), await escrow.provisional(alice)]).to.deep.equal([0n, 0n]);
      expect(vested).to.be.above(0n);
      await expect(escrow.connect(healthCheck).convict(alice))
        .to.emit(escrow, "RewardForfeited")
        .withArgs(alice.address, 0n);
      expect([await escrow.claimable(alice), await escrow.provisional(alice)]).to.deep.equal([vested, 0n]);
      await go(now + 20_010n);
      await expect(own.reactivate()).to.emit(escrow, "RewardForfeited").withArgs(alice.address, 0n);
      expect(await escrow.remainingSupply()).to.equal(remaining);
      await expect(own.claim()).to.emit(escrow, "RewardClaimed").withArgs(alice.address, vested);
    });

    for (const periods of [24n, 31n, 38n, 45n, 52n, 59n]) {
      it(`I-E13 reward_share: pays and takes together what was earned, to the wei, after ${periods} periods`, async () => {
        const { escrow, token, alice, healthCheck } = await loadFixture(checked);
        const own = escrow.connect(alice);
        const start = await period();
        await own.create(AMOUNT, LOCK);
        await go(start + periods);
        const initial = await token.totalSupply();
        await own.claim();
        const paid = (await token.totalSupply()) - initial;
        const earned = await earnedAlone(escrow, AMOUNT);
        const convicted = await (await escrow.connect(healthCheck).convict(alice)).wait();
        const events = convicted!.logs.map((log) => escrow.interface.parseLog(log)).filter((event) => event !== null);
        const taken = events.find(({ name }) => name === "RewardForfeited")!.args.amount as bigint;
        expect(paid + taken + (await escrow.claimable(alice))).to.equal(earned);
      });
    }

    it("refuses a node that is suspended already", async () => {
      const { escrow, alice, healthCheck } = await loadFixture(one);
      await escrow.connect(healthCheck).convict(alice);
      await expect(escrow.connect(healthCheck).convict(alice))
        .to.be.revertedWithCustomError(escrow, "NodeIsSuspended")
        .withArgs(alice.address);
    });

    it("ends no earlier than one full period later: -1, 0; what accrued meanwhile is lost", async () => {
      const { escrow, registry, own, alice, healthCheck, now } = await loadFixture(one);
      await expect(own.reactivate()).to.be.revertedWithCustomError(escrow, "NodeNotSuspended").withArgs(alice.address);
      await at(now + 1n, 400n);
      await escrow.connect(healthCheck).convict(alice);
      const earliest = (now + 2n) * LENGTH + 400n;
      await at(now + 2n, 399n);
      await expect(own.reactivate())
        .to.be.revertedWithCustomError(escrow, "TooEarlyToReactivate")
        .withArgs(alice.address, earliest, earliest - 1n);
      await at(now + 2n, 400n);
      const transaction = own.reactivate();
      await expect(transaction).to.emit(escrow, "NodeReactivated").withArgs(alice.address);
      await expect(transaction).to.emit(registry, "SuspensionClosed").withArgs(alice.address, earliest);
      expect(await escrow.provisional(alice)).to.equal(0n);
      expect([await escrow.isActive(alice), await escrow.drawableUnits(alice, 0)]).to.deep.equal([
        true,
        AMOUNT / (await escrow.unit()),
      ]);
      expect(await escrow.activeNodesAt(now + 2n)).to.equal(0n);
      expect(await escrow.activeNodesAt(now + 3n)).to.equal(1n);
      await go(now + 3n);
      expect(await escrow.provisional(alice)).to.equal(0n);
      await go(now + 4n);
      expect(await escrow.provisional(alice)).to.be.above(0n);
    });

    it("doubles the wait for each further strike within 30 periods, up to 16 periods", async () => {
      const { escrow, own, alice, healthCheck, now } = await loadFixture(one);
      let when = now + 1n;
      for (const [strikes, wait] of [
        [1n, 1n],
        [2n, 2n],
        [3n, 4n],
        [4n, 8n],
        [5n, 16n],
        [6n, 16n],
      ]) {
        await at(when);
        await expect(escrow.connect(healthCheck).convict(alice))
          .to.emit(escrow, "NodeSuspended")
          .withArgs(alice.address, strikes, (when + wait) * LENGTH);
        when += wait;
        await at(when);
        await own.reactivate();
        when += 1n;
      }
      await at(when - 17n + 30n);
      await expect(escrow.connect(healthCheck).convict(alice))
        .to.emit(escrow, "NodeSuspended")
        .withArgs(alice.address, 1n, (when - 17n + 31n) * LENGTH);
    });

    it(`counts strikes up to 255 and never fails for their number, here ${STRIKES}`, async () => {
      const { escrow, own, alice, healthCheck, now } = await loadFixture(one);
      let when = now + 1n;
      for (let strikes = 1n; strikes <= STRIKES; ++strikes) {
        await at(when);
        const counted = strikes < 255n ? strikes : 255n;
        const wait = strikes < 5n ? 1n << (strikes - 1n) : 16n;
        await expect(escrow.connect(healthCheck).convict(alice))
          .to.emit(escrow, "NodeSuspended")
          .withArgs(alice.address, counted, (when + wait) * LENGTH);
        when += wait;
        await at(when);
        await own.reactivate();
        when += 1n;
      }
    });

    it("I-X2 exit_always: a suspended staker still withdraws; what accrued meanwhile goes back", async () => {
      const { escrow, token, own, alice, healthCheck, now } = await loadFixture(one);
      await own.startWindDown(0);
      await escrow.connect(healthCheck).convict(alice);
      const end = endAfter(now, LOCK);
      await go(end + 5n);
      const held = await escrow.provisional(alice);
      expect(held).to.be.above(0n);
      const transaction = own.withdraw(0);
      await expect(transaction).to.changeTokenBalance(token, alice, AMOUNT);
      await expect(transaction).to.emit(escrow, "RewardForfeited").withArgs(alice.address, held);
      expect(await escrow.provisional(alice)).to.equal(0n);
    });
  });

  context("forfeit and pot", () => {
    it("forfeit takes at most the limit, of the latest epoch first", async () => {
      const { escrow, alice, slasher, now } = await loadFixture(one);
      const epoch = (now / DAY + 3n) * DAY;
      await at(epoch + 1n, 10n);
      await escrow.connect(slasher).forfeit(alice, 0n);
      const held = await escrow.provisional(alice);
      await expect(escrow.connect(slasher).forfeit(alice, 1_000n))
        .to.emit(escrow, "RewardForfeited")
        .withArgs(alice.address, 1_000n);
      expect(await escrow.provisional(alice)).to.equal(held - 1_000n);
      await escrow.connect(slasher).forfeit(alice, 2n ** 200n);
      expect(await escrow.provisional(alice)).to.equal(0n);
    });

    it("I-E10 mint_bound: the pot gets a tenth of each allocation and pays no more", async () => {
      const { escrow, token, alice, bob, healthCheck, now } = await loadFixture(one);
      const [remaining, pot] = [await escrow.remainingSupply(), await escrow.checkPot()];
      await go(now + 50n);
      const grown = (await escrow.checkPot()) - pot;
      const allocated = remaining - (await escrow.remainingSupply());
      expect(grown).to.be.within(allocated / 10n - 1n, allocated / 10n + 1n);
      const all = await escrow.checkPot();
      await expect(escrow.connect(healthCheck).payCheck(bob, all + 1n))
        .to.be.revertedWithCustomError(escrow, "PotTooSmall")
        .withArgs(all + 1n, all);
      const transaction = escrow.connect(healthCheck).payCheck(bob, all);
      await expect(transaction).to.changeTokenBalance(token, bob, all);
      await expect(transaction).to.emit(escrow, "CheckPaid").withArgs(bob.address, all);
      expect(await escrow.checkPot()).to.equal(0n);
      expect(await escrow.isActive(alice)).to.equal(true);
    });
  });
});
