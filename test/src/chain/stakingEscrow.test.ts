import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import type { Chain } from "../../../src/chain/connection";
import { consentToPosition, type FundedPosition } from "../../../src/chain/stakerConsents";
import { StakingEscrowClient } from "../../../src/chain/stakingEscrow";
import { rejection } from "../../support/errors";
import { LENGTH, LOCK, MINIMUM, at, checked, go, period } from "../../support/stakingFixture";

type System = Awaited<ReturnType<typeof checked>>;
type Party = System["alice"];

describe("stakingEscrow", () => {
  const clientOf = ({ escrow }: System, sender: Party) =>
    new StakingEscrowClient(escrow.connect(sender), ethers.provider);

  context("createFor with consentToPosition", () => {
    /** Alice may lock her tokens for bob, before the period after the next begins. */
    async function offer() {
      const system = await loadFixture(checked);
      const position = {
        funder: system.alice.address,
        amount: MINIMUM,
        lockPeriods: LOCK,
        deadline: (system.start + 2n) * LENGTH,
      };
      const sign = (changed: Partial<FundedPosition> = {}) => {
        const chain = { stakingEscrow: clientOf(system, system.bob), provider: ethers.provider } as unknown as Chain;
        return consentToPosition(chain, system.bob, { ...position, ...changed });
      };
      return { ...system, position, sign, funding: clientOf(system, system.alice) };
    }

    it("locks the funder's tokens for the staker, once per consent", async () => {
      const { escrow, token, alice, bob, position, sign, funding } = await offer();
      const consent = await sign();
      expect(consent.deadline).to.equal(position.deadline);
      const balances = () => Promise.all([alice, bob, escrow].map((holder) => token.balanceOf(holder)));
      const [funds, none, held] = await balances();
      await funding.createFor(bob.address, MINIMUM, LOCK, consent).send();
      expect(await balances()).to.deep.equal([funds - MINIMUM, none, held + MINIMUM]);
      expect(await funding.positions(bob.address)).to.deep.equal([
        { index: 0, amount: MINIMUM, lockPeriods: LOCK, endPeriod: 0n, retired: false },
      ]);
      expect(await funding.positions(alice.address)).to.deep.equal([]);

      const used = await rejection(funding.createFor(bob.address, MINIMUM, LOCK, consent).send());
      expect([used.code, used.data]).to.deep.equal(["E_INVALID_CONSENT", { staker: bob.address }]);
      await funding.createFor(bob.address, MINIMUM, LOCK, await sign()).send();
      expect(await escrow.depositOf(bob)).to.equal(2n * MINIMUM);
    });

    it("counts for what was signed only, and before its deadline", async () => {
      const { alice, bob, carol, position, sign, funding, ...system } = await offer();
      const others = [{ funder: carol.address }, { amount: MINIMUM + 1n }, { lockPeriods: LOCK + 1n }];
      for (const other of others) {
        const refused = await rejection(funding.createFor(bob.address, MINIMUM, LOCK, await sign(other)).send());
        expect([refused.code, refused.data]).to.deep.equal(["E_INVALID_CONSENT", { staker: bob.address }]);
      }
      const consent = await sign();
      await at(system.start + 2n);
      await ethers.provider.send("evm_mine", []);
      const nonce = await alice.getNonce();
      const late = await rejection(funding.createFor(bob.address, MINIMUM, LOCK, consent).send());
      expect(late.code).to.equal("E_CONSENT_EXPIRED");
      expect(late.data.deadline).to.equal(position.deadline);
      expect(await alice.getNonce()).to.equal(nonce);
    });
  });

  context("reactivate", () => {
    it("ends a suspension when its wait is over, and says before from when on", async () => {
      const system = await loadFixture(checked);
      const { escrow, registry, alice, healthCheck } = system;
      const own = clientOf(system, alice);
      await escrow.connect(alice).create(MINIMUM, LOCK);
      await go((await period()) + 1n);
      const free = await rejection(own.reactivate().send());
      expect([free.code, free.data]).to.deep.equal(["E_NODE_NOT_SUSPENDED", { node: alice.address }]);

      const since = ((await period()) + 1n) * LENGTH;
      await at(since / LENGTH);
      await escrow.connect(healthCheck).convict(alice);
      expect((await own.staker(alice.address)).suspended).to.equal(true);
      const early = await rejection(own.reactivate().send());
      expect(early.code).to.equal("E_TOO_EARLY_TO_REACTIVATE");
      expect(early.data).to.include({ node: alice.address, earliest: since + LENGTH });
      await go(since / LENGTH + 1n);
      await own.reactivate().send();
      expect(await own.staker(alice.address)).to.include({ suspended: false, active: true });
      expect(await registry.isSuspended(alice)).to.equal(false);
    });
  });
});
