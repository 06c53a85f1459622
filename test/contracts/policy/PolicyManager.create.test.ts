import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { optionalHash, type Terms } from "../../../src/protocol/policy";
import { acceptance, create, creationOf, draft, type DraftOptions, idOf, shown } from "../../support/policyBuilder";
import { deployPolicySystem, PARAMETERS, type PolicySystem } from "../../support/policySystem";

const ZERO = ethers.ZeroAddress;
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const WORD = ethers.getBytes(ethers.id("something else"));

/** Expects a creation by the owner to be refused with the arguments that `args` computes from its terms and the block's time. */
async function expectRefusal(
  system: PolicySystem,
  options: DraftOptions,
  error: string,
  args: (terms: Terms, now: bigint) => unknown[],
): Promise<void> {
  const policy = await draft(system, options);
  const creation = await creationOf(system, policy);
  const now = BigInt(await time.latest()) + 5n;
  await time.setNextBlockTimestamp(now);
  await expect(system.manager.connect(system.owner).create(creation))
    .to.be.revertedWithCustomError(system.manager, error)
    .withArgs(...args(policy.terms, now));
}

/** Moves terms relative to the present second. */
async function termsAt(shift: (now: bigint) => Partial<Terms>): Promise<Partial<Terms>> {
  return shift(BigInt(await time.latest()));
}

/** Calldata in which every word that holds `value` has its highest bit set. */
function widen(data: string, value: string): string {
  const word = ethers.zeroPadValue(value, 32).slice(2);
  expect(data).to.contain(word);
  return data.replaceAll(word, "8" + word.slice(1));
}

describe("PolicyManager: creation", () => {
  const deploy = () => deployPolicySystem();
  const deployLarge = () => deployPolicySystem(33);

  context("refuses", () => {
    it("no node and 33 nodes (I-P5 nodes_distinct)", async () => {
      const system = await loadFixture(deployLarge);
      for (const shares of [0, 33]) {
        await expectRefusal(system, { shares }, "NodeCountOutOfRange", () => [shares, 32]);
      }
    });

    it("nodes that repeat or descend (I-P5 nodes_distinct)", async () => {
      const system = await loadFixture(deploy);
      const policy = await draft(system);
      const [a, b, c] = policy.nodes;
      for (const [nodes, previous, next] of [
        [[a, b, b], b, b],
        [[b, a, c], b, a],
        [[a, c, b], c, b],
        [[ethers.ZeroAddress, b, c], ethers.ZeroAddress, ethers.ZeroAddress],
      ] as const) {
        const creation = { ...(await creationOf(system, policy)), nodes: [...nodes] };
        await expect(system.manager.connect(system.owner).create(creation))
          .to.be.revertedWithCustomError(system.manager, "NodesNotAscending")
          .withArgs(previous, next);
      }
    });

    it("another number of commitments or acceptances than nodes", async () => {
      const system = await loadFixture(deploy);
      const creation = await creationOf(system, await draft(system));
      const asOwner = system.manager.connect(system.owner);
      await expect(asOwner.create({ ...creation, commitments: creation.commitments.slice(1) }))
        .to.be.revertedWithCustomError(system.manager, "CommitmentCountMismatch")
        .withArgs(2, 3);
      await expect(asOwner.create({ ...creation, acceptances: creation.acceptances.slice(1) }))
        .to.be.revertedWithCustomError(system.manager, "AcceptanceCountMismatch")
        .withArgs(2, 3);
    });

    it("a commitment whose point is zero or no address", async () => {
      const system = await loadFixture(deploy);
      const { manager, owner } = system;
      const policy = await draft(system);
      const [first, second, third] = policy.commitments;
      const commitments = [first, { ...second, point: ZERO }, third];
      await expectRefusal(system, { commitments }, "CommitmentWithoutPoint", () => [1]);
      const { data } = await manager.create.populateTransaction(await creationOf(system, policy));
      const long = widen(data, third.point);
      await expect(owner.sendTransaction({ to: manager, data: long }))
        .to.be.revertedWithCustomError(manager, "CommitmentWithoutPoint")
        .withArgs(2);
    });

    it("an address or time with bits above its width, which would be announced as something else", async () => {
      const system = await loadFixture(deploy);
      const { manager, owner, recipient } = system;
      const policy = await draft(system, { shares: 1 });
      const { data } = await manager.create.populateTransaction(await creationOf(system, policy));
      const { acceptBy, feeRate, maxEnd } = policy.terms;
      const words = [owner.address, recipient.address, policy.nodes[0], acceptBy, maxEnd, feeRate];
      for (const word of words) {
        const sending = owner.sendTransaction({ to: manager, data: widen(data, ethers.toBeHex(word)) });
        await expect(sending).to.be.reverted;
      }
      await owner.sendTransaction({ to: manager, data });
    });

    it("a threshold of 0 or above the number of nodes", async () => {
      const system = await loadFixture(deploy);
      for (const threshold of [0, 4, 255]) {
        await expectRefusal(system, { terms: { threshold } }, "InvalidThreshold", () => [threshold, 3]);
      }
    });

    it("a recipient without a signing address", async () => {
      const system = await loadFixture(deploy);
      await expectRefusal(system, { terms: { recipientSigner: ZERO } }, "InvalidRecipient", () => [ZERO]);
    });

    it("from acceptBy on", async () => {
      const system = await loadFixture(deploy);
      for (const late of [0n, 1n]) {
        const terms = await termsAt((now) => ({ acceptBy: now + 5n - late }));
        await expectRefusal(system, { terms }, "AcceptanceExpired", ({ acceptBy }, now) => [acceptBy, now]);
      }
    });

    it("an end that is not after the start", async () => {
      const system = await loadFixture(deploy);
      for (const early of [0n, 1n]) {
        const terms = await termsAt((now) => ({ start: now + 500n, end: now + 500n - early }));
        await expectRefusal(system, { terms }, "EndNotAfterStart", ({ end, start }) => [end, start]);
      }
    });

    it("an end that is reached", async () => {
      const system = await loadFixture(deploy);
      for (const early of [0n, 1n]) {
        const terms = await termsAt((now) => ({ start: now - 100n, end: now + 5n - early }));
        await expectRefusal(system, { terms }, "EndInPast", ({ end }, now) => [end, now]);
      }
    });

    it("an end past maxEnd, and a maxEnd past the longest duration", async () => {
      const system = await loadFixture(deploy);
      const past = await termsAt((now) => ({ end: now + 1_900n, maxEnd: now + 1_899n }));
      await expectRefusal(system, { terms: past }, "EndAboveMaximum", ({ end, maxEnd }) => [end, maxEnd]);
      const { maxDuration } = PARAMETERS;
      const long = await termsAt((now) => ({ start: now, maxEnd: now + maxDuration + 1n }));
      await expectRefusal(system, { terms: long }, "DurationTooLong", () => [maxDuration + 1n, maxDuration]);
    });

    it("a fee below the minimum per node", async () => {
      const system = await loadFixture(deploy);
      const terms = await termsAt((now) => ({ start: now, end: now + PARAMETERS.minFee - 1n, feeRate: 1n }));
      await expectRefusal(system, { terms }, "FeeTooLow", () => [PARAMETERS.minFee - 1n, PARAMETERS.minFee]);
    });

    it("a bounty below a tenth of the collateral, or not below it", async () => {
      const system = await loadFixture(deploy);
      const { collateralPerKey } = PARAMETERS;
      for (const bounty of [1n, collateralPerKey / 10n - 1n, collateralPerKey, 2n ** 128n - 1n]) {
        await expectRefusal(system, { terms: { bounty } }, "BountyOutOfRange", () => [
          bounty,
          collateralPerKey / 10n,
          collateralPerKey,
        ]);
      }
    });

    it("a bounty below a tenth of a collateral that has none in whole units: its tenth is rounded up", async () => {
      const collateralPerKey = 1_001n;
      const system = await deployPolicySystem(4, { ...PARAMETERS, collateralPerKey });
      await expectRefusal(system, { terms: { bounty: 100n } }, "BountyOutOfRange", () => [100, 101, collateralPerKey]);
      await create(system, { terms: { bounty: 101n } });
    });

    it("a note of 97 bytes, and another note or condition than agreed", async () => {
      const system = await loadFixture(deploy);
      await expectRefusal(system, { note: new Uint8Array(97) }, "NoteTooLong", () => [97, 96]);
      const note = Uint8Array.of(1, 2);
      const none = new Uint8Array(32);
      await expectRefusal(system, { note, terms: { noteHash: WORD } }, "NoteMismatch", () => [
        optionalHash(note),
        WORD,
      ]);
      await expectRefusal(system, { terms: { noteHash: WORD } }, "NoteMismatch", () => [none, WORD]);
      await expectRefusal(system, { terms: { conditionHash: WORD } }, "ConditionMismatch", () => [none, WORD]);
      await expectRefusal(system, { condition: note, terms: { conditionHash: none } }, "ConditionMismatch", () => [
        optionalHash(note),
        none,
      ]);
    });

    it("an acceptance by another signer, of another share or policy, or malleated", async () => {
      const system = await loadFixture(deploy);
      const policy = await draft(system);
      const other = await draft(system, { terms: { feeRate: 8n } });
      const creation = await creationOf(system, policy);
      const node = policy.actors[1];
      const attempt = (accepted: (typeof creation.acceptances)[0]) =>
        system.manager
          .connect(system.owner)
          .create({ ...creation, acceptances: [creation.acceptances[0], accepted, creation.acceptances[2]] });

      await expect(attempt(await acceptance(system, policy, node.staker, 1)))
        .to.be.revertedWithCustomError(system.manager, "WrongAcceptance")
        .withArgs(1, node.worker.address, node.address);
      const { r, vs } = await acceptance(system, policy, node.worker, 1);
      const flipped = ethers.toBeHex(BigInt(vs as string) ^ (1n << 255n), 32);
      for (const wrong of [
        await acceptance(system, policy, node.worker, 2),
        await acceptance(system, other, node.worker, 1),
        { r, vs: flipped },
      ]) {
        await expect(attempt(wrong))
          .to.be.revertedWithCustomError(system.manager, "WrongAcceptance")
          .withArgs(1, node.worker.address, (who: string) => who !== node.worker.address);
      }
      const half = CURVE_ORDER / 2n;
      for (const [malleable, signer] of [[half, (who: string) => who !== ZERO], [half + 1n, ZERO]] as const) {
        for (const parity of [0n, 1n << 255n]) {
          await expect(attempt({ r, vs: ethers.toBeHex(malleable | parity, 32) }), `s = ${malleable}`)
            .to.be.revertedWithCustomError(system.manager, "WrongAcceptance")
            .withArgs(1, node.worker.address, signer);
        }
      } // prettier-ignore
      await expect(attempt({ r: ethers.ZeroHash, vs: ethers.ZeroHash }))
        .to.be.revertedWithCustomError(system.manager, "WrongAcceptance")
        .withArgs(1, node.worker.address, ZERO);
    });

    it("a node whose worker does not count any more, even with a signature that recovers to nobody", async () => {
      const system = await loadFixture(deploy);
      const policy = await draft(system);
      await system.registry.connect(policy.actors[0].staker).unbondWorker();
      await time.increase(1_000);
      const late = await draft(system);
      const creation = await creationOf(system, late);
      const asOwner = system.manager.connect(system.owner);
      await expect(asOwner.create(creation))
        .to.be.revertedWithCustomError(system.manager, "WrongAcceptance")
        .withArgs(0, ZERO, late.actors[0].worker.address);
      const nobody = { r: ethers.ZeroHash, vs: ethers.ZeroHash };
      await expect(asOwner.create({ ...creation, acceptances: [nobody, ...creation.acceptances.slice(1)] }))
        .to.be.revertedWithCustomError(system.manager, "WrongAcceptance")
        .withArgs(0, ZERO, ZERO);
    });

    it("inactive nodes, and nodes without collateral left, as the escrow says (I-P5 nodes_distinct)", async () => {
      const system = await loadFixture(deploy);
      const escrow = await ethers.getContractFactory("StakingEscrow");
      const policy = await draft(system);
      const attempt = async () => system.manager.connect(system.owner).create(await creationOf(system, policy));
      const [first, second] = policy.nodes;
      await system.escrow.setDeposit(second, PARAMETERS.collateralPerKey - 1n);
      await expect(attempt())
        .to.be.revertedWithCustomError(escrow, "InsufficientCollateral")
        .withArgs(second, PARAMETERS.collateralPerKey - 1n, PARAMETERS.collateralPerKey);
      await system.escrow.setDeposit(first, 0);
      await expect(attempt()).to.be.revertedWithCustomError(escrow, "NodeInactive").withArgs(first);
    });

    it("a missing allowance", async () => {
      const system = await loadFixture(deploy);
      const policy = await draft(system);
      const creation = await creationOf(system, policy);
      const fee = 7n * 3n * 1_000n;
      await system.token.connect(system.owner).approve(system.manager, fee - 1n);
      await expect(system.manager.connect(system.owner).create(creation))
        .to.be.revertedWithCustomError(system.token, "ERC20InsufficientAllowance")
        .withArgs(await system.manager.getAddress(), fee - 1n, fee);
      expect((await system.manager.policyState(idOf(policy))).exists).to.equal(false);
    });

    it("the same policy twice, also after its end", async () => {
      const system = await loadFixture(deploy);
      const { policy, id } = await create(system);
      const creation = await creationOf(system, policy);
      await expect(system.manager.connect(system.owner).create(creation))
        .to.be.revertedWithCustomError(system.manager, "PolicyExists")
        .withArgs(id);
      await system.manager.connect(system.owner).revoke(shown(policy));
      await expect(system.manager.connect(system.owner).create(creation))
        .to.be.revertedWithCustomError(system.manager, "PolicyExists")
        .withArgs(id);
    });
  });

  it("cannot be squatted: a copied transaction from another sender is refused", async () => {
    const system = await loadFixture(deploy);
    const policy = await draft(system);
    const creation = await creationOf(system, policy);
    await expect(system.manager.connect(system.stranger).create(creation))
      .to.be.revertedWithCustomError(system.manager, "NotConsented")
      .withArgs(system.owner.address, system.stranger.address);
    await system.manager.connect(system.owner).create(creation);
    expect((await system.manager.policyState(idOf(policy))).exists).to.equal(true);
  });

  it("escrows fee and bounties, reserves collateral, announces and stores the policy", async () => {
    const system = await loadFixture(deploy);
    const condition = Uint8Array.of(9, 9, 9);
    const note = new Uint8Array(96).fill(1);
    const policy = await draft(system, { condition, note, terms: { bounty: 333n, threshold: 2 } });
    const total = 3n * (7n * 1_000n + 333n);
    const { terms, commitments } = policy;
    const creating = system.manager.connect(system.owner).create(await creationOf(system, policy));
    await expect(creating)
      .to.emit(system.manager, "PolicyCreated")
      .withArgs(
        idOf(policy),
        terms.owner,
        terms.recipientSigner,
        ethers.hexlify(terms.pathKeyId),
        Object.values(terms).map((value) => (value instanceof Uint8Array ? ethers.hexlify(value) : value)),
        [...policy.nodes],
        commitments.map(({ digest, point }) => [ethers.hexlify(digest), point]),
        ethers.hexlify(condition),
        ethers.hexlify(note),
      );
    await expect(creating).to.changeTokenBalances(system.token, [system.owner, system.manager], [-total, total]);
    for (const node of policy.nodes) {
      expect(await system.escrow.reservedOf(node)).to.equal(PARAMETERS.collateralPerKey);
    }
    expect(await system.manager.policyState(idOf(policy))).to.deep.equal([terms.end, 0, 0, 0, 0, 0, false, true]);
    expect(await system.manager.laneOf(idOf(policy), 0)).to.deep.equal([0, false]);
    expect(await system.manager.policyIdOf(shown(policy))).to.equal(idOf(policy));
  });

  it("takes the bounds of every term", async () => {
    const system = await loadFixture(deployLarge);
    const { maxDuration, minFee, collateralPerKey } = PARAMETERS;
    const longest = await termsAt((now) => ({ start: now, end: now + maxDuration, maxEnd: now + maxDuration }));
    await create(system, { shares: 32, terms: { ...longest, threshold: 32 } });
    const shortest = await termsAt((now) => ({ start: now, end: now + minFee, feeRate: 1n }));
    await create(system, { shares: 1, terms: shortest });
    await create(system, { terms: { bounty: collateralPerKey / 10n } });
    await create(system, { terms: { bounty: collateralPerKey - 1n } });
    await create(system, { terms: { feeRate: 0n } });
    const started = await termsAt((now) => ({ start: now - 700n }));
    await create(system, { terms: started });
  });

  it("creates many policies, all or none", async () => {
    const system = await loadFixture(deploy);
    const policies = await Promise.all([7n, 8n, 9n].map((feeRate) => draft(system, { terms: { feeRate } })));
    const creations = await Promise.all(policies.map((policy) => creationOf(system, policy)));
    const asOwner = system.manager.connect(system.owner);
    await expect(asOwner.createMany([creations[0], creations[1], creations[0]]))
      .to.be.revertedWithCustomError(system.manager, "PolicyExists")
      .withArgs(idOf(policies[0]));
    expect(await asOwner.createMany.staticCall(creations)).to.deep.equal(policies.map(idOf));
    await expect(asOwner.createMany(creations)).to.changeTokenBalance(
      system.token,
      system.manager,
      (7n + 8n + 9n) * 3n * 1_000n,
    );
  });
});
