import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { create, draft, idOf, shown } from "../../support/policyBuilder";
import { deployPolicySystem, PARAMETERS, type PolicySystem } from "../../support/policySystem";

const RATE = 7n;
const { minPaid, challengeWindow, revealWindow, collateralPerKey } = PARAMETERS;

/** A running policy of three nodes, threshold 1, at rate 7 from `start` to `start` + 1,000. */
async function deployRunning() {
  const system = await deployPolicySystem();
  const { policy, id, shown: view } = await create(system, { terms: { bounty: 333n } });
  const { start, end, maxEnd } = policy.terms;
  const releaseTime = end + challengeWindow + revealWindow;
  return { ...system, system, policy, id, view, start, end, maxEnd, releaseTime, node: policy.actors[0] };
}

const at = (second: bigint) => time.setNextBlockTimestamp(second);

async function suspendBetween(system: PolicySystem, node: string, from: bigint, to: bigint): Promise<void> {
  await at(from);
  await system.escrow.setSuspended(system.registry, node, true);
  await at(to);
  await system.escrow.setSuspended(system.registry, node, false);
}

describe("PolicyManager: fees", () => {
  context("every call on an existing policy", () => {
    it("refuses what was never created, or is shown with another term, node or commitment", async () => {
      const { system, policy, view, manager, owner } = await loadFixture(deployRunning);
      const other = { ...policy, terms: { ...policy.terms, feeRate: 8n } };
      const swapped = { ...view, nodes: [...policy.nodes].reverse() };
      const committed = { ...view, commitmentsHash: ethers.ZeroHash };
      for (const wrong of [shown(other), swapped, committed]) {
        const id = await manager.policyIdOf(wrong);
        for (const call of [
          () => manager.connect(owner).renew(wrong, policy.terms.maxEnd),
          () => manager.connect(owner).revoke(wrong),
          () => manager.connect(owner).revokeNode(wrong, 0),
          () => manager.connect(owner).claim(wrong, 0),
          () => manager.finalClaim(wrong, 0),
          () => manager.returnBounty(wrong),
          () => manager.feesDue(wrong, 0),
          () => manager.connect(system.reencryptionChallenge).expel(wrong, 0),
          () => manager.connect(system.reencryptionChallenge).disclose(wrong, 0),
          () => manager.connect(system.leakChallenge).leak(wrong, 0, owner, 0),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(manager, "UnknownPolicy").withArgs(id);
        }
      }
    });

    it("refuses a share that does not exist", async () => {
      const { system, view, manager, owner, releaseTime, node } = await loadFixture(deployRunning);
      const calls = [
        () => manager.connect(owner).revokeNode(view, 3),
        () => manager.connect(owner).claim(view, 3),
        () => manager.connect(node.staker).claimMany(node.address, [view], [3]),
        () => manager.finalClaim(view, 3),
        () => manager.feesDue(view, 3),
        () => manager.connect(system.reencryptionChallenge).expel(view, 3),
        () => manager.connect(system.reencryptionChallenge).disclose(view, 3),
        () => manager.connect(system.leakChallenge).leak(view, 3, owner, 0),
      ];
      for (const call of calls) {
        await expect(call()).to.be.revertedWithCustomError(manager, "ShareIndexOutOfRange").withArgs(3, 3);
      }
      await time.increaseTo(releaseTime);
      await expect(manager.finalClaim(view, 32))
        .to.be.revertedWithCustomError(manager, "ShareIndexOutOfRange")
        .withArgs(32, 3);
    });
  });

  context("claim", () => {
    it("is for the node's staker, its worker and the payer", async () => {
      const { manager, view, stranger, recipient, node, owner, policy } = await loadFixture(deployRunning);
      for (const caller of [stranger, recipient, policy.actors[1].staker]) {
        await expect(manager.connect(caller).claim(view, 0))
          .to.be.revertedWithCustomError(manager, "NotClaimant")
          .withArgs(caller.address, node.address);
      }
      for (const caller of [node.staker, node.worker, owner]) await manager.connect(caller).claim(view, 0);
    });

    it("pays the staker each second from the start once, whoever calls and however often", async () => {
      const { token, manager, view, id, start, node, owner } = await loadFixture(deployRunning);
      const balance = async () => token.balanceOf(node.address);
      await manager.connect(node.worker).claim(view, 0);
      expect(await balance()).to.equal(0);
      for (const [second, caller] of [
        [1n, node.worker],
        [2n, node.staker],
        [100n, owner],
      ] as const) {
        await at(start + second);
        const before = await balance();
        await expect(manager.connect(caller).claim(view, 0))
          .to.emit(manager, "FeesClaimed")
          .withArgs(id, node.address, start + second, RATE * second - before, 0);
        expect(await balance()).to.equal(RATE * second);
        expect(await manager.laneOf(id, 0)).to.deep.equal([second, false]);
      }
      expect(await manager.laneOf(id, 1)).to.deep.equal([0, false]);
    });

    it("stops at the end", async () => {
      const { token, manager, view, end, node } = await loadFixture(deployRunning);
      for (const late of [0n, 1n, 400n]) {
        await at(end + late);
        await manager.connect(node.staker).claim(view, 0);
        expect(await token.balanceOf(node.address)).to.equal(RATE * 1_000n);
      }
    });

    it("gives suspended seconds back to the payer", async () => {
      const { system, token, manager, view, id, start, node, owner } = await loadFixture(deployRunning);
      await suspendBetween(system, node.address, start - 3n, start + 20n);
      await suspendBetween(system, node.address, start + 50n, start + 80n);
      await at(start + 90n);
      const claiming = manager.connect(node.staker).claim(view, 0);
      await expect(claiming)
        .to.emit(manager, "FeesClaimed")
        .withArgs(id, node.address, start + 90n, RATE * 40n, RATE * 50n);
      await expect(claiming).to.changeTokenBalances(
        token,
        [node.address, owner, manager],
        [RATE * 40n, RATE * 50n, -RATE * 90n],
      );
    });

    it("says beforehand what it will pay", async () => {
      const { system, manager, view, start, node } = await loadFixture(deployRunning);
      expect(await manager.feesDue(view, 0)).to.deep.equal([0, 0]);
      await suspendBetween(system, node.address, start + 10n, start + 30n);
      await time.increaseTo(start + 45n);
      expect(await manager.feesDue(view, 0)).to.deep.equal([RATE * 25n, RATE * 20n]);
      expect(await manager.feesDue(view, 1)).to.deep.equal([RATE * 45n, 0]);
    });

    it("keeps 32 lanes apart, and replaces what stood in each", async () => {
      const system = await loadFixture(deployLarge);
      const { manager, token, owner } = system;
      const { policy, id, shown: view } = await create(system, { shares: 32 });
      const before = await Promise.all(policy.nodes.map((node) => token.balanceOf(node)));
      const order = [31, 0, 8, 7, 15, 16, 23, 24, 1, 30];
      const secondsOf = (share: number, lastClaim: number) =>
        order.includes(share) ? BigInt(lastClaim + order.indexOf(share) + 1) : 0n;
      for (const claimedAfter of [0, order.length]) {
        for (const [step, share] of order.entries()) {
          await at(policy.terms.start + BigInt(claimedAfter + step) + 1n);
          await manager.connect(owner).claim(view, share);
        }
        for (const [share, node] of policy.nodes.entries()) {
          const seconds = secondsOf(share, claimedAfter);
          expect(await manager.laneOf(id, share), `lane of ${share}`).to.deep.equal([seconds, false]);
          const earned = (await token.balanceOf(node)) - before[share];
          expect(earned, `fees of ${share}`).to.equal(policy.terms.feeRate * seconds);
        }
      }
    });
  });

  const deployLarge = () => deployPolicySystem(32);

  context("claimMany", () => {
    it("refuses other callers, nodes and lengths", async () => {
      const { manager, view, policy, owner, node } = await loadFixture(deployRunning);
      await expect(manager.connect(owner).claimMany(node.address, [view], [0]))
        .to.be.revertedWithCustomError(manager, "NotClaimant")
        .withArgs(owner.address, node.address);
      await expect(manager.connect(node.staker).claimMany(node.address, [view], [1]))
        .to.be.revertedWithCustomError(manager, "OtherNode")
        .withArgs(node.address, policy.nodes[1]);
      await expect(manager.connect(node.staker).claimMany(node.address, [view], []))
        .to.be.revertedWithCustomError(manager, "LengthMismatch")
        .withArgs(1, 0);
    });

    it("pays what single claims would, and the payers their suspended seconds; twice the same policy pays once", async () => {
      const { system, token, manager, view, start, owner, node } = await loadFixture(deployRunning);
      const second = await create(system, { terms: { feeRate: 11n, start } });
      await suspendBetween(system, node.address, start + 20n, start + 30n);
      await at(start + 100n);
      const claiming = manager.connect(node.worker).claimMany(node.address, [view, second.shown, view], [0, 0, 0]);
      await expect(claiming).to.changeTokenBalances(
        token,
        [node.address, owner, manager],
        [(RATE + 11n) * 90n, (RATE + 11n) * 10n, -(RATE + 11n) * 100n],
      );
    });
  });

  context("renew", () => {
    it("refuses closed and ended policies, earlier ends, and ends past maxEnd", async () => {
      const { manager, view, id, end, maxEnd, owner } = await loadFixture(deployRunning);
      const asOwner = manager.connect(owner);
      for (const newEnd of [end, end - 1n, 0n]) {
        await expect(asOwner.renew(view, newEnd))
          .to.be.revertedWithCustomError(manager, "EndNotLater")
          .withArgs(newEnd, end);
      }
      await expect(asOwner.renew(view, maxEnd + 1n))
        .to.be.revertedWithCustomError(manager, "EndAboveMaximum")
        .withArgs(maxEnd + 1n, maxEnd);
      const snapshot = await ethers.provider.send("evm_snapshot");
      await at(end);
      await expect(asOwner.renew(view, maxEnd))
        .to.be.revertedWithCustomError(manager, "PolicyEnded")
        .withArgs(end, end);
      await ethers.provider.send("evm_revert", [snapshot]);
      await asOwner.revoke(view);
      await expect(asOwner.renew(view, maxEnd)).to.be.revertedWithCustomError(manager, "PolicyClosed").withArgs(id);
    });

    it("adds the fee of the nodes still in it and lets all windows count from the new end", async () => {
      const { token, manager, view, id, end, maxEnd, owner, releaseTime } = await loadFixture(deployRunning);
      await manager.connect(owner).revokeNode(view, 1);
      await at(end - 1n);
      const renewing = manager.connect(owner).renew(view, maxEnd);
      const fee = RATE * 2n * (maxEnd - end);
      await expect(renewing).to.emit(manager, "PolicyRenewed").withArgs(id, maxEnd, fee);
      await expect(renewing).to.changeTokenBalances(token, [owner, manager], [-fee, fee]);
      expect((await manager.policyState(id)).end).to.equal(maxEnd);
      await at(releaseTime);
      await expect(manager.finalClaim(view, 0))
        .to.be.revertedWithCustomError(manager, "TooEarly")
        .withArgs(releaseTime + maxEnd - end, releaseTime);
    });
  });

  context("revoke", () => {
    it("is for the owner, while the policy runs", async () => {
      const { manager, view, id, end, owner, stranger, node } = await loadFixture(deployRunning);
      for (const caller of [stranger, node.staker]) {
        await expect(manager.connect(caller).revoke(view))
          .to.be.revertedWithCustomError(manager, "NotOwner")
          .withArgs(caller.address, owner.address);
        await expect(manager.connect(caller).revokeNode(view, 0))
          .to.be.revertedWithCustomError(manager, "NotOwner")
          .withArgs(caller.address, owner.address);
      }
      const snapshot = await ethers.provider.send("evm_snapshot");
      await at(end);
      await expect(manager.connect(owner).revoke(view))
        .to.be.revertedWithCustomError(manager, "PolicyEnded")
        .withArgs(end, end);
      await ethers.provider.send("evm_revert", [snapshot]);
      await manager.connect(owner).revoke(view);
      for (const call of [
        () => manager.connect(owner).revoke(view),
        () => manager.connect(owner).revokeNode(view, 0),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(manager, "PolicyClosed").withArgs(id);
      }
    });

    it("refunds (1 - t/T) f at once, and no later second earns (I-P8 revoke_final)", async () => {
      const { token, manager, view, id, start, owner, node } = await loadFixture(deployRunning);
      await at(start + 400n);
      await manager.connect(node.staker).claim(view, 0);
      await at(start + 450n);
      const revoking = manager.connect(owner).revoke(view);
      const refund = RATE * 3n * (1_000n - 450n);
      await expect(revoking)
        .to.emit(manager, "PolicyRevoked")
        .withArgs(id, start + 450n, refund);
      await expect(revoking).to.changeTokenBalances(token, [owner, manager], [refund, -refund]);
      expect(await manager.policyState(id)).to.deep.equal([start + 450n, 0, 0, 0, 0, 0, true, true]);
      await at(start + 900n);
      await manager.connect(node.staker).claim(view, 0);
      expect(await token.balanceOf(node.address)).to.equal(RATE * 450n);
    });

    it("never refunds minPaid, which runs from the start", async () => {
      const { token, manager, view, id, start, owner, node } = await loadFixture(deployRunning);
      for (const second of [start - 5n, start, start + minPaid - 1n, start + minPaid]) {
        const snapshot = await ethers.provider.send("evm_snapshot");
        await at(second);
        const refund = RATE * 3n * (1_000n - minPaid);
        await expect(manager.connect(owner).revoke(view)).to.changeTokenBalance(token, owner, refund);
        expect((await manager.policyState(id)).end).to.equal(start + minPaid);
        await at(start + minPaid + 5n);
        await manager.connect(node.staker).claim(view, 0);
        expect(await token.balanceOf(node.address)).to.equal(RATE * minPaid);
        await ethers.provider.send("evm_revert", [snapshot]);
      }
    });

    it("takes minPaid from what there is when a policy is shorter", async () => {
      const { system } = await loadFixture(deployRunning);
      const now = BigInt(await time.latest());
      const short = await create(system, { terms: { start: now, end: now + minPaid - 40n } });
      await expect(system.manager.connect(system.owner).revoke(short.shown)).to.changeTokenBalance(
        system.token,
        system.owner,
        0,
      );
      expect((await system.manager.policyState(short.id)).end).to.equal(short.policy.terms.end);
    });
  });

  context("revokeNode", () => {
    it("settles one node for good and leaves the others", async () => {
      const { token, manager, escrow, view, id, start, end, owner, node } = await loadFixture(deployRunning);
      await at(start + 300n);
      const removing = manager.connect(owner).revokeNode(view, 0);
      await expect(removing)
        .to.emit(manager, "NodeRemoved")
        .withArgs(id, node.address, RATE * 300n, RATE * 700n);
      await expect(removing).to.changeTokenBalances(
        token,
        [node.address, owner, manager],
        [RATE * 300n, RATE * 700n, -RATE * 1_000n],
      );
      expect(await manager.policyState(id)).to.deep.equal([end, 1, 0, 0, 0, 0, false, true]);
      expect(await escrow.reservedOf(node.address)).to.equal(collateralPerKey);
      await expect(manager.connect(owner).revokeNode(view, 0))
        .to.be.revertedWithCustomError(manager, "NodeAlreadyRemoved")
        .withArgs(id, node.address);
      await at(start + 500n);
      await expect(manager.connect(node.staker).claim(view, 0)).to.changeTokenBalance(token, node.address, 0);
      expect(await manager.feesDue(view, 0)).to.deep.equal([0, 0]);
    });

    it("closes the policy when fewer nodes than the threshold are left", async () => {
      const { system, token, manager, owner } = await loadFixture(deployRunning);
      const { policy, id, shown: view } = await create(system, { terms: { threshold: 2 } });
      const { start } = policy.terms;
      await at(start + 200n);
      await manager.connect(owner).revokeNode(view, 2);
      await at(start + 250n);
      const removing = manager.connect(owner).revokeNode(view, 1);
      await expect(removing)
        .to.emit(manager, "PolicyRevoked")
        .withArgs(id, start + 250n, RATE * 750n);
      await expect(removing).to.changeTokenBalances(token, [owner, policy.nodes[1]], [RATE * 1_500n, RATE * 250n]);
      expect(await manager.policyState(id)).to.deep.equal([start + 250n, 6, 0, 0, 0, 0, true, true]);
    });
  });

  context("finalClaim and returnBounty", () => {
    it("open at end + challengeWindow + revealWindow", async () => {
      const { manager, view, releaseTime } = await loadFixture(deployRunning);
      await at(releaseTime - 1n);
      await expect(manager.finalClaim(view, 0))
        .to.be.revertedWithCustomError(manager, "TooEarly")
        .withArgs(releaseTime, releaseTime - 1n);
      await at(releaseTime);
      await expect(manager.returnBounty(view)).to.emit(manager, "BountyReturned");
      const early = await loadFixture(deployRunning);
      await at(releaseTime - 1n);
      await expect(early.manager.returnBounty(view))
        .to.be.revertedWithCustomError(manager, "TooEarly")
        .withArgs(releaseTime, releaseTime - 1n);
    });

    it("finalClaim pays the rest to the staker and frees the collateral, once, for anybody", async () => {
      const { token, manager, escrow, view, id, releaseTime, end, stranger, node } = await loadFixture(deployRunning);
      await at(releaseTime);
      const claiming = manager.connect(stranger).finalClaim(view, 0);
      await expect(claiming)
        .to.emit(manager, "FeesClaimed")
        .withArgs(id, node.address, end, RATE * 1_000n, 0);
      await expect(claiming).to.emit(manager, "ShareReleased").withArgs(id, node.address);
      await expect(claiming).to.changeTokenBalance(token, node.address, RATE * 1_000n);
      expect(await escrow.reservedOf(node.address)).to.equal(0);
      expect(await manager.laneOf(id, 0)).to.deep.equal([0, true]);
      await expect(manager.connect(stranger).finalClaim(view, 0))
        .to.be.revertedWithCustomError(manager, "AlreadyReleased")
        .withArgs(id, node.address);
      await expect(manager.connect(node.staker).claim(view, 0)).to.changeTokenBalance(token, node.address, 0);
    });

    it("returnBounty sends all bounties to the owner, once", async () => {
      const { token, manager, view, id, releaseTime, stranger, owner } = await loadFixture(deployRunning);
      await at(releaseTime);
      const returning = manager.connect(stranger).returnBounty(view);
      await expect(returning).to.emit(manager, "BountyReturned").withArgs(id, 7, 999);
      await expect(returning).to.changeTokenBalances(token, [owner, manager], [999, -999]);
      expect((await manager.policyState(id)).bountyReturned).to.equal(7);
      await expect(manager.returnBounty(view)).to.be.revertedWithCustomError(manager, "NothingToReturn").withArgs(id);
    });

    it("returnBounty has nothing to return without bounties", async () => {
      const { system, manager } = await loadFixture(deployRunning);
      const { id, shown: view, policy } = await create(system);
      await time.increaseTo(policy.terms.end + challengeWindow + revealWindow);
      await expect(manager.returnBounty(view)).to.be.revertedWithCustomError(manager, "NothingToReturn").withArgs(id);
    });
  });

  it("donations change nothing (I-E18)", async () => {
    const { token, manager, view, start, owner, node, deployer } = await loadFixture(deployRunning);
    await token.connect(deployer).transfer(manager, 12_345n);
    await at(start + 200n);
    await manager.connect(owner).revoke(view);
    await at(start + 1_000n);
    await manager.connect(node.staker).claim(view, 0);
    expect(await token.balanceOf(node.address)).to.equal(RATE * 200n);
  });

  it("knows no policy before it is created", async () => {
    const { system, manager } = await loadFixture(deployRunning);
    const policy = await draft(system, { terms: { feeRate: 99n } });
    expect(await manager.policyState(idOf(policy))).to.deep.equal([0, 0, 0, 0, 0, 0, false, false]);
  });
});
