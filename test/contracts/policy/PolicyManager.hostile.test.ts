import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { Wallet } from "ethers";
import { ethers } from "hardhat";

import { BOND, nodeRegistryDomain } from "../../../src/protocol/policy";
import { compressedKey, xOnlyKey } from "../../support/keys";
import { creationOf, draft, NO_CONSENT, shown } from "../../support/policyBuilder";
import { DEPOSIT, deployPolicySystem, FUNDS, type NodeActor, PARAMETERS, PERIOD } from "../../support/policySystem";
import { Random } from "../../support/random";
import { fork } from "../../support/steps";

const MODES = { agree: 0, revert: 1, burnGas: 2, returnMuch: 3, returnDirty: 4, returnLittle: 5, reenter: 6 };
const RATE = 7n;
const BOUNTY = 333n;
const { challengeWindow, revealWindow } = PARAMETERS;
const random = new Random(0x4057n);

/** A contract that is owner, sponsor and a node's staker, and does what its mode says whenever it is called (I-P7). */
async function deploy() {
  const system = await deployPolicySystem(2);
  const { token, manager, registry, escrow, deployer, owner } = system;
  const party = await ethers.deployContract("HostileParty__Mock");
  const address = await party.getAddress();
  await token.connect(deployer).transfer(party, FUNDS / 2n);
  await party.approve(token, manager);
  const worker = new Wallet(ethers.id("hostile worker"), ethers.provider);
  await setBalance(worker.address, 10n ** 20n);
  const terms = { feeRate: 1n, capacity: 100n, minDuration: 1n, maxDuration: PARAMETERS.maxDuration };
  const asParty = (name: string, args: unknown[]) =>
    party.run(registry, registry.interface.encodeFunctionData(name as never, args as never), 0);
  await asParty("register", ["https://hostile.example", compressedKey(random), xOnlyKey(random), terms]);
  const bond = await worker.signTypedData(
    nodeRegistryDomain(31337n, await registry.getAddress()),
    { [BOND.name]: [...BOND.fields] },
    { staker: address, worker: worker.address, nonce: 0n },
  );
  await asParty("bondWorker", [worker.address, bond]);
  await escrow.setDeposit(party, DEPOSIT);
  await time.increase(PERIOD);
  const staker: NodeActor = { address, staker: worker, worker };
  const nodes = [staker, ...system.nodes].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const deadline = BigInt(await time.latest()) + 100_000n;
  const agreed = { maximum: FUNDS, deadline, signature: "0x" };
  return { ...system, system: { ...system, nodes }, party, address, agreed, own: nodes.indexOf(staker), owner };
}

type Fixture = Awaited<ReturnType<typeof deploy>>;

/** A running policy that the hostile contract pays for and serves in, and owns if so wanted. */
async function sponsored({ system, party, address, agreed }: Fixture, owner = system.owner.address) {
  const terms = { owner, payer: address, bounty: BOUNTY };
  const policy = await draft(system, { shares: 3, terms });
  await party.setMode(MODES.agree);
  const creation = await creationOf(system, policy);
  const grant = owner === address ? agreed : NO_CONSENT;
  await system.manager.connect(system.owner).createFor(creation, agreed, grant);
  return { policy, view: shown(policy) };
}

describe(`PolicyManager: hostile contracts (seed ${random.seed})`, () => {
  for (const mode of ["revert", "burnGas", "returnDirty", "returnLittle"] as const) {
    it(`that ${mode} when asked for a signature have signed nothing`, async () => {
      const fixture = await loadFixture(deploy);
      const { system, party, address, agreed } = fixture;
      const { manager, owner, stranger } = system;
      const policy = await draft(system, { shares: 3, terms: { payer: address } });
      const creation = await creationOf(system, policy);
      const owned = await sponsored(fixture, address);
      await party.setMode(MODES[mode]);
      await expect(manager.connect(owner).createFor(creation, agreed, NO_CONSENT, { gasLimit: 15_000_000n }))
        .to.be.revertedWithCustomError(manager, "NotConsented")
        .withArgs(address, owner.address);
      await expect(manager.connect(stranger).revokeBySignature(owned.view, "0x", { gasLimit: 15_000_000n }))
        .to.be.revertedWithCustomError(manager, "NotConsented")
        .withArgs(address, stranger.address);
    });
  }

  it("that agree in a megabyte cost whoever asks its making, not a copy of it", async () => {
    const fixture = await loadFixture(deploy);
    const { system, party, address } = fixture;
    const owned = await sponsored(fixture, address);
    await party.setMode(MODES.returnMuch);
    const megabyte = 31_250n;
    const making = 3n * megabyte + megabyte ** 2n / 512n;
    const sent = await system.manager.connect(system.stranger).revokeBySignature(owned.view, "0x");
    const { gasUsed } = (await sent.wait())!;
    expect(gasUsed > making && gasUsed < (3n * making) / 2n, `${gasUsed}`).to.equal(true);
  });

  it("cannot come back while they are asked for a signature, by any function that is theirs to call", async () => {
    const fixture = await loadFixture(deploy);
    const { system, party, address, agreed, own } = fixture;
    const { manager, owner } = system;
    const { policy, view } = await sponsored(fixture, address);
    await time.increaseTo(policy.terms.start + 200n);
    const next = await draft(system, { shares: 3, terms: { owner: address, payer: address } });
    const creation = await creationOf(system, next);
    const end = policy.terms.end + 100n;
    const calls: [string, unknown[]][] = [
      ["create", [creation]],
      ["createFor", [creation, agreed, agreed]],
      ["createMany", [[creation]]],
      ["renew", [view, end]],
      ["renewFor", [view, end, agreed, agreed]],
      ["revoke", [view]],
      ["revokeBySignature", [view, "0x"]],
      ["revokeNode", [view, own]],
      ["claim", [view, own]],
      ["claimMany", [address, [view], [own]]],
    ];
    const strikes = calls.map(([name, args]) => manager.interface.encodeFunctionData(name as never, args as never));
    for (const strike of strikes) await fork(() => party.run(manager, strike, 0));
    await party.arm(manager, strikes);
    await party.setMode(MODES.reenter);
    await manager.connect(owner).revokeBySignature(view, "0x", { gasLimit: 25_000_000n });
    expect((await manager.policyState(await manager.policyIdOf(view))).closed).to.equal(true);
    expect((await manager.policyState(await manager.policyIdOf(shown(next)))).exists).to.equal(false);
  });

  it("are paid as sponsor, staker and owner without being called: nobody's outcome or gas depends on what they would do", async () => {
    const fixture = await loadFixture(deploy);
    const { system, party, address, own } = fixture;
    const { token, manager, owner, stranger, nodes } = system;
    const { policy, view } = await sponsored(fixture);
    const owned = await sponsored(fixture, address);
    const other = (own + 1) % 3;
    const { start, end } = policy.terms;
    const last = owned.policy.terms.end + challengeWindow + revealWindow + 1n;
    const acts = [
      async () =>
        manager.connect(nodes[other].worker).claimMany(nodes[other].address, [view, owned.view], [other, other]),
      async () => manager.connect(owner).revokeNode(view, own),
      async () => manager.connect(owner).revoke(view),
      async () => manager.connect(stranger).finalClaim(view, other),
      async () => manager.connect(stranger).finalClaim(owned.view, own),
      async () => manager.connect(stranger).returnBounty(owned.view),
    ];
    const seconds = [start + 300n, start + 400n, start + 500n, last, last + 1n, last + 2n];
    const outcomes: string[] = [];
    for (const mode of Object.values(MODES)) {
      await fork(async () => {
        await party.setMode(mode);
        const gas: bigint[] = [];
        for (const [index, act] of acts.entries()) {
          await time.setNextBlockTimestamp(seconds[index]);
          gas.push((await (await act()).wait())!.gasUsed);
        }
        const held = await Promise.all([party, owner, nodes[other].address].map((who) => token.balanceOf(who)));
        outcomes.push([...held, ...gas].join());
      });
    }
    expect(new Set(outcomes).size, outcomes.join("\n")).to.equal(1);
    expect(end).to.be.lessThan(last);
    const refunds = RATE * (600n + 2n * 500n);
    const earned = RATE * 400n + RATE * 1_000n;
    const before = await token.balanceOf(party);
    const [held] = outcomes[0].split(",").map(BigInt);
    expect(held - before).to.equal(refunds + earned + 3n * BOUNTY);
  });
});
