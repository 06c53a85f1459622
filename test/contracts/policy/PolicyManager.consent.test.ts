import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { GRANT, PAYMENT, policyDomain, policyId, type Terms } from "../../../src/protocol/policy";
import { typedDataDigest } from "../../../src/protocol/typedData";
import { consent, creationOf, draft, idOf, NO_CONSENT, revocation, shown } from "../../support/policyBuilder";
import { deployPolicySystem, PARAMETERS, type PolicySystem } from "../../support/policySystem";

const BOUNTY = 501n;
const FEE = 7n * 3n * 1_000n;

async function deploySponsored() {
  const system = await deployPolicySystem();
  const terms = { payer: system.payer.address, bounty: BOUNTY };
  const policy = await draft(system, { terms });
  const creation = await creationOf(system, policy);
  const payment = await consent(system, system.payer, PAYMENT, policy);
  const grant = await consent(system, system.owner, GRANT, policy);
  return { ...system, system, policy, creation, payment, grant };
}

async function deployRunning() {
  const fixture = await deploySponsored();
  await fixture.manager.connect(fixture.payer).createFor(fixture.creation, NO_CONSENT, fixture.grant);
  return fixture;
}

/** A policy whose owner and payer is a contract, and the digest it has to agree to. */
async function contractParty(system: PolicySystem) {
  const party = await ethers.deployContract("Signer1271__Mock");
  const address = await party.getAddress();
  await party.approve(system.token, system.manager, ethers.MaxUint256);
  await system.token.transfer(party, 10n * FEE);
  const policy = await draft(system, { terms: { owner: address, payer: address } });
  const { chainId } = await ethers.provider.getNetwork();
  return { party, policy, domain: policyDomain(chainId, await system.manager.getAddress()) };
}

describe("PolicyManager: consents", () => {
  context("createFor", () => {
    it("pulls the fee from the payer and the bounties from the owner, whoever sends it", async () => {
      const { system, creation, payment, grant } = await loadFixture(deploySponsored);
      for (const [sender, ...consents] of [
        [system.payer, NO_CONSENT, grant],
        [system.owner, payment, NO_CONSENT],
        [system.stranger, payment, grant],
      ] as const) {
        const snapshot = await ethers.provider.send("evm_snapshot");
        await expect(system.manager.connect(sender).createFor(creation, ...consents)).to.changeTokenBalances(
          system.token,
          [system.payer, system.owner, system.manager],
          [-FEE, -3n * BOUNTY, FEE + 3n * BOUNTY],
        );
        await ethers.provider.send("evm_revert", [snapshot]);
      }
    });

    it("refuses a party that signed nothing, something else, or for somebody else", async () => {
      const { system, policy, creation, payment, grant } = await loadFixture(deploySponsored);
      const other = await draft(system, { terms: { payer: system.payer.address, feeRate: 8n } });
      const badPayments = [
        { ...payment, signature: "0x" },
        { ...payment, maximum: (payment.maximum as bigint) + 1n },
        { ...payment, deadline: (payment.deadline as bigint) + 1n },
        await consent(system, system.payer, GRANT, policy),
        await consent(system, system.stranger, PAYMENT, policy),
        await consent(system, system.payer, PAYMENT, other),
        await consent(system, system.payer, PAYMENT, policy, { end: policy.terms.end + 1n }),
      ];
      for (const bad of badPayments) {
        await expect(system.manager.connect(system.owner).createFor(creation, bad, NO_CONSENT))
          .to.be.revertedWithCustomError(system.manager, "NotConsented")
          .withArgs(system.payer.address, system.owner.address);
      }
      await expect(system.manager.connect(system.payer).createFor(creation, NO_CONSENT, { ...grant, signature: "0x" }))
        .to.be.revertedWithCustomError(system.manager, "NotConsented")
        .withArgs(system.owner.address, system.payer.address);
    });

    it("keeps to the maximum of each consent, to the wei", async () => {
      const { system, policy, creation, grant } = await loadFixture(deploySponsored);
      const tooLow = await consent(system, system.payer, PAYMENT, policy, { maximum: FEE - 1n });
      await expect(system.manager.connect(system.stranger).createFor(creation, tooLow, grant))
        .to.be.revertedWithCustomError(system.manager, "ConsentExceeded")
        .withArgs(FEE, FEE - 1n);
      const exact = await consent(system, system.payer, PAYMENT, policy, { maximum: FEE });
      const lowBounty = await consent(system, system.owner, GRANT, policy, { maximum: 3n * BOUNTY - 1n });
      await expect(system.manager.connect(system.stranger).createFor(creation, exact, lowBounty))
        .to.be.revertedWithCustomError(system.manager, "ConsentExceeded")
        .withArgs(3n * BOUNTY, 3n * BOUNTY - 1n);
      const exactBounty = await consent(system, system.owner, GRANT, policy, { maximum: 3n * BOUNTY });
      await system.manager.connect(system.stranger).createFor(creation, exact, exactBounty);
    });

    it("is void from the deadline on", async () => {
      const { system, policy, creation, grant } = await loadFixture(deploySponsored);
      const deadline = BigInt(await time.latest()) + 50n;
      const payment = await consent(system, system.payer, PAYMENT, policy, { deadline });
      await time.setNextBlockTimestamp(deadline);
      await expect(system.manager.connect(system.stranger).createFor(creation, payment, grant))
        .to.be.revertedWithCustomError(system.manager, "ConsentExpired")
        .withArgs(deadline, deadline);
    });

    it("holds a last second before the deadline", async () => {
      const { system, policy, creation, grant } = await loadFixture(deploySponsored);
      const deadline = BigInt(await time.latest()) + 50n;
      const payment = await consent(system, system.payer, PAYMENT, policy, { deadline });
      await time.setNextBlockTimestamp(deadline - 1n);
      await system.manager.connect(system.stranger).createFor(creation, payment, grant);
    });

    it("takes contracts by EIP-1271", async () => {
      const { system } = await loadFixture(deploySponsored);
      const { party, policy, domain } = await contractParty(system);
      const creation = await creationOf(system, policy);
      const [maximum, deadline] = [FEE, policy.terms.acceptBy];
      const message = { policyId: policyId(policy), end: policy.terms.end, maximum, deadline };
      const agreed = { maximum, deadline, signature: "0x" };
      // One contract agrees to one digest at a time: it sends as neither party, so both consents are asked for.
      await party.agree(typedDataDigest(domain, PAYMENT, message));
      await expect(system.manager.createFor(creation, agreed, agreed))
        .to.be.revertedWithCustomError(system.manager, "NotConsented")
        .withArgs(policy.terms.owner, system.deployer.address);
    });
  });

  context("what comes back", () => {
    const RATE = 7n;
    const { challengeWindow, revealWindow } = PARAMETERS;

    /** The sponsored policy runs, and its first node is suspended from its hundredth second on. */
    async function deploySuspended() {
      const fixture = await deployRunning();
      const { system, policy } = fixture;
      const { start } = policy.terms;
      await time.setNextBlockTimestamp(start + 100n);
      await system.escrow.setSuspended(system.registry, policy.nodes[0], true);
      const [first] = policy.actors;
      const asOwner = system.manager.connect(system.owner);
      const asNode = system.manager.connect(first.staker);
      const byReencryption = system.manager.connect(system.reencryptionChallenge);
      const byLeak = system.manager.connect(system.leakChallenge);
      return { ...fixture, view: shown(policy), start, first, asOwner, asNode, byReencryption, byLeak };
    }
    type Suspended = Awaited<ReturnType<typeof deploySuspended>>;

    const over = 1_000n + challengeWindow + revealWindow;
    /** Seconds after the start, a call, and what it gives to payer and owner. */
    const cases: [string, bigint, (fixture: Suspended) => Promise<unknown>, bigint, bigint][] = [
      ["claim", 300n, ({ asNode, view }) => asNode.claim(view, 0), RATE * 200n, 0n],
      ["claimMany", 300n, ({ asNode, view, first }) => asNode.claimMany(first.address, [view], [0]), RATE * 200n, 0n],
      ["revoke", 300n, ({ asOwner, view }) => asOwner.revoke(view), RATE * 3n * 700n, 0n],
      ["revokeBySignature", 300n, async ({ system, manager, view, policy }) => {
        const signature = await revocation(system, system.owner, policy);
        return manager.revokeBySignature(view, signature);
      }, RATE * 3n * 700n, 0n],
      ["revokeNode", 300n, ({ asOwner, view }) => asOwner.revokeNode(view, 0), RATE * 900n, 0n],
      ["expel", 300n, ({ byReencryption, view }) => byReencryption.expel(view, 0), RATE * 900n, 0n],
      ["disclose", 300n, ({ byReencryption, view }) => byReencryption.disclose(view, 0), RATE * 3n * 700n, 0n],
      ["leak", 300n, ({ byLeak, view, system, start }) => byLeak.leak(view, 0, system.stranger, start), RATE * 900n, 0n],
      ["finalClaim", over, ({ manager, view }) => manager.finalClaim(view, 0), RATE * 900n, 0n],
      ["returnBounty", over, ({ manager, view }) => manager.returnBounty(view), 0n, 3n * BOUNTY],
    ]; // prettier-ignore
    for (const [name, seconds, call, toPayer, toOwner] of cases) {
      it(`of ${name} is the ${toOwner > 0n ? "owner's, who put bounties up" : "sponsor's, who paid the fee"}`, async () => {
        const fixture = await loadFixture(deploySuspended);
        const { token, payer, owner, start } = fixture;
        await time.setNextBlockTimestamp(start + seconds);
        const [ofPayer, ofOwner] = [await token.balanceOf(payer), await token.balanceOf(owner)];
        await call(fixture);
        expect(await token.balanceOf(payer)).to.equal(ofPayer + toPayer);
        expect(await token.balanceOf(owner)).to.equal(ofOwner + toOwner);
      });
    }
  });

  context("create and renew", () => {
    it("are for a caller that is owner and payer", async () => {
      const { system, policy, creation } = await loadFixture(deployRunning);
      for (const [caller, missing] of [
        [system.owner, system.payer],
        [system.payer, system.owner],
      ]) {
        await expect(system.manager.connect(caller).create(creation))
          .to.be.revertedWithCustomError(system.manager, "NotConsented")
          .withArgs(missing.address, caller.address);
        await expect(system.manager.connect(caller).renew(shown(policy), policy.terms.end + 1n))
          .to.be.revertedWithCustomError(system.manager, "NotConsented")
          .withArgs(missing.address, caller.address);
      }
    });
  });

  context("renewFor", () => {
    const later = (terms: Terms) => terms.end + 100n;

    it("needs consents to the new end, once", async () => {
      const { system, policy, payment, grant } = await loadFixture(deployRunning);
      const end = later(policy.terms);
      const renewals = {
        payment: await consent(system, system.payer, PAYMENT, policy, { end, maximum: 7n * 3n * 100n }),
        grant: await consent(system, system.owner, GRANT, policy, { end, maximum: 0n }),
      };
      const asStranger = system.manager.connect(system.stranger);
      const low = await consent(system, system.payer, PAYMENT, policy, { end, maximum: 7n * 3n * 100n - 1n });
      await expect(asStranger.renewFor(shown(policy), end, low, renewals.grant))
        .to.be.revertedWithCustomError(system.manager, "ConsentExceeded")
        .withArgs(2_100, 2_099);
      await expect(asStranger.renewFor(shown(policy), end, payment, renewals.grant))
        .to.be.revertedWithCustomError(system.manager, "NotConsented")
        .withArgs(system.payer.address, system.stranger.address);
      await expect(asStranger.renewFor(shown(policy), end, renewals.payment, grant))
        .to.be.revertedWithCustomError(system.manager, "NotConsented")
        .withArgs(system.owner.address, system.stranger.address);
      await expect(asStranger.renewFor(shown(policy), end, renewals.payment, renewals.grant)).to.changeTokenBalances(
        system.token,
        [system.payer, system.owner, system.manager],
        [-2_100n, 0n, 2_100n],
      );
      await expect(asStranger.renewFor(shown(policy), end, renewals.payment, renewals.grant))
        .to.be.revertedWithCustomError(system.manager, "EndNotLater")
        .withArgs(end, end);
    });

    it("lets owner or payer send it with the other's consent", async () => {
      const { system, policy } = await loadFixture(deployRunning);
      const end = later(policy.terms);
      const payment = await consent(system, system.payer, PAYMENT, policy, { end });
      await system.manager.connect(system.owner).renewFor(shown(policy), end, payment, NO_CONSENT);
      const grant = await consent(system, system.owner, GRANT, policy, { end: end + 1n });
      await system.manager.connect(system.payer).renewFor(shown(policy), end + 1n, NO_CONSENT, grant);
      expect((await system.manager.policyState(idOf(policy))).end).to.equal(end + 1n);
    });
  });

  context("revokeBySignature", () => {
    it("refuses everybody's signature but the owner's, and the owner's of another policy", async () => {
      const { system, policy } = await loadFixture(deployRunning);
      const other = await draft(system, { terms: { feeRate: 8n } });
      for (const signature of [
        "0x",
        await revocation(system, system.payer, policy),
        await revocation(system, system.owner, other),
      ]) {
        await expect(system.manager.connect(system.stranger).revokeBySignature(shown(policy), signature))
          .to.be.revertedWithCustomError(system.manager, "NotConsented")
          .withArgs(system.owner.address, system.stranger.address);
      }
    });

    it("ends the policy for anybody who holds it, once", async () => {
      const { system, policy } = await loadFixture(deployRunning);
      const signature = await revocation(system, system.owner, policy);
      const asStranger = system.manager.connect(system.stranger);
      await expect(asStranger.revokeBySignature(shown(policy), signature)).to.emit(system.manager, "PolicyRevoked");
      await expect(asStranger.revokeBySignature(shown(policy), signature))
        .to.be.revertedWithCustomError(system.manager, "PolicyClosed")
        .withArgs(idOf(policy));
    });

    it("takes an owner that is a contract", async () => {
      const { system } = await loadFixture(deploySponsored);
      const { party, policy, domain } = await contractParty(system);
      const owned = await draft(system, { terms: { owner: policy.terms.owner, payer: system.payer.address } });
      const message = {
        policyId: policyId(owned),
        end: owned.terms.end,
        maximum: 0n,
        deadline: owned.terms.acceptBy,
      };
      await party.agree(typedDataDigest(domain, GRANT, message));
      const grant = { maximum: 0n, deadline: owned.terms.acceptBy, signature: "0x" };
      await system.manager.connect(system.payer).createFor(await creationOf(system, owned), NO_CONSENT, grant);
      await expect(system.manager.revokeBySignature(shown(owned), "0x1234"))
        .to.be.revertedWithCustomError(system.manager, "NotConsented")
        .withArgs(owned.terms.owner, system.deployer.address);
      const typeHash = ethers.id("Revocation(bytes32 policyId)");
      const structHash = ethers.keccak256(ethers.concat([typeHash, idOf(owned)]));
      const digest = ethers.keccak256(
        ethers.concat(["0x1901", ethers.TypedDataEncoder.hashDomain(domain), structHash]),
      );
      await party.agree(digest);
      await expect(system.manager.revokeBySignature(shown(owned), "0x1234")).to.emit(system.manager, "PolicyRevoked");
    });
  });
});
