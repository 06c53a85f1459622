import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { create } from "../../support/policyBuilder";
import { deployPolicySystem, PARAMETERS, PERIOD } from "../../support/policySystem";

const YEAR = 365n * 86_400n;
const LARGEST = 2n ** 128n - 1n;

describe("PolicyManager: construction", () => {
  const deploy = () => deployPolicySystem();

  async function deployWith(changes: Partial<typeof PARAMETERS>) {
    const { token, escrow, registry } = await loadFixture(deploy);
    const factory = await ethers.getContractFactory("PolicyManager");
    const nobody = ethers.ZeroAddress;
    return {
      factory,
      deployment: factory.deploy(token, escrow, registry, nobody, nobody, { ...PARAMETERS, ...changes }),
    };
  }

  // Unbonding takes 10 periods of 1,000 s in this fixture.
  const longestWindow = 10n * BigInt(PERIOD) - PARAMETERS.revealWindow - BigInt(PERIOD);
  const refusals: [string, Partial<typeof PARAMETERS>, bigint, bigint, bigint][] = [
    ["collateralPerKey", { collateralPerKey: 0n }, 0n, 1n, LARGEST],
    ["maxDuration", { maxDuration: 0n, minPaid: 0n }, 0n, 1n, 10n * YEAR],
    ["maxDuration", { maxDuration: 10n * YEAR + 1n }, 10n * YEAR + 1n, 1n, 10n * YEAR],
    ["minPaid", { minPaid: PARAMETERS.maxDuration + 1n }, PARAMETERS.maxDuration + 1n, 0n, PARAMETERS.maxDuration],
    ["challengeWindow", { challengeWindow: 0n }, 0n, 1n, longestWindow],
    ["challengeWindow", { challengeWindow: longestWindow + 1n }, longestWindow + 1n, 1n, longestWindow],
    ["challengeWindow", { revealWindow: 10_000n }, PARAMETERS.challengeWindow, 1n, 0n],
    ["leakBurnBps", { leakBurnBps: 0n }, 0n, 1n, 10_000n],
    ["leakBurnBps", { leakBurnBps: 10_001n }, 10_001n, 1n, 10_000n],
  ];
  for (const [name, changes, value, minimum, maximum] of refusals) {
    it(`refuses ${name} = ${value}, outside [${minimum}, ${maximum}]`, async () => {
      const { factory, deployment } = await deployWith(changes);
      await expect(deployment)
        .to.be.revertedWithCustomError(factory, "ParameterOutOfRange")
        .withArgs(name, value, minimum, maximum);
    });
  }

  it("takes every bound", async () => {
    for (const changes of [
      { collateralPerKey: 1n, minFee: 0n, minPaid: 0n, leakBurnBps: 1n },
      { collateralPerKey: LARGEST, minFee: LARGEST, maxDuration: 10n * YEAR, leakBurnBps: 10_000n },
      { challengeWindow: longestWindow, minPaid: PARAMETERS.maxDuration },
    ]) {
      await (
        await deployWith(changes)
      ).deployment;
    }
  });

  it("keeps its parameters", async () => {
    const { manager } = await loadFixture(deploy);
    expect(await manager.parameters()).to.deep.equal(Object.values(PARAMETERS));
  });

  it("without challenges leaves their paths to nobody", async () => {
    const system = await loadFixture(deploy);
    const { shown: view } = await create(system);
    const { factory, deployment } = await deployWith({});
    await expect((await deployment).connect(system.owner).expel(view, 0))
      .to.be.revertedWithCustomError(factory, "NotChallenge")
      .withArgs(system.owner.address, ethers.ZeroAddress);
  });
});
