import { loadFixture, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { signPermit } from "../../support/permit";
import { FEDERATED, UNIT_NKMS, deployStaking } from "../../support/staking";
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

const AMOUNT = 40_000n * UNIT_NKMS;
const OFFSETS = [-1n, 0n, 1n] as const;
const VEST = 7n;

/** Alice with one position and weight, under a health check. */
async function staked() {
  const system = await checked();
  await system.escrow.connect(system.alice).create(AMOUNT, LOCK);
  await go((await period()) + 1n);
  const first = await period();
  return { ...system, own: system.escrow.connect(system.alice), first, end: endAfter(first, LOCK) };
}

type Staked = Awaited<ReturnType<typeof staked>>;

/** One deadline in seconds, and what holds in the second before it, at it and after it. */
interface Deadline {
  name: string;
  /** Prepares, and returns the deadline. */
  prepare(system: Staked): Promise<bigint>;
  /** Looks or acts in a block at that very second. */
  before(system: Staked, second: bigint): Promise<void>;
  after(system: Staked, second: bigint): Promise<void>;
}

const refused = (sent: Promise<unknown>, { escrow }: Staked, error: string, ...args: unknown[]) =>
  expect(sent)
    .to.be.revertedWithCustomError(escrow, error)
    .withArgs(...args);

const look = (active: boolean, weight: bigint) => async (system: Staked) => {
  await ethers.provider.send("evm_mine", []);
  expect(await system.escrow.isActive(system.alice)).to.equal(active);
  expect(await system.escrow.lockedAt(system.alice, await period())).to.equal(weight);
  expect(await system.escrow.totalLocked()).to.equal(weight);
  expect(await system.escrow.activeNodesAt(await period())).to.equal(active ? 1n : 0n);
};

const DEADLINES: Deadline[] = [
  {
    name: "weight begins with the period after creation (I-E15 no_flash_weight)",
    async prepare({ escrow, bob, first }) {
      await at(first, 500n);
      await escrow.connect(bob).create(AMOUNT, LOCK);
      return (first + 1n) * LENGTH;
    },
    async before({ escrow, bob }) {
      await ethers.provider.send("evm_mine", []);
      expect(await escrow.isActive(bob)).to.equal(false);
      expect(await escrow.drawableUnits(bob, 0)).to.equal(0n);
      expect(await escrow.totalLocked()).to.equal(AMOUNT);
    },
    async after({ escrow, bob }) {
      await ethers.provider.send("evm_mine", []);
      expect(await escrow.isActive(bob)).to.equal(true);
      expect(await escrow.drawableUnits(bob, 0)).to.equal(AMOUNT / (await escrow.unit()));
      expect(await escrow.totalLocked()).to.equal(2n * AMOUNT);
    },
  },
  {
    name: "weight ends with the lock",
    async prepare({ own, first, end }) {
      await at(first, 500n);
      await own.startWindDown(0);
      return end * LENGTH;
    },
    before: look(true, AMOUNT),
    after: look(false, 0n),
  },
  {
    name: "a winding-down position can be changed until the period before its last",
    async prepare({ own, first, end }) {
      await at(first, 500n);
      await own.startWindDown(0);
      return (end - 1n) * LENGTH;
    },
    async before({ own }) {
      await own.stopWindDown(0);
    },
    async after(system, second) {
      const args = [0n, system.end, second / LENGTH];
      await refused(system.own.stopWindDown(0), system, "PositionEnded", ...args);
      await refused(system.own.increase.staticCall(0, 1n), system, "PositionEnded", ...args);
      await refused(system.own.prolong.staticCall(0, LOCK + 1n), system, "PositionEnded", ...args);
    },
  },
  {
    name: "a position is paid out from the end of unbonding on (I-E4 no_early_exit)",
    async prepare({ own, first, end }) {
      await at(first, 500n);
      await own.startWindDown(0);
      return (end + UNBONDING) * LENGTH;
    },
    async before(system, second) {
      await refused(system.own.withdraw(0), system, "StillLocked", 0n, system.end + UNBONDING, second / LENGTH);
    },
    async after({ own, token, alice }) {
      await expect(own.withdraw(0)).to.changeTokenBalance(token, alice, AMOUNT);
    },
  },
  {
    name: "unbonding stake can be slashed until it is paid out (I-E5 slashable_until_paid)",
    async prepare({ own, first, end }) {
      await at(first, 500n);
      await own.startWindDown(0);
      return (end + UNBONDING) * LENGTH;
    },
    async before({ escrow, slasher, alice }) {
      await escrow.connect(slasher).slash(alice, AMOUNT, slasher, 0n);
      expect(await escrow.depositOf(alice)).to.equal(0n);
    },
    async after({ own, escrow, slasher, alice, end }, second) {
      await own.withdraw(0);
      await at(end + UNBONDING, second + 1n - (end + UNBONDING) * LENGTH);
      const due = await escrow.claimable(alice);
      await expect(escrow.connect(slasher).slash(alice, AMOUNT * AMOUNT, slasher, 0n))
        .to.emit(escrow, "Slashed")
        .withArgs(alice.address, slasher.address, AMOUNT * AMOUNT, due, 0n);
    },
  },
  {
    name: "a suspension can be ended one period later",
    async prepare({ escrow, healthCheck, alice, first }) {
      await at(first, 500n);
      await escrow.connect(healthCheck).convict(alice);
      return (first + 1n) * LENGTH + 500n;
    },
    async before(system, second) {
      const { own, alice } = system;
      await refused(own.reactivate(), system, "TooEarlyToReactivate", alice.address, second + 1n, second);
    },
    async after({ own, escrow, alice }) {
      await expect(own.reactivate()).to.emit(escrow, "NodeReactivated").withArgs(alice.address);
    },
  },
  {
    name: "a strike is forgotten 30 periods after the suspension",
    async prepare({ own, escrow, healthCheck, alice, first }) {
      await at(first, 500n);
      await escrow.connect(healthCheck).convict(alice);
      await at(first + 2n);
      await own.reactivate();
      return (first + 30n) * LENGTH + 500n;
    },
    async before({ escrow, healthCheck, alice }, second) {
      await expect(escrow.connect(healthCheck).convict(alice))
        .to.emit(escrow, "NodeSuspended")
        .withArgs(alice.address, 2n, second + 2n * LENGTH);
    },
    async after({ escrow, healthCheck, alice }, second) {
      await expect(escrow.connect(healthCheck).convict(alice))
        .to.emit(escrow, "NodeSuspended")
        .withArgs(alice.address, 1n, second + LENGTH);
    },
  },
  {
    name: "rewards vest when the second next epoch begins",
    async prepare({ first }) {
      return (first / VEST + 2n) * VEST * LENGTH;
    },
    async before({ escrow, alice }) {
      await ethers.provider.send("evm_mine", []);
      expect(await escrow.claimable(alice)).to.equal(0n);
    },
    async after({ escrow, alice, first }) {
      await ethers.provider.send("evm_mine", []);
      const [claimable, provisional] = [await escrow.claimable(alice), await escrow.provisional(alice)];
      expect(claimable).to.be.above(0n);
      const epoch = VEST - (first % VEST);
      expect(Number(claimable) / Number(claimable + provisional)).to.be.closeTo(
        Number(epoch) / Number(epoch + VEST),
        0.02,
      );
    },
  },
  {
    name: "a permit is good until its deadline, the second itself included (EIP-2612)",
    async prepare({ token, escrow, bob, first }) {
      await token.connect(bob).approve(escrow, 0n);
      return (first + 1n) * LENGTH + 7n;
    },
    before: permitted,
    async after(system, second) {
      const { first } = system;
      const deadline = (first + 1n) * LENGTH + 7n;
      if (second === deadline) return permitted(system);
      const { token, escrow } = system;
      await expect(permittedCall(system))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await escrow.getAddress(), 0n, AMOUNT);
    },
  },
  {
    name: "what is returned to the reserve is there from the next period on",
    async prepare({ escrow, alice, first }) {
      await at(first, 500n);
      await escrow.connect(alice).returnToReserve(1_000_000n);
      return (first + 1n) * LENGTH;
    },
    async before({ escrow }) {
      await ethers.provider.send("evm_mine", []);
      expect(await escrow.remainingSupply()).to.equal(decayed(0n));
    },
    async after({ escrow }) {
      await ethers.provider.send("evm_mine", []);
      expect(await escrow.remainingSupply()).to.be.within(decayed(1n) + 1_000_000n, decayed(1n) + 1_000_002n);
    },
  },
];

/** R_0 (1 - 1/200)^k, up: what remains after k periods with stake. */
function decayed(k: bigint): bigint {
  return (2_890_000_000n * UNIT_NKMS * 199n ** k + 200n ** k - 1n) / 200n ** k;
}

async function permittedCall({ token, escrow, bob, first }: Staked) {
  const deadline = (first + 1n) * LENGTH + 7n;
  const { v, r, s } = await signPermit(token, bob, await escrow.getAddress(), AMOUNT, deadline);
  return escrow.connect(bob).createWithPermit(AMOUNT, LOCK, deadline, v, r, s);
}

async function permitted(system: Staked): Promise<void> {
  const { escrow, bob } = system;
  await permittedCall(system);
  expect(await escrow.depositOf(bob)).to.equal(AMOUNT);
}

describe("StakingEscrow: boundaries", () => {
  for (const { name, prepare, before: early, after: late } of DEADLINES) {
    for (const offset of OFFSETS) {
      it(`${name}: ${offset > 0n ? "+" : ""}${offset} s`, async () => {
        const system = await loadFixture(staked);
        const second = (await prepare(system)) + offset;
        await ethers.provider.send("evm_setNextBlockTimestamp", [Number(second)]);
        await (offset < 0n ? early : late)(system, second);
      });
    }
  }

  it("draws a node for a policy up to the end of its lock: -1, 0, +1", async () => {
    const { escrow, alice, end } = await loadFixture(staked);
    const until = await escrow.lockedUntil(alice);
    expect(until).to.equal(end * LENGTH);
    for (const offset of [-1n, 0n]) expect(await escrow.sample(1, [0], until + offset)).to.deep.equal([alice.address]);
    await expect(escrow.sample(1, [0], until + 1n))
      .to.be.revertedWithCustomError(escrow, "RandomsExhausted")
      .withArgs(0n, 1n);
  });

  it("pays the prover up to a quarter, checkers up to the pot: -1, 0, +1", async () => {
    const { escrow, alice, slasher, prover, healthCheck, first } = await loadFixture(staked);
    for (const share of [2_499n, 2_500n]) await escrow.connect(slasher).slash(alice, 1_000n, prover, share);
    await expect(escrow.connect(slasher).slash(alice, 1_000n, prover, 2_501n))
      .to.be.revertedWithCustomError(escrow, "ProverShareTooHigh")
      .withArgs(2_501n, 2_500n);
    await go(first + 3n);
    const pot = await escrow.checkPot();
    expect(pot).to.be.above(1n);
    for (const amount of [pot - 1n, pot]) await escrow.connect(healthCheck).payCheck.staticCall(prover, amount);
    await expect(escrow.connect(healthCheck).payCheck(prover, pot + 1n))
      .to.be.revertedWithCustomError(escrow, "PotTooSmall")
      .withArgs(pot + 1n, pot);
  });

  it("takes positions from the minimum to the whole supply, and additions of one wei", async () => {
    const { escrow, token, deployer, alice, bob, start } = await loadFixture(federated);
    await token.connect(deployer).approve(escrow, 2n ** 256n - 1n);
    const everything = await token.balanceOf(deployer);
    for (const amount of [MINIMUM, MINIMUM + 1n, everything]) {
      const fork = await takeSnapshot();
      await escrow.connect(deployer).create(amount, LOCK);
      await escrow.connect(bob).create(MINIMUM, LOCK);
      await escrow.connect(bob).increase(0, 1n);
      await go(start + 2n);
      const rate = await escrow.rewardRate();
      await go(start + 3n);
      const total = amount + MINIMUM + 1n;
      for (const [staker, weight] of [
        [deployer, amount],
        [bob, MINIMUM + 1n],
      ] as const) {
        const share = (rate * weight) / total;
        const before = await claimableAt(escrow, staker.address, start + 2n);
        expect((await escrow.claimable(staker)) - before, "I-E13 reward_share").to.be.within(share - 2n, share + 1n);
      }
      await fork.restore();
    }
    await expect(escrow.connect(alice).create(MINIMUM - 1n, LOCK))
      .to.be.revertedWithCustomError(escrow, "DepositBelowMinimum")
      .withArgs(MINIMUM - 1n, MINIMUM);
  });

  it("takes stakes of single wei where the supply is so small that a unit is one", async () => {
    const [deployer, other] = await ethers.getSigners();
    const supply = { initial: 1_000_000n, maximum: 2_000_000n };
    const parameters = { ...FEDERATED, periodLength: LENGTH, minLockPeriods: 1n, minDeposit: 256n };
    const { escrow, token } = await deployStaking(parameters, {}, supply);
    expect(await escrow.unit()).to.equal(1n);
    await token.transfer(other, 257n);
    await token.approve(escrow, supply.initial);
    await token.connect(other).approve(escrow, supply.initial);
    await go((await period()) + 1n);
    await escrow.create(supply.initial - 257n, 1n);
    await escrow.connect(other).create(256n, 1n);
    await escrow.connect(other).increase(0, 1n);
    expect(await escrow.totalUnits()).to.equal(supply.initial);
    await go((await period()) + 1n);
    for (const [x, node] of [
      [supply.initial - 258n, deployer],
      [supply.initial - 257n, other],
      [supply.initial - 1n, other],
    ] as const)
      expect(await escrow.sample(1, [x], 0)).to.deep.equal([node.address]);
  });

  for (const jump of [1n, 2n, 1_000n, 10_000n]) {
    it(`pays for a jump of ${jump} periods what eq 30 to 32 give`, async () => {
      const { escrow, alice, bob, start } = await loadFixture(federated);
      await at(start, 500n);
      await escrow.connect(alice).create(AMOUNT, LOCK);
      await escrow.connect(bob).create(3n * AMOUNT, LOCK);
      await go(start + 1n + jump);
      const allocated = 2_890_000_000n * UNIT_NKMS - decayed(jump);
      expect(await escrow.claimable(alice)).to.be.within(allocated / 4n - 3n, allocated / 4n + 1n);
      expect(await escrow.claimable(bob)).to.be.within((3n * allocated) / 4n - 3n, (3n * allocated) / 4n + 1n);
      await escrow.connect(bob).claim();
    });
  }

  it("I-E18 donation_inert: donated tokens and forced ether change nothing that anybody sees", async () => {
    const system = await loadFixture(staked);
    const { escrow, registry, token, deployer, own, alice, first } = system;
    await go(first + 20n);
    const see = async () =>
      Promise.all([
        escrow.claimable(alice),
        escrow.provisional(alice),
        escrow.checkPot(),
        escrow.remainingSupply(),
        escrow.totalLocked(),
        escrow.depositOf(alice),
        escrow.totalUnits(),
        escrow.drawableUnits(alice, 0),
      ]);
    const before = await see();
    for (const target of [escrow, registry, token]) {
      const address = await target.getAddress();
      for (const amount of [1n, 10n ** 24n]) await token.connect(deployer).transfer(address, amount);
      await force(address);
      expect(await ethers.provider.getBalance(address)).to.equal(1n);
      await expect(deployer.sendTransaction({ to: address, value: 1n })).to.be.reverted;
    }
    expect(await see()).to.deep.equal(before);
    await own.startWindDown(0);
    const { endPeriod } = await escrow.position(alice, 0);
    await go(endPeriod + UNBONDING);
    await expect(own.withdraw(0)).to.changeTokenBalance(token, alice, AMOUNT);
  });
});

/** One wei by SELFDESTRUCT in creation code, which no contract can refuse. */
async function force(target: string): Promise<void> {
  const [deployer] = await ethers.getSigners();
  const code = ethers.concat(["0x73", target, "0xff"]);
  await deployer.sendTransaction({ data: code, value: 1n });
}

async function claimableAt(escrow: Staked["escrow"], staker: string, target: bigint): Promise<bigint> {
  for (let block = await ethers.provider.getBlockNumber(); ; --block) {
    const { timestamp } = (await ethers.provider.getBlock(block))!;
    if (BigInt(timestamp) / LENGTH === target) return escrow.claimable(staker, { blockTag: block });
  }
}
