import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { federated } from "../../support/stakingFixture";

async function consents() {
  const system = await federated();
  return { ...system, consents: await ethers.getContractAt("StakerConsents", await system.escrow.stakerConsents()) };
}

describe("StakerConsents", () => {
  it("accepts for its escrow only, whatever is signed", async () => {
    const { escrow, consents: contract, alice, bob } = await loadFixture(consents);
    await expect(contract.connect(bob).accept(alice, bob, 1n, 1n, 2n ** 40n, "0x"))
      .to.be.revertedWithCustomError(escrow, "NotAllowed")
      .withArgs(bob.address);
    expect(await contract.nonceOf(alice)).to.equal(0n);
  });

  it("I-X6 chain_bound: its domain names this chain and this contract", async () => {
    const { consents: contract } = await loadFixture(consents);
    const { name, version, chainId, verifyingContract } = await contract.eip712Domain();
    expect([name, version]).to.deep.equal(["NKMS StakerConsents", "1"]);
    expect(chainId).to.equal((await ethers.provider.getNetwork()).chainId);
    expect(verifyingContract).to.equal(await contract.getAddress());
  });
});
