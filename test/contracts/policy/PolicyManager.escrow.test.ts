import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { create, creationOf, draft, idOf } from "../../support/policyBuilder";
import {
  COLLATERAL,
  LOCK,
  MINIMUM,
  PERIOD,
  type PolicyOnEscrow,
  STAKING,
  deployPolicyOnEscrow,
} from "../../support/policyOnEscrow";
import { type NodeActor, PARAMETERS } from "../../support/policySystem";

const RATE = 7n;
const RELEASE_DELAY = PARAMETERS.challengeWindow + PARAMETERS.revealWindow;
/** Odd, so that the rounding of the burn shows. */
const BOUNTY = COLLATERAL / 2n + 1n;

const at = (second: bigint) => time.setNextBlockTimestamp(second);
const periodNow = async () => BigInt(await time.latest()) / PERIOD;

/** A running policy of the three staked nodes, at rate 7 for 1,000 s, readable by one of them. */
async function deployRunning() {
  const system = await deployPolicyOnEscrow();
  const { policy, id, shown: view } = await create(system, { terms: { bounty: BOUNTY } });
  const { start, end } = policy.terms;
  return { ...system, system, policy, id, view, start, end, releaseTime: end + RELEASE_DELAY, node: policy.actors[0] };
}

/** Creating a policy with these nodes fails by an error of the escrow, and leaves no trace. */
async function refused(system: PolicyOnEscrow, actors: readonly NodeActor[], name: string, args: unknown[]) {
  const { escrow, manager, token, owner, nodes } = system;
  const reserved = await Promise.all(nodes.map((node) => escrow.reservedOf(node.address)));
  const balance = await token.balanceOf(owner);
  const policy = await draft({ ...system, nodes: actors }, { shares: actors.length });
  await expect(manager.connect(owner).create(await creationOf(system, policy)))
    .to.be.revertedWithCustomError(escrow, name)
    .withArgs(...args);
  expect(await Promise.all(nodes.map((node) => escrow.reservedOf(node.address)))).to.deep.equal(reserved);
  expect(await token.balanceOf(owner)).to.equal(balance);
  expect((await manager.policyState(idOf(policy))).exists).to.equal(false);
}

describe("PolicyManager on the escrow", () => {
  context("create", () => {
    it("reserves the collateral of each node, for every policy again", async () => {
      const { system, escrow, nodes, unstaked } = await loadFixture(deployRunning);
      await create(system, { shares: 2 });
      const reserved = await Promise.all(nodes.map((node) => escrow.reservedOf(node.address)));
      expect(reserved).to.deep.equal([2n * COLLATERAL, 2n * COLLATERAL, COLLATERAL, 0n]);
      expect(await escrow.depositOf(nodes[0].address)).to.equal(MINIMUM);
      expect(await escrow.depositOf(unstaked.address)).to.equal(0n);
    });

    it("takes up to stake / collateral keys and refuses the next, undoing what it reserved", async () => {
      const { system, escrow, nodes } = await loadFixture(deployRunning);
      for (let keys = 2n; keys <= MINIMUM / COLLATERAL; ++keys) await create({ ...system, nodes: [nodes[1]] });
      expect(await escrow.reservedOf(nodes[1].address)).to.equal(MINIMUM);
      const args = [nodes[1].address, MINIMUM, MINIMUM + COLLATERAL];
      await refused(system, nodes.slice(0, 3), "InsufficientCollateral", args);
      await refused(system, [nodes[1]], "InsufficientCollateral", args);
      await create(system, { shares: 1 });
    });

    it("refuses a node without stake, and one whose stake counts from the next period", async () => {
      const { system, escrow, nodes, unstaked, stakeOf } = await loadFixture(deployRunning);
      await refused(system, nodes, "NodeInactive", [unstaked.address]);
      await stakeOf(unstaked).create(MINIMUM, LOCK);
      await refused(system, nodes, "NodeInactive", [unstaked.address]);
      await time.increase(PERIOD);
      await create(system, { shares: 4 });
      expect(await escrow.reservedOf(unstaked.address)).to.equal(COLLATERAL);
    });

    it("refuses a node from the end of its lock on", async () => {
      const { system, escrow, nodes, unstaked, stakeOf } = await loadFixture(deployRunning);
      await stakeOf(unstaked).create(MINIMUM, STAKING.minLockPeriods);
      await time.increase(PERIOD);
      await stakeOf(unstaked).startWindDown(0);
      const { endPeriod } = await escrow.position(unstaked.address, 0);
      await time.increaseTo((endPeriod - 1n) * PERIOD);
      await create({ ...system, nodes: [unstaked] });
      await time.increaseTo(endPeriod * PERIOD);
      await refused(system, [nodes[0], unstaked].sort(byAddress), "NodeInactive", [unstaked.address]);
    });

    it("refuses a suspended node until it is reactivated", async () => {
      const { system, escrow, healthCheck, node, stakeOf } = await loadFixture(deployRunning);
      await escrow.connect(healthCheck).convict(node.address);
      await refused(system, [node], "NodeInactive", [node.address]);
      await time.increase(2n * PERIOD);
      await stakeOf(node).reactivate();
      await create({ ...system, nodes: [node] });
      expect(await escrow.reservedOf(node.address)).to.equal(2n * COLLATERAL);
    });

    it("refuses everything new after a slash until the stake is made up for", async () => {
      const { system, escrow, leakChallenge, challenger, node, stakeOf } = await loadFixture(deployRunning);
      await stakeOf(node).increase(0, 2n * COLLATERAL);
      await create({ ...system, nodes: [node] });
      const deposit = MINIMUM + 2n * COLLATERAL - 1n;
      await escrow.connect(leakChallenge).slash(node.address, 1, challenger, 0);
      for (let keys = 3n; keys <= 4n; ++keys) await create({ ...system, nodes: [node] });
      const args = [node.address, deposit, 5n * COLLATERAL];
      await refused(system, [node], "InsufficientCollateral", args);
      await stakeOf(node).increase(0, 1);
      await create({ ...system, nodes: [node] });
      expect(await escrow.reservedOf(node.address)).to.equal(5n * COLLATERAL);
    });

    it("counts stake that is being unbonded, which can still be slashed", async () => {
      const { system, escrow, node, stakeOf } = await loadFixture(deployRunning);
      await stakeOf(node).create(MINIMUM, STAKING.minLockPeriods);
      await stakeOf(node).startWindDown(1);
      const { endPeriod } = await escrow.position(node.address, 1);
      await time.increaseTo(endPeriod * PERIOD);
      expect(await escrow.lockedAt(node.address, endPeriod)).to.equal(MINIMUM);
      for (let keys = 2n; keys <= (2n * MINIMUM) / COLLATERAL; ++keys) await create({ ...system, nodes: [node] });
      const args = [node.address, 2n * MINIMUM, 2n * MINIMUM + COLLATERAL];
      await refused(system, [node], "InsufficientCollateral", args);
    });
  });

  context("finalClaim", () => {
    it("releases the collateral once, and with it the stake", async () => {
      const { manager, escrow, token, view, id, releaseTime, stranger, node, stakeOf } =
        await loadFixture(deployRunning);
      await stakeOf(node).startWindDown(0);
      const { endPeriod } = await escrow.position(node.address, 0);
      await time.increaseTo((endPeriod + STAKING.unbondingPeriods) * PERIOD);
      expect(BigInt(await time.latest())).to.be.greaterThan(releaseTime);
      await expect(stakeOf(node).withdraw(0))
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(node.address, 0, COLLATERAL);
      await manager.connect(stranger).finalClaim(view, 0);
      expect(await escrow.reservedOf(node.address)).to.equal(0n);
      await expect(manager.finalClaim(view, 0))
        .to.be.revertedWithCustomError(manager, "AlreadyReleased")
        .withArgs(id, node.address);
      await expect(stakeOf(node).withdraw(0)).to.changeTokenBalance(token, node.address, MINIMUM);
    });

    it("keeps a revoked node's collateral until the windows have passed: -1, 0", async () => {
      const { manager, escrow, view, releaseTime, owner, policy, node } = await loadFixture(deployRunning);
      await manager.connect(owner).revokeNode(view, 0);
      expect(await escrow.reservedOf(node.address)).to.equal(COLLATERAL);
      await at(releaseTime - 1n);
      await expect(manager.finalClaim(view, 0))
        .to.be.revertedWithCustomError(manager, "TooEarly")
        .withArgs(releaseTime, releaseTime - 1n);
      await at(releaseTime);
      await manager.finalClaim(view, 0);
      expect(await escrow.reservedOf(node.address)).to.equal(0n);
      expect(await escrow.reservedOf(policy.nodes[1])).to.equal(COLLATERAL);
    });

    it("releases what was reserved though the stake behind it was slashed away", async () => {
      const { manager, escrow, view, releaseTime, leakChallenge, challenger, node } = await loadFixture(deployRunning);
      await escrow.connect(leakChallenge).slash(node.address, MINIMUM, challenger, 0);
      expect([await escrow.depositOf(node.address), await escrow.reservedOf(node.address)]).to.deep.equal([
        0n,
        COLLATERAL,
      ]);
      await at(releaseTime);
      await manager.finalClaim(view, 0);
      expect(await escrow.reservedOf(node.address)).to.equal(0n);
    });

    it("leaves the collateral of other policies reserved", async () => {
      const { system, manager, escrow, view, releaseTime, node } = await loadFixture(deployRunning);
      await create(system);
      await at(releaseTime);
      await manager.finalClaim(view, 0);
      expect(await escrow.reservedOf(node.address)).to.equal(COLLATERAL);
    });
  });

  it("renew reserves nothing more and holds the collateral longer", async () => {
    const { manager, escrow, view, end, releaseTime, owner, node } = await loadFixture(deployRunning);
    await manager.connect(owner).renew(view, end + 500n);
    expect(await escrow.reservedOf(node.address)).to.equal(COLLATERAL);
    await at(releaseTime);
    await expect(manager.finalClaim(view, 0))
      .to.be.revertedWithCustomError(manager, "TooEarly")
      .withArgs(releaseTime + 500n, releaseTime);
  });

  context("leak", () => {
    it("frees the collateral for the slash and returns the node's fees to the reserve", async () => {
      const { manager, escrow, token, view, start, releaseTime, leakChallenge, challenger, node } =
        await loadFixture(deployRunning);
      await at(start + 400n);
      const seized = RATE * 400n;
      const burned = (BOUNTY + 1n) / 2n;
      const supply = await token.totalSupply();
      const leaking = manager.connect(leakChallenge).leak(view, 0, challenger, start + 300n);
      await expect(leaking)
        .to.emit(escrow, "ReturnedToReserve")
        .withArgs(await manager.getAddress(), seized);
      await expect(leaking).to.changeTokenBalance(token, challenger, BOUNTY - burned);
      expect(await token.totalSupply()).to.equal(supply - seized - burned);
      expect(await escrow.reservedOf(node.address)).to.equal(0n);

      const [remaining, rate] = [await escrow.remainingSupply(), await escrow.rewardRate()];
      await time.increaseTo(((await periodNow()) + 1n) * PERIOD);
      expect(await escrow.remainingSupply()).to.equal(remaining - rate + seized);

      await time.increaseTo(releaseTime);
      await manager.finalClaim(view, 0);
      expect(await escrow.reservedOf(node.address)).to.equal(0n);
    });

    it("leaves the collateral whole to one slash, whatever the node does before (I-E6 slash_once, I-E8 slash_floor)", async () => {
      const { manager, escrow, view, id, start, leakChallenge, challenger, node, stakeOf } =
        await loadFixture(deployRunning);
      await at(start + 400n);
      await stakeOf(node).startWindDown(0);
      await expect(stakeOf(node).withdraw(0)).to.be.revertedWithCustomError(escrow, "StillLocked");
      await manager.connect(leakChallenge).leak(view, 0, challenger, start + 300n);
      const deposit = await escrow.depositOf(node.address);
      await escrow.connect(leakChallenge).slash(node.address, COLLATERAL, challenger, 0);
      expect(await escrow.depositOf(node.address)).to.equal(deposit - COLLATERAL);
      await expect(manager.connect(leakChallenge).leak(view, 0, challenger, start + 300n))
        .to.be.revertedWithCustomError(manager, "AlreadyLeaked")
        .withArgs(id, node.address);
    });

    it("returns nothing for a node that was paid to the end, and what minPaid is to a node before the start", async () => {
      const { manager, escrow, token, view, end, leakChallenge, challenger, node } = await loadFixture(deployRunning);
      await at(end);
      await manager.connect(node.staker).claim(view, 0);
      const supply = await token.totalSupply();
      await expect(manager.connect(leakChallenge).leak(view, 0, challenger, end)).not.to.emit(
        escrow,
        "ReturnedToReserve",
      );
      expect(await token.totalSupply()).to.equal(supply - (BOUNTY + 1n) / 2n);
      expect(await escrow.reservedOf(node.address)).to.equal(0n);

      const early = await loadFixture(deployRunning);
      await at(early.start - 1n);
      await expect(early.manager.connect(leakChallenge).leak(view, 0, challenger, early.start - 2n))
        .to.emit(early.escrow, "ReturnedToReserve")
        .withArgs(await manager.getAddress(), RATE * PARAMETERS.minPaid);
    });
  });

  it("I-X3 event_complete: what is reserved follows from the manager's events alone", async () => {
    const { system, manager, escrow, nodes, view, releaseTime, leakChallenge, challenger } =
      await loadFixture(deployRunning);
    await create(system, { shares: 2 });
    await manager.connect(leakChallenge).leak(view, 1, challenger, releaseTime - PARAMETERS.revealWindow - 1n);
    await at(releaseTime);
    for (const share of [0, 1, 2]) await manager.finalClaim(view, share);
    const reserved = new Map(nodes.map(({ address }) => [address, 0n]));
    const add = (node: string, amount: bigint) => reserved.set(node, reserved.get(node)! + amount);
    for (const { args } of await manager.queryFilter(manager.filters.PolicyCreated()))
      for (const node of args.nodes) add(node, COLLATERAL);
    const leaks = await manager.queryFilter(manager.filters.ShareLeaked());
    for (const { args } of leaks) add(args.node, -COLLATERAL);
    for (const { args } of await manager.queryFilter(manager.filters.ShareReleased())) {
      const leaked = leaks.some((leak) => leak.args.policyId === args.policyId && leak.args.node === args.node);
      if (!leaked) add(args.node, -COLLATERAL);
    }
    expect([...reserved.values()]).to.deep.equal([COLLATERAL, COLLATERAL, 0n, 0n]);
    for (const [node, amount] of reserved) expect(await escrow.reservedOf(node)).to.equal(amount);
  });

  it("keeps a policy's money apart from the stake, through conviction, reactivation and a slash of all of it", async () => {
    const { system, manager, escrow, view, start, end, healthCheck, leakChallenge, challenger, owner, policy, node } =
      await loadFixture(deployRunning);
    const accounts = [await manager.getAddress(), owner.address, ...policy.nodes];
    await manager.connect(owner).renew(view, policy.terms.maxEnd);
    const [held, ...before] = await balancesOf(system, accounts);
    await at(start + 200n);
    await escrow.connect(healthCheck).convict(node.address);
    await at(end + 2_000n);
    await system.stakeOf(node).reactivate();
    await at(end + 2_050n);
    await escrow.connect(leakChallenge).slash(node.address, MINIMUM, challenger, 0);
    expect(await escrow.depositOf(node.address)).to.equal(0n);
    await at(end + 2_100n);
    await manager.connect(owner).revoke(view);
    await time.increaseTo(end + 2_100n + RELEASE_DELAY);
    for (const share of policy.nodes.keys()) await manager.finalClaim(view, share);
    await manager.returnBounty(view);

    const earned = policy.nodes.map((address) =>
      address === node.address ? RATE * (200n + 100n) : RATE * (end + 2_100n - start),
    );
    const refund = held - earned.reduce((sum, fee) => sum + fee, 0n);
    const changes = [refund, ...earned];
    expect(await balancesOf(system, accounts)).to.deep.equal([
      0n,
      ...before.map((balance, index) => balance + changes[index]),
    ]);
    for (const address of policy.nodes) expect(await escrow.reservedOf(address)).to.equal(0n);
  });

  it("does not pay the seconds of a suspension, which the escrow writes into the registry", async () => {
    const { manager, escrow, token, view, id, start, end, healthCheck, owner, policy, node, stakeOf } =
      await loadFixture(deployRunning);
    await manager.connect(owner).renew(view, policy.terms.maxEnd);
    await at(start + 200n);
    await escrow.connect(healthCheck).convict(node.address);
    await at(end + 2_000n);
    await stakeOf(node).reactivate();
    await at(end + 2_100n);
    const claiming = manager.connect(node.staker).claim(view, 0);
    const [served, suspended] = [200n + 100n, end + 2_000n - (start + 200n)];
    await expect(claiming)
      .to.emit(manager, "FeesClaimed")
      .withArgs(id, node.address, end + 2_100n, RATE * served, RATE * suspended);
    await expect(claiming).to.changeTokenBalances(token, [node.address, owner], [RATE * served, RATE * suspended]);
  });
});

/** Balances by account. */
async function balancesOf({ token }: PolicyOnEscrow, accounts: readonly string[]): Promise<bigint[]> {
  return Promise.all(accounts.map((account) => token.balanceOf(account)));
}

function byAddress(a: NodeActor, b: NodeActor): number {
  return BigInt(a.address) < BigInt(b.address) ? -1 : 1;
}
