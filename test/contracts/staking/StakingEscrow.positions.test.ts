import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { signPermit } from "../../support/permit";
import { MAX_SUPPLY, UNIT_NKMS } from "../../support/staking";
import { LENGTH, LOCK, MINIMUM, UNBONDING, at, endAfter, federated, go, period } from "../../support/stakingFixture";

const AMOUNT = 40_000n * UNIT_NKMS;

async function staked() {
  const system = await federated();
  await system.escrow.connect(system.alice).create(AMOUNT, LOCK);
  return { ...system, own: system.escrow.connect(system.alice), created: await period() };
}

/** Alice's position winds down since the period after its creation. */
async function winding() {
  const system = await staked();
  await at(system.created + 1n);
  await system.own.startWindDown(0);
  return { ...system, end: endAfter(system.created + 1n, LOCK) };
}

describe("StakingEscrow: positions", () => {
  context("create", () => {
    it("refuses an amount below the minimum or above the supply", async () => {
      const { escrow, token, alice } = await loadFixture(federated);
      for (const amount of [0n, 1n, MINIMUM - 1n])
        await expect(escrow.connect(alice).create(amount, LOCK))
          .to.be.revertedWithCustomError(escrow, "DepositBelowMinimum")
          .withArgs(amount, MINIMUM);
      for (const amount of [MAX_SUPPLY + 1n, 2n ** 96n + MINIMUM])
        await expect(escrow.connect(alice).create(amount, LOCK))
          .to.be.revertedWithCustomError(escrow, "DepositAboveMaximum")
          .withArgs(amount, MAX_SUPPLY);
      await expect(escrow.connect(alice).create(MAX_SUPPLY, LOCK), "the whole supply is an amount")
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await escrow.getAddress(), await token.allowance(alice, escrow), MAX_SUPPLY);
    });

    it("refuses a lock outside its bounds and takes both bounds", async () => {
      const { escrow, alice } = await loadFixture(federated);
      for (const lock of [0n, 1n, 401n])
        await expect(escrow.connect(alice).create(MINIMUM, lock))
          .to.be.revertedWithCustomError(escrow, "LockOutOfRange")
          .withArgs(lock, 2n, 400n);
      await escrow.connect(alice).create(MINIMUM, 2n);
      await escrow.connect(alice).create(MINIMUM, 400n);
    });

    it("refuses the 33rd position and reuses a withdrawn one", async () => {
      const { escrow, alice } = await loadFixture(federated);
      const own = escrow.connect(alice);
      for (let i = 0; i < 32; ++i) await own.create(MINIMUM, 2n);
      await expect(own.create(MINIMUM, 2n))
        .to.be.revertedWithCustomError(escrow, "TooManyPositions")
        .withArgs(alice.address, 32n);
      await own.startWindDown(7);
      await go((await own.position(alice, 7)).endPeriod + UNBONDING);
      await own.withdraw(7);
      await expect(own.create(MINIMUM, 3n)).to.emit(escrow, "PositionCreated").withArgs(alice.address, 7n, MINIMUM, 3n);
    });

    it("takes the tokens, tells it, and gives weight from the next period (I-E15 no_flash_weight)", async () => {
      const { escrow, token, alice } = await loadFixture(federated);
      const transaction = escrow.connect(alice).create(AMOUNT, LOCK);
      await expect(transaction).to.changeTokenBalances(token, [alice, escrow], [-AMOUNT, AMOUNT]);
      await expect(transaction).to.emit(escrow, "PositionCreated").withArgs(alice.address, 0n, AMOUNT, LOCK);
      const now = await period();
      expect(await escrow.lockedAt(alice, now)).to.equal(0n);
      expect(await escrow.totalLocked()).to.equal(0n);
      expect(await escrow.isActive(alice)).to.equal(false);
      expect(await escrow.drawableUnits(alice, 0)).to.equal(0n);
      expect(await escrow.totalLockedAt(now + 1n)).to.equal(AMOUNT);
      await go(now + 1n);
      expect(await escrow.lockedAt(alice, now + 1n)).to.equal(AMOUNT);
      expect(await escrow.totalLocked()).to.equal(AMOUNT);
      expect(await escrow.isActive(alice)).to.equal(true);
      expect(await escrow.drawableUnits(alice, 0)).to.equal(AMOUNT / (await escrow.unit()));
      expect(await escrow.activeNodesAt(now + 1n)).to.equal(1n);
    });
  });

  context("createWithPermit", () => {
    it("needs no approval", async () => {
      const { escrow, token, alice } = await loadFixture(federated);
      await token.connect(alice).approve(escrow, 0n);
      const { deadline, v, r, s } = await signPermit(token, alice, await escrow.getAddress(), AMOUNT);
      await escrow.connect(alice).createWithPermit(AMOUNT, LOCK, deadline, v, r, s);
      expect(await escrow.depositOf(alice)).to.equal(AMOUNT);
      expect(await token.allowance(alice, escrow)).to.equal(0n);
    });

    it("survives a permit that somebody else has submitted first", async () => {
      const { escrow, token, alice, stranger } = await loadFixture(federated);
      await token.connect(alice).approve(escrow, 0n);
      const { deadline, v, r, s } = await signPermit(token, alice, await escrow.getAddress(), AMOUNT);
      await token.connect(stranger).permit(alice, escrow, AMOUNT, deadline, v, r, s);
      await escrow.connect(alice).createWithPermit(AMOUNT, LOCK, deadline, v, r, s);
      expect(await escrow.depositOf(alice)).to.equal(AMOUNT);
    });

    it("fails by the allowance if the permit is bad", async () => {
      const { escrow, token, alice, bob } = await loadFixture(federated);
      await token.connect(alice).approve(escrow, 0n);
      const { deadline, v, r, s } = await signPermit(token, bob, await escrow.getAddress(), AMOUNT);
      await expect(escrow.connect(alice).createWithPermit(AMOUNT, LOCK, deadline, v, r, s))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await escrow.getAddress(), 0n, AMOUNT);
    });
  });

  context("createFor", () => {
    const TYPES = {
      CreateFor: [
        { name: "staker", type: "address" },
        { name: "funder", type: "address" },
        { name: "amount", type: "uint256" },
        { name: "lockPeriods", type: "uint256" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    };

    type System = Awaited<ReturnType<typeof federated>>;

    /** What `staker` signs, so that alice may lock her tokens for it. */
    async function terms({ escrow, alice }: System, staker: string, deadline: bigint) {
      const { chainId } = await ethers.provider.getNetwork();
      const verifyingContract = await escrow.stakerConsents();
      const consents = await ethers.getContractAt("StakerConsents", verifyingContract);
      const domain = { name: "NKMS StakerConsents", version: "1", chainId, verifyingContract };
      const nonce = await consents.nonceOf(staker);
      const message = { staker, funder: alice.address, amount: AMOUNT, lockPeriods: LOCK, nonce, deadline };
      return { domain, message };
    }

    async function consent(system: System, deadline: bigint) {
      const { domain, message } = await terms(system, system.bob.address, deadline);
      return system.bob.signTypedData(domain, TYPES, message);
    }

    it("locks the funder's tokens for a staker that consents, once", async () => {
      const system = await loadFixture(federated);
      const { escrow, token, alice, bob } = system;
      const deadline = 2n ** 40n;
      const signature = await consent(system, deadline);
      const own = escrow.connect(alice);
      await expect(own.createFor(bob, AMOUNT, LOCK, deadline, signature)).to.changeTokenBalance(token, alice, -AMOUNT);
      expect(await escrow.depositOf(bob)).to.equal(AMOUNT);
      await expect(own.createFor(bob, AMOUNT, LOCK, deadline, signature))
        .to.be.revertedWithCustomError(escrow, "InvalidConsent")
        .withArgs(bob.address);
    });

    it("I-E16 stranger_no_effect: refuses without that very consent", async () => {
      const system = await loadFixture(federated);
      const { escrow, alice, bob, carol } = system;
      const deadline = 2n ** 40n;
      const signature = await consent(system, deadline);
      const attempts = [
        [alice, bob, AMOUNT + 1n, LOCK],
        [alice, bob, AMOUNT, LOCK + 1n],
        [carol, bob, AMOUNT, LOCK],
        [alice, carol, AMOUNT, LOCK],
      ] as const;
      for (const [funder, staker, amount, lock] of attempts)
        await expect(escrow.connect(funder).createFor(staker, amount, lock, deadline, signature))
          .to.be.revertedWithCustomError(escrow, "InvalidConsent")
          .withArgs(staker.address);
    });

    it("asks a staker that is a contract, and takes its no for a no (EIP-1271)", async () => {
      const system = await loadFixture(federated);
      const { escrow, alice } = system;
      const deadline = 2n ** 40n;
      const staker = await ethers.deployContract("Signer1271__Mock");
      const address = await staker.getAddress();
      const { domain, message } = await terms(system, address, deadline);
      const create = () => escrow.connect(alice).createFor(address, AMOUNT, LOCK, deadline, "0x");
      const refused = () => expect(create()).to.be.revertedWithCustomError(escrow, "InvalidConsent").withArgs(address);
      await refused();
      await staker.agree(ethers.TypedDataEncoder.hash(domain, TYPES, { ...message, amount: AMOUNT + 1n }));
      await refused();
      await staker.agree(ethers.TypedDataEncoder.hash(domain, TYPES, message));
      await create();
      expect(await escrow.depositOf(address)).to.equal(AMOUNT);
      await refused();
    });

    it("is void from its deadline on: -1, 0, +1", async () => {
      const system = await loadFixture(federated);
      const { escrow, alice, bob, start } = system;
      const deadline = (start + 2n) * 1_000n;
      const signature = await consent(system, deadline);
      for (const late of [0n, 1n]) {
        await at(start + 2n, late);
        await expect(escrow.connect(alice).createFor(bob, AMOUNT, LOCK, deadline, signature))
          .to.be.revertedWithCustomError(escrow, "ConsentExpired")
          .withArgs(deadline, deadline + late);
      }
      const fresh = await loadFixture(federated);
      await at(fresh.start + 1n, 999n);
      const last = (fresh.start + 2n) * 1_000n;
      await fresh.escrow.connect(fresh.alice).createFor(fresh.bob, AMOUNT, LOCK, last, await consent(fresh, last));
    });
  });

  context("increase", () => {
    it("refuses zero, too much, and positions that do not exist", async () => {
      const { escrow, own, alice } = await loadFixture(staked);
      await expect(own.increase(0, 0n)).to.be.revertedWithCustomError(escrow, "ZeroAmount").withArgs();
      await expect(own.increase(0, MAX_SUPPLY + 1n))
        .to.be.revertedWithCustomError(escrow, "DepositAboveMaximum")
        .withArgs(MAX_SUPPLY + 1n, MAX_SUPPLY);
      for (const index of [1, 31, 32, 255])
        await expect(own.increase(index, 1n))
          .to.be.revertedWithCustomError(escrow, "NoSuchPosition")
          .withArgs(alice.address, index);
    });

    it("gives one more wei weight from the next period", async () => {
      const { escrow, own, alice, created } = await loadFixture(staked);
      await at(created + 3n);
      await expect(own.increase(0, 1n)).to.emit(escrow, "PositionIncreased").withArgs(alice.address, 0n, 1n);
      expect(await escrow.lockedAt(alice, created + 3n)).to.equal(AMOUNT);
      expect(await escrow.lockedAt(alice, created + 4n)).to.equal(AMOUNT + 1n);
    });

    it("shares the end of a position that winds down, and ends before its last period", async () => {
      const { escrow, own, alice, end } = await loadFixture(winding);
      await at(end - 2n);
      await own.increase(0, 5n);
      await go(end);
      expect(await escrow.totalLocked()).to.equal(0n);
      await expect(own.increase(0, 5n)).to.be.revertedWithCustomError(escrow, "PositionEnded").withArgs(0n, end, end);
      expect(await escrow.depositOf(alice)).to.equal(AMOUNT + 5n);
    });
  });

  context("winding down", () => {
    it("fixes the end at p + 1 + lock, rounded up to a multiple of 7", async () => {
      const { escrow, own, alice, created } = await loadFixture(staked);
      const end = endAfter(created + 2n, LOCK);
      await at(created + 2n);
      await expect(own.startWindDown(0)).to.emit(escrow, "WindDownStarted").withArgs(alice.address, 0n, end);
      expect(await escrow.lockedUntil(alice)).to.equal(end * 1_000n);
      await expect(own.startWindDown(0)).to.be.revertedWithCustomError(escrow, "AlreadyWindingDown").withArgs(0n, end);
    });

    it("takes the weight away at the end: -1, 0, +1", async () => {
      const { escrow, alice, end } = await loadFixture(winding);
      for (const [offset, weight] of [
        [-1n, AMOUNT],
        [0n, 0n],
        [1n, 0n],
      ]) {
        await go(end + offset);
        expect(await escrow.totalLocked()).to.equal(weight);
        expect(await escrow.lockedAt(alice, end + offset)).to.equal(weight);
        expect(await escrow.isActive(alice)).to.equal(weight > 0n);
        expect(await escrow.activeNodesAt(end + offset)).to.equal(weight > 0n ? 1n : 0n);
      }
      expect(await escrow.lockedUntil(alice)).to.equal(0n);
    });

    it("stops until the period before the last: -1, 0", async () => {
      const { escrow, own, alice, end } = await loadFixture(winding);
      await at(end - 1n);
      await expect(own.stopWindDown(0))
        .to.be.revertedWithCustomError(escrow, "PositionEnded")
        .withArgs(0n, end, end - 1n);
      const early = await loadFixture(winding);
      await at(early.end - 2n);
      await expect(early.own.stopWindDown(0)).to.emit(early.escrow, "WindDownStopped").withArgs(alice.address, 0n);
      await go(early.end + 50n);
      expect(await early.escrow.totalLocked()).to.equal(AMOUNT);
      expect(await early.escrow.activeNodesAt(early.end + 50n)).to.equal(1n);
    });

    it("cannot be stopped where it has not begun", async () => {
      const { escrow, own } = await loadFixture(staked);
      await expect(own.stopWindDown(0)).to.be.revertedWithCustomError(escrow, "NotWindingDown").withArgs(0n);
    });
  });

  context("withdraw", () => {
    it("I-E4 no_early_exit: pays after end and unbonding: -1, 0", async () => {
      const { escrow, token, own, alice, end } = await loadFixture(winding);
      await at(end + UNBONDING - 1n, 999n);
      await expect(own.withdraw(0))
        .to.be.revertedWithCustomError(escrow, "StillLocked")
        .withArgs(0n, end + UNBONDING, end + UNBONDING - 1n);
      await at(end + UNBONDING);
      const transaction = own.withdraw(0);
      await expect(transaction).to.emit(escrow, "Withdrawn").withArgs(alice.address, 0n, AMOUNT);
      await expect(transaction).to.changeTokenBalances(token, [escrow, alice], [-AMOUNT, AMOUNT]);
      expect(await escrow.positionCount(alice)).to.equal(0n);
      await expect(own.withdraw(0)).to.be.revertedWithCustomError(escrow, "NoSuchPosition").withArgs(alice.address, 0n);
    });

    it("refuses a re-locking position", async () => {
      const { escrow, own, created } = await loadFixture(staked);
      await go(created + 1_000n);
      await expect(own.withdraw(0)).to.be.revertedWithCustomError(escrow, "NotWindingDown").withArgs(0n);
    });

    it("keeps what policies have reserved", async () => {
      const { escrow, own, alice, policyManager, end } = await loadFixture(winding);
      await escrow.connect(policyManager).reserve([alice], 100n);
      await at(end + UNBONDING);
      await expect(own.withdraw(0))
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(alice.address, 0n, 100n);
      await escrow.connect(policyManager).release(alice, 100n);
      await own.withdraw(0);
    });

    it("gives the leaf back to the next node", async () => {
      const { escrow, own, alice, bob, end } = await loadFixture(winding);
      expect((await escrow.leafAt(0)).node).to.equal(alice.address);
      await at(end + UNBONDING);
      await own.withdraw(0);
      expect(await escrow.totalUnits()).to.equal(0n);
      await escrow.connect(bob).create(MINIMUM, LOCK);
      const leaf = await escrow.leafAt(0);
      expect([leaf.node, leaf.since]).to.deep.equal([bob.address, end + UNBONDING + 1n]);
      expect(await escrow.leafCount()).to.equal(1n);
    });
  });

  context("trim", () => {
    it("lowers a leaf whose lock has ended, for anybody, and moves nothing else", async () => {
      const { escrow, alice, stranger, end } = await loadFixture(winding);
      await go(end);
      const due = await escrow.claimable(alice);
      expect(await escrow.totalUnits()).to.be.above(0n);
      await escrow.connect(stranger).trim(alice);
      expect(await escrow.totalUnits()).to.equal(0n);
      expect(await escrow.claimable(alice)).to.equal(due);
      expect(await escrow.depositOf(alice)).to.equal(AMOUNT);
    });

    it("leaves a leaf that counts in the next period, and lowers it in the last: -1, 0", async () => {
      const { escrow, alice, end } = await loadFixture(winding);
      const units = await escrow.totalUnits();
      await go(end - 2n);
      await escrow.trim(alice);
      expect(await escrow.totalUnits()).to.equal(units);
      await go(end - 1n);
      await escrow.trim(alice);
      expect(await escrow.totalUnits()).to.equal(0n);
    });
  });

  context("prolong", () => {
    it("refuses a lock that is not longer, or too long", async () => {
      const { escrow, own } = await loadFixture(staked);
      for (const lock of [0n, LOCK - 1n, LOCK])
        await expect(own.prolong(0, lock))
          .to.be.revertedWithCustomError(escrow, "LockNotLonger")
          .withArgs(0n, lock, LOCK);
      await expect(own.prolong(0, 401n))
        .to.be.revertedWithCustomError(escrow, "LockOutOfRange")
        .withArgs(401n, 2n, 400n);
    });

    it("refuses a lock that grows too long with the end: -1, 0", async () => {
      const { escrow, own, alice, end } = await loadFixture(winding);
      // From 10 periods the lock grows by 7 at a time: 395 is the last below 400, 402 the first above.
      await expect(own.prolong(0, 396n))
        .to.be.revertedWithCustomError(escrow, "LockOutOfRange")
        .withArgs(402n, 2n, 400n);
      await expect(own.prolong(0, 395n))
        .to.emit(escrow, "PositionProlonged")
        .withArgs(alice.address, 0n, 395n, end + 385n);
    });

    it("I-E3 lock_monotone: stopping and starting never ends a lock earlier, however often and little it was prolonged", async () => {
      const { escrow, own, alice } = await loadFixture(winding);
      for (let i = 0n; i < 5n; ++i) await own.prolong(0, (await own.position(alice, 0)).lockPeriods + 1n + (i % 3n));
      const [{ endPeriod }, until] = [await own.position(alice, 0), await escrow.lockedUntil(alice)];
      expect(until).to.equal(endPeriod * LENGTH);
      const units = await escrow.drawableUnits(alice, until);
      expect(units).to.equal(AMOUNT / (await escrow.unit()));
      await own.stopWindDown(0);
      expect(await escrow.lockedUntil(alice)).to.equal(until);
      expect(await escrow.drawableUnits(alice, until)).to.equal(units);
      await own.startWindDown(0);
      expect((await own.position(alice, 0)).endPeriod).to.equal(endPeriod);
    });

    it("I-E3 lock_monotone: moves a fixed end later by the difference, on the grid", async () => {
      const { escrow, own, alice, end } = await loadFixture(winding);
      const later = endAfter(end - 1n, 3n);
      await expect(own.prolong(0, LOCK + 3n))
        .to.emit(escrow, "PositionProlonged")
        .withArgs(alice.address, 0n, LOCK + 7n, later);
      await go(end);
      expect(await escrow.totalLocked()).to.equal(AMOUNT);
      await go(later);
      expect(await escrow.totalLocked()).to.equal(0n);
      expect(await escrow.activeNodesAt(later)).to.equal(0n);
    });

    it("leaves a re-locking position without end", async () => {
      const { escrow, own, alice } = await loadFixture(staked);
      await expect(own.prolong(0, 400n)).to.emit(escrow, "PositionProlonged").withArgs(alice.address, 0n, 400n, 0n);
    });
  });

  context("divide and merge", () => {
    it("refuse parts below the minimum and more than there is", async () => {
      const { escrow, own } = await loadFixture(staked);
      await expect(own.divide(0, MINIMUM - 1n))
        .to.be.revertedWithCustomError(escrow, "DepositBelowMinimum")
        .withArgs(MINIMUM - 1n, MINIMUM);
      await expect(own.divide(0, AMOUNT - MINIMUM + 1n))
        .to.be.revertedWithCustomError(escrow, "DepositBelowMinimum")
        .withArgs(MINIMUM - 1n, MINIMUM);
      await expect(own.divide(0, AMOUNT))
        .to.be.revertedWithCustomError(escrow, "DepositBelowMinimum")
        .withArgs(0n, MINIMUM);
      await expect(own.divide(0, AMOUNT + 1n))
        .to.be.revertedWithCustomError(escrow, "DepositAboveMaximum")
        .withArgs(AMOUNT + 1n, AMOUNT);
    });

    it("I-E9 split_merge_conserve: keep value, end and weight", async () => {
      const { escrow, own, alice, end } = await loadFixture(winding);
      await expect(own.divide(0, MINIMUM)).to.emit(escrow, "PositionDivided").withArgs(alice.address, 0n, 1n, MINIMUM);
      expect((await own.position(alice, 1)).endPeriod).to.equal(end);
      expect(await escrow.depositOf(alice)).to.equal(AMOUNT);
      await own.prolong(1, LOCK + 14n);
      await expect(own.merge(0, 1))
        .to.emit(escrow, "PositionsMerged")
        .withArgs(alice.address, 0n, 1n, LOCK + 14n, end + 14n);
      expect(await own.positionCount(alice)).to.equal(1n);
      await go(end);
      expect(await escrow.totalLocked()).to.equal(AMOUNT);
      await go(end + 14n);
      expect(await escrow.totalLocked()).to.equal(0n);
    });

    it("merge never joins a position with itself, nor one that re-locks with one that ends", async () => {
      const { escrow, own, end } = await loadFixture(winding);
      await own.create(MINIMUM, LOCK);
      await expect(own.merge(0, 0)).to.be.revertedWithCustomError(escrow, "MergeWithItself").withArgs(0n);
      await expect(own.merge(0, 1)).to.be.revertedWithCustomError(escrow, "EndsDiffer").withArgs(end, 0n);
    });
  });
});
