import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { GRANT, PAYMENT, policyId } from "../../../src/protocol/policy";
import {
  acceptance,
  consent,
  create,
  creationOf,
  draft,
  type DraftOptions,
  idOf,
  NO_CONSENT,
  shown,
} from "../../support/policyBuilder";
import { deployPolicySystem, PARAMETERS } from "../../support/policySystem";

const RATE = 7n;
const BOUNTY = 333n;
const at = (second: bigint) => time.setNextBlockTimestamp(second);

describe("PolicyManager: attacks", () => {
  const deploy = () => deployPolicySystem();

  async function deployRunning() {
    const system = await deployPolicySystem();
    return { ...system, system, ...(await create(system)) };
  }

  context("Squatting: who copies a transaction before it is mined", () => {
    it("can create nothing in the name of others", async () => {
      const system = await loadFixture(deploy);
      const creation = await creationOf(system, await draft(system));
      const asStranger = system.manager.connect(system.stranger);
      for (const copy of [
        () => asStranger.create(creation),
        () => asStranger.createMany([creation]),
        () => asStranger.createFor(creation, NO_CONSENT, NO_CONSENT),
      ]) {
        await expect(copy()).to.be.reverted;
      }
      await system.manager.connect(system.owner).create(creation);
    });

    it("cannot take an id with other terms: the id is all terms", async () => {
      const system = await loadFixture(deploy);
      const policy = await draft(system);
      const creation = await creationOf(system, policy);
      const parties = { owner: system.stranger.address, payer: system.stranger.address };
      const stolen = { ...creation, terms: { ...policy.terms, ...parties } };
      const [victim] = policy.actors;
      const id = policyId({ ...policy, terms: { ...policy.terms, ...parties } });
      expect(ethers.hexlify(id)).not.to.equal(idOf(policy));
      await expect(system.manager.connect(system.stranger).create(stolen))
        .to.be.revertedWithCustomError(system.manager, "WrongAcceptance")
        .withArgs(0, victim.worker.address, (recovered: string) => recovered !== victim.worker.address);
    });

    it("who holds all consents does what they say and nothing else; the copied transaction comes too late", async () => {
      const system = await loadFixture(deploy);
      const { token, manager, owner, payer, stranger } = system;
      const policy = await draft(system, { terms: { payer: payer.address, bounty: BOUNTY } });
      const creation = await creationOf(system, policy);
      const payment = await consent(system, payer, PAYMENT, policy);
      const grant = await consent(system, owner, GRANT, policy);
      const fee = RATE * 3n * 1_000n;
      await expect(manager.connect(stranger).createFor(creation, payment, grant)).to.changeTokenBalances(
        token,
        [payer, owner, stranger],
        [-fee, -3n * BOUNTY, 0n],
      );
      await expect(manager.connect(payer).createFor(creation, NO_CONSENT, grant))
        .to.be.revertedWithCustomError(manager, "PolicyExists")
        .withArgs(idOf(policy));
      expect(await token.balanceOf(manager)).to.equal(fee + 3n * BOUNTY);
    });
  });

  context("Replayed acceptances", () => {
    it("fit one policy, one share, one contract, one chain and one worker", async () => {
      const system = await loadFixture(deploy);
      const { manager, owner } = system;
      const policy = await draft(system);
      const other = await draft(system, { terms: { feeRate: RATE + 1n } });
      const creation = await creationOf(system, policy);
      const [, node, third] = policy.actors;
      const domain = {
        name: "NKMS PolicyManager",
        version: "1",
        chainId: 31337n,
        verifyingContract: manager.target as string,
      };
      const types = {
        Acceptance: [
          { name: "policyId", type: "bytes32" },
          { name: "shareIndex", type: "uint256" },
        ],
      };
      const message = { policyId: idOf(policy), shareIndex: 1n };
      const signed = async (where: object) => {
        const signature = await node.worker.signTypedData({ ...domain, ...where }, types, message);
        return { signature, compact: ethers.Signature.from(signature) };
      };
      const elsewhere = [
        await signed({ chainId: 1n }),
        await signed({ verifyingContract: owner.address }),
        await signed({ version: "2" }),
      ].map(({ compact }) => ({ r: compact.r, vs: compact.yParityAndS }));
      const replayed = [
        await acceptance(system, other, node.worker, 1),
        await acceptance(system, policy, node.worker, 0),
        await acceptance(system, policy, third.worker, 1),
        ...elsewhere,
      ];
      for (const accepted of replayed) {
        const acceptances = [creation.acceptances[0], accepted, creation.acceptances[2]];
        const { r, vs } = accepted;
        const digest = ethers.TypedDataEncoder.hash(domain, types, message);
        const recovered = ethers.recoverAddress(digest, ethers.Signature.from(ethers.concat([r, vs])));
        expect(recovered).not.to.equal(node.worker.address);
        await expect(manager.connect(owner).create({ ...creation, acceptances }))
          .to.be.revertedWithCustomError(manager, "WrongAcceptance")
          .withArgs(1, node.worker.address, recovered);
      }
      await manager.connect(owner).create(creation);
    });

    it("begin nothing twice: neither while the policy runs nor when all of it is over", async () => {
      const { system, policy, manager, owner, id, terms, shown: view } = await loadFixture(deployRunning);
      const creation = await creationOf(system, policy);
      const again = () =>
        expect(manager.connect(owner).create(creation))
          .to.be.revertedWithCustomError(manager, "PolicyExists")
          .withArgs(id);
      await again();
      await manager.connect(owner).revoke(view);
      await again();
      await at(terms.acceptBy);
      await expect(manager.connect(owner).create(creation))
        .to.be.revertedWithCustomError(manager, "AcceptanceExpired")
        .withArgs(terms.acceptBy, terms.acceptBy);
    });
  });

  context("Freeriders: a fraction of one policy used in another", () => {
    it("need the nodes' word for the other policy too, were it the same fractions at a lower price or for longer", async () => {
      const { system, policy, manager, owner, commitments } = await loadFixture(deployRunning);
      const paid = await creationOf(system, policy);
      const cheaper: DraftOptions["terms"][] = [
        { ...policy.terms, feeRate: 0n },
        { ...policy.terms, end: policy.terms.end + 1_000n },
        { ...policy.terms, recipientSigner: system.stranger.address },
      ];
      for (const terms of cheaper) {
        const free = await draft(system, { terms, commitments });
        const creation = { ...(await creationOf(system, free)), acceptances: paid.acceptances };
        await expect(manager.connect(owner).create(creation))
          .to.be.revertedWithCustomError(manager, "WrongAcceptance")
          .withArgs(0, policy.actors[0].worker.address, (who: string) => who !== policy.actors[0].worker.address);
        expect((await manager.policyState(idOf(free))).exists).to.equal(false);
      }
    });

    it("cannot show a paid policy with other nodes, terms or fractions than were paid for", async () => {
      const { system, manager, owner, policy, shown: view, terms } = await loadFixture(deployRunning);
      const [outsider] = system.nodes.filter(({ address }) => !policy.nodes.includes(address));
      const shows = [
        { ...view, nodes: [outsider.address, ...policy.nodes.slice(1)] },
        { ...view, terms: { ...terms, recipientSigner: owner.address } },
        { ...view, commitmentsHash: ethers.id("other fractions") },
      ];
      for (const wrong of shows) {
        await expect(manager.connect(outsider.staker).claim(wrong, 0))
          .to.be.revertedWithCustomError(manager, "UnknownPolicy")
          .withArgs(await manager.policyIdOf(wrong));
      }
    });
  });

  context("Retroactive prices (I-P6 no_retro_price)", () => {
    const RAISED = { feeRate: 10n ** 18n, capacity: 0n, minDuration: 19_000n, maxDuration: 19_000n };

    it("a node that raises its price between acceptance and creation serves for what it accepted", async () => {
      const system = await loadFixture(deploy);
      const { token, manager, registry, owner } = system;
      const policy = await draft(system);
      const creation = await creationOf(system, policy);
      const [node] = policy.actors;
      await registry.connect(node.staker).setTerms(RAISED);
      await expect(manager.connect(owner).create(creation)).to.changeTokenBalance(token, owner, -RATE * 3n * 1_000n);
      await at(policy.terms.start + 100n);
      await expect(manager.connect(node.worker).claim(shown(policy), 0)).to.changeTokenBalance(
        token,
        node.address,
        RATE * 100n,
      );
    });

    it("nor does a later price change what is claimed, refunded, or paid for a renewal", async () => {
      const { token, manager, registry, owner, policy, shown: view, terms } = await loadFixture(deployRunning);
      const [node] = policy.actors;
      await registry.connect(node.staker).setTerms(RAISED);
      await expect(manager.connect(owner).renew(view, terms.end + 500n)).to.changeTokenBalance(
        token,
        owner,
        -RATE * 3n * 500n,
      );
      await at(terms.start + 400n);
      await expect(manager.connect(owner).revokeNode(view, 0)).to.changeTokenBalances(
        token,
        [node.address, owner],
        [RATE * 400n, RATE * 1_100n],
      );
    });

    it("and no call changes a parameter or the terms of what exists", async () => {
      const { system, manager, policy, id, shown: view } = await loadFixture(deployRunning);
      const parameters = await manager.parameters();
      await create(system, { terms: { feeRate: 9n, bounty: BOUNTY } });
      expect(await manager.parameters()).to.deep.equal(parameters);
      expect(await manager.policyIdOf(view)).to.equal(id);
      expect(Object.values(PARAMETERS)).to.deep.equal(parameters);
      expect((await manager.policyState(id)).end).to.equal(policy.terms.end);
    });
  });
});
