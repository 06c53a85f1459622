import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { create } from "../support/policyBuilder";
import { deployPolicySystem, PARAMETERS } from "../support/policySystem";

const MIN_PAID = 2n;
const RATES = [1n, 3n];
const SHARES = [1, 2, 3];
const DURATIONS = [1n, 2n, 3n, 4n, 5n, 6n];

const smaller = (a: bigint, b: bigint) => (a < b ? a : b);
const larger = (a: bigint, b: bigint) => (a > b ? a : b);

/** Every policy is revoked a second before it begins and at every second of its life. */
describe("Fees of policies on an exhaustive grid", () => {
  const deploy = () => deployPolicySystem(3, { ...PARAMETERS, minPaid: MIN_PAID, minFee: 1n });

  for (const shares of SHARES) {
    for (const duration of DURATIONS) {
      it(`splits ${shares} shares of ${duration} s at every second to the wei`, async () => {
        const system = await loadFixture(deploy);
        for (const rate of RATES) {
          for (let elapsed = -1n; elapsed < duration; elapsed++)
            await expectSplit(system, shares, duration, rate, elapsed);
        }
      });
    }
  }

  type System = Awaited<ReturnType<typeof deploy>>;

  async function expectSplit(system: System, shares: number, duration: bigint, rate: bigint, elapsed: bigint) {
    const { token, manager, owner, nodes } = system;
    const snapshot = await ethers.provider.send("evm_snapshot");
    const start = BigInt(await time.latest()) + 10n;
    const terms = { start, end: start + duration, maxEnd: start + duration, feeRate: rate };
    const { shown, terms: agreed } = await create(system, { shares, terms });
    const ownerBefore = await token.balanceOf(owner);
    await time.setNextBlockTimestamp(start + elapsed);
    await manager.connect(owner).revoke(shown);
    const paid = smaller(duration, larger(elapsed, MIN_PAID));
    const refund = rate * BigInt(shares) * (duration - paid);
    expect(await token.balanceOf(owner), "refund").to.equal(ownerBefore + refund);
    await time.increaseTo(agreed.end + PARAMETERS.challengeWindow + PARAMETERS.revealWindow);
    for (let share = 0; share < shares; share++) {
      await manager.finalClaim(shown, share);
      expect(await token.balanceOf(nodes[share].address), "earned").to.equal(rate * paid);
    }
    expect(await token.balanceOf(manager), "I-P1 policy_solvency").to.equal(0);
    await ethers.provider.send("evm_revert", [snapshot]);
  }
});
