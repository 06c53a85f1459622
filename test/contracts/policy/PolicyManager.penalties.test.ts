import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { create } from "../../support/policyBuilder";
import { deployPolicySystem, PARAMETERS } from "../../support/policySystem";

const RATE = 7n;
const BOUNTY = 333n;
const { challengeWindow, revealWindow, minPaid, collateralPerKey } = PARAMETERS;

/** A running policy of three nodes, threshold 2, with an odd bounty. */
async function deployRunning() {
  const system = await deployPolicySystem();
  const { policy, id, shown: view } = await create(system, { terms: { bounty: BOUNTY, threshold: 2 } });
  const { start, end } = policy.terms;
  const byReencryption = system.manager.connect(system.reencryptionChallenge);
  const byLeak = system.manager.connect(system.leakChallenge);
  const challenger = system.stranger;
  return {
    ...system,
    system,
    policy,
    id,
    view,
    start,
    end,
    byReencryption,
    byLeak,
    challenger,
    node: policy.actors[0],
  };
}

const at = (second: bigint) => time.setNextBlockTimestamp(second);

describe("PolicyManager: penalties", () => {
  it("close no policy that has ended, however few are left, and no end moves", async () => {
    const { token, manager, view, id, end, owner, byReencryption, byLeak, challenger } =
      await loadFixture(deployRunning);
    await at(end);
    for (const call of [
      () => byReencryption.expel(view, 0),
      () => byReencryption.disclose(view, 1),
      () => byLeak.leak(view, 2, challenger, end),
    ]) {
      const mined = call();
      await expect(mined).not.to.emit(manager, "PolicyRevoked");
      await expect(mined).to.changeTokenBalance(token, owner, 0);
    }
    expect(await manager.policyState(id)).to.deep.equal([end, 5, 4, 2, 0, 0, false, true]);
  });

  it("are for the challenge contracts", async () => {
    const { manager, view, owner, leakChallenge, reencryptionChallenge } = await loadFixture(deployRunning);
    for (const caller of [owner, leakChallenge]) {
      for (const call of [
        () => manager.connect(caller).expel(view, 0),
        () => manager.connect(caller).disclose(view, 0),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(manager, "NotChallenge")
          .withArgs(caller.address, reencryptionChallenge.address);
      }
    }
    await expect(manager.connect(reencryptionChallenge).leak(view, 0, owner, 0))
      .to.be.revertedWithCustomError(manager, "NotChallenge")
      .withArgs(reencryptionChallenge.address, leakChallenge.address);
  });

  context("expel", () => {
    it("settles and removes the node as revokeNode does", async () => {
      const { token, manager, view, id, start, owner, byReencryption, node } = await loadFixture(deployRunning);
      await at(start + 300n);
      const expelling = byReencryption.expel(view, 0);
      await expect(expelling)
        .to.emit(manager, "NodeRemoved")
        .withArgs(id, node.address, RATE * 300n, RATE * 700n);
      await expect(expelling).to.changeTokenBalances(token, [node.address, owner], [RATE * 300n, RATE * 700n]);
      expect((await manager.policyState(id)).removed).to.equal(1);
    });

    it("is without effect for a node that left, and never blocks a proof", async () => {
      const { manager, view, end, owner, byReencryption } = await loadFixture(deployRunning);
      await manager.connect(owner).revokeNode(view, 0);
      await expect(byReencryption.expel(view, 0)).not.to.emit(manager, "NodeRemoved");
      await manager.connect(owner).revoke(view);
      await byReencryption.expel(view, 1);
      await time.increaseTo(end + challengeWindow + revealWindow);
      await manager.finalClaim(view, 2);
      await expect(byReencryption.expel(view, 2)).not.to.emit(manager, "NodeRemoved");
    });

    it("pays a node that is expelled after the end in full", async () => {
      const { token, manager, view, end, byReencryption, node } = await loadFixture(deployRunning);
      await at(end + 10n);
      const expelling = byReencryption.expel(view, 0);
      await expect(expelling).to.changeTokenBalances(token, [node.address, manager], [RATE * 1_000n, -RATE * 1_000n]);
    });
  });

  context("disclose", () => {
    it("closes the policy, marks the share, and is final: no second fault of one share (I-E6 slash_once)", async () => {
      const { token, manager, view, id, start, owner, byReencryption, byLeak, node } = await loadFixture(deployRunning);
      await at(start + 400n);
      const disclosing = byReencryption.disclose(view, 0);
      await expect(disclosing).to.emit(manager, "ShareDisclosed").withArgs(id, node.address);
      await expect(disclosing)
        .to.emit(manager, "PolicyRevoked")
        .withArgs(id, start + 400n, RATE * 3n * 600n);
      await expect(disclosing).to.changeTokenBalance(token, owner, RATE * 3n * 600n);
      expect(await manager.policyState(id)).to.deep.equal([start + 400n, 0, 0, 1, 0, 0, true, true]);
      await expect(byReencryption.disclose(view, 0))
        .to.be.revertedWithCustomError(manager, "AlreadyDisclosed")
        .withArgs(id, node.address);
      await expect(byLeak.leak(view, 0, owner, start))
        .to.be.revertedWithCustomError(manager, "AlreadyDisclosed")
        .withArgs(id, node.address);
    });

    it("marks further shares of a closed policy without paying again", async () => {
      const { token, manager, view, id, byReencryption } = await loadFixture(deployRunning);
      await byReencryption.disclose(view, 0);
      await expect(byReencryption.disclose(view, 2)).to.changeTokenBalance(token, manager, 0);
      expect((await manager.policyState(id)).disclosed).to.equal(5);
    });
  });

  context("leak", () => {
    it("pays challenger and payer, burns and seizes the rest, to the wei (I-P2), once per share (I-E6 slash_once)", async () => {
      const { token, manager, escrow, view, id, start, owner, byLeak, challenger, node } =
        await loadFixture(deployRunning);
      await at(start + 100n);
      await manager.connect(node.staker).claim(view, 0);
      const supply = await token.totalSupply();
      await at(start + 300n);
      const leaking = byLeak.leak(view, 0, challenger, start + 290n);
      const [reward, burned] = [166n, 167n];
      const [refund, seized] = [RATE * 700n, RATE * 200n];
      await expect(leaking)
        .to.emit(manager, "ShareLeaked")
        .withArgs(id, node.address, challenger.address, reward, burned, refund, seized);
      await expect(leaking).to.changeTokenBalances(
        token,
        [challenger, owner, node.address, manager],
        [reward, refund, 0, -(BOUNTY + RATE * 900n)],
      );
      expect(await token.totalSupply()).to.equal(supply - burned - seized);
      expect(await escrow.returned()).to.equal(seized);
      expect(await escrow.reservedOf(node.address)).to.equal(0);
      const state = await manager.policyState(id);
      expect([state.removed, state.leaked, state.closed]).to.deep.equal([1, 1, false]);
      await expect(byLeak.leak(view, 0, challenger, start))
        .to.be.revertedWithCustomError(manager, "AlreadyLeaked")
        .withArgs(id, node.address);
    });

    it("gives the payer exactly what a revocation at that moment would", async () => {
      const { token, manager, view, start, owner, byLeak, challenger } = await loadFixture(deployRunning);
      for (const second of [start - 1n, start, start + minPaid - 1n, start + minPaid + 1n, start + 999n]) {
        const refunds: bigint[] = [];
        for (const act of [
          () => manager.connect(owner).revokeNode(view, 0),
          () => byLeak.leak(view, 0, challenger, start),
        ]) {
          const snapshot = await ethers.provider.send("evm_snapshot");
          const before = await token.balanceOf(owner);
          await at(second);
          await act();
          refunds.push((await token.balanceOf(owner)) - before);
          await ethers.provider.send("evm_revert", [snapshot]);
        }
        expect(refunds[0]).to.equal(refunds[1]);
      }
    });

    it("counts until end + challengeWindow, also for a node that left, and not after the release", async () => {
      const { system, manager, view, id, end, owner, byLeak, challenger, node } = await loadFixture(deployRunning);
      await manager.connect(owner).revokeNode(view, 0);
      const closesAt = end + challengeWindow;
      await at(closesAt + 20n);
      await expect(byLeak.leak(view, 0, challenger, closesAt))
        .to.be.revertedWithCustomError(manager, "EvidenceTooLate")
        .withArgs(closesAt, closesAt);
      await expect(byLeak.leak(view, 0, challenger, closesAt - 1n)).to.changeTokenBalances(
        system.token,
        [challenger, owner, node.address],
        [166, 0, 0],
      );
      await time.increaseTo(closesAt + revealWindow);
      await manager.finalClaim(view, 1);
      await expect(byLeak.leak(view, 1, challenger, end))
        .to.be.revertedWithCustomError(manager, "AlreadyReleased")
        .withArgs(id, view.nodes[1]);
      await manager.returnBounty(view);
      await expect(byLeak.leak(view, 2, challenger, end))
        .to.be.revertedWithCustomError(manager, "AlreadyReleased")
        .withArgs(id, view.nodes[2]);
    });

    it("returns the other bounties, and frees no collateral twice", async () => {
      const { token, manager, escrow, view, id, end, owner, byLeak, challenger, node } =
        await loadFixture(deployRunning);
      await byLeak.leak(view, 0, challenger, end);
      await time.increaseTo(end + challengeWindow + revealWindow);
      const returning = manager.returnBounty(view);
      await expect(returning)
        .to.emit(manager, "BountyReturned")
        .withArgs(id, 6, 2n * BOUNTY);
      await expect(returning).to.changeTokenBalance(token, owner, 2n * BOUNTY);
      await expect(manager.finalClaim(view, 0)).to.emit(manager, "ShareReleased").withArgs(id, node.address);
      expect(await escrow.reservedOf(node.address)).to.equal(0);
      for (const share of [1, 2]) await manager.finalClaim(view, share);
      expect(await token.balanceOf(manager)).to.equal(0);
    });

    it("closes the policy below the threshold", async () => {
      const { token, manager, view, id, start, owner, byLeak, challenger } = await loadFixture(deployRunning);
      await at(start + 500n);
      await byLeak.leak(view, 0, challenger, start);
      await at(start + 600n);
      await expect(byLeak.leak(view, 1, challenger, start)).to.changeTokenBalance(token, owner, RATE * 400n * 2n);
      expect(await manager.policyState(id)).to.deep.equal([start + 600n, 3, 3, 0, 0, 0, true, true]);
    });

    it("of an unbountied share pays nobody", async () => {
      const { system, token, manager, escrow, byLeak, challenger, node } = await loadFixture(deployRunning);
      const { shown: view, policy } = await create(system);
      await at(policy.terms.start - 1n);
      const reserved = await escrow.reservedOf(node.address);
      await expect(byLeak.leak(view, 0, challenger, 0)).to.changeTokenBalance(token, challenger, 0);
      expect(await escrow.reservedOf(node.address)).to.equal(reserved - collateralPerKey);
      expect((await manager.policyState(await manager.policyIdOf(view))).leaked).to.equal(1);
    });
  });
});
