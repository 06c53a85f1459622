import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { signPermit } from "../../support/permit";

const INITIAL = 1_000n;
const MAXIMUM = 5_000n;

async function deploy() {
  const [escrow, holder, other] = await ethers.getSigners();
  const token = await ethers.deployContract("NKMSToken", [escrow, holder, INITIAL, MAXIMUM]);
  return { token, escrow, holder, other };
}

describe("NKMSToken", () => {
  it("starts with the initial supply at its holder", async () => {
    const { token, escrow, holder } = await loadFixture(deploy);
    expect(await token.balanceOf(holder)).to.equal(INITIAL);
    expect(await token.totalSupply()).to.equal(INITIAL);
    expect(await token.maxSupply()).to.equal(MAXIMUM);
    expect(await token.escrow()).to.equal(escrow.address);
    expect([await token.name(), await token.symbol(), await token.decimals()]).to.deep.equal(["NKMS", "NKMS", 18n]);
  });

  it("cannot start above its maximum", async () => {
    const { token, escrow, holder } = await loadFixture(deploy);
    await expect(ethers.deployContract("NKMSToken", [escrow, holder, MAXIMUM + 1n, MAXIMUM]))
      .to.be.revertedWithCustomError(token, "SupplyCapExceeded")
      .withArgs(MAXIMUM + 1n, MAXIMUM);
  });

  context("mint", () => {
    it("I-T3 mint_authority: refuses everybody but the escrow", async () => {
      const { token, escrow, holder } = await loadFixture(deploy);
      await expect(token.connect(holder).mint(holder, 1n))
        .to.be.revertedWithCustomError(token, "MintNotAllowed")
        .withArgs(holder.address, escrow.address);
    });

    it("I-T2 supply_cap: reaches the maximum and not one more", async () => {
      const { token, escrow, other } = await loadFixture(deploy);
      await expect(token.connect(escrow).mint(other, MAXIMUM - INITIAL + 1n))
        .to.be.revertedWithCustomError(token, "SupplyCapExceeded")
        .withArgs(MAXIMUM + 1n, MAXIMUM);
      await token.connect(escrow).mint(other, MAXIMUM - INITIAL);
      expect(await token.totalSupply()).to.equal(MAXIMUM);
      await expect(token.connect(escrow).mint(other, 1n))
        .to.be.revertedWithCustomError(token, "SupplyCapExceeded")
        .withArgs(MAXIMUM + 1n, MAXIMUM);
    });
  });

  context("burn", () => {
    it("destroys the holder's own tokens, or another's within the allowance", async () => {
      const { token, holder, other } = await loadFixture(deploy);
      await token.connect(holder).burn(100n);
      await token.connect(holder).approve(other, 50n);
      await token.connect(other).burnFrom(holder, 50n);
      expect(await token.totalSupply()).to.equal(INITIAL - 150n);
      await expect(token.connect(other).burnFrom(holder, 1n))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(other.address, 0n, 1n);
    });
  });

  context("permit", () => {
    it("I-T4 allowance_exact: grants exactly the amount, once", async () => {
      const { token, holder, other } = await loadFixture(deploy);
      const { deadline, v, r, s } = await signPermit(token, holder, other.address, 70n);
      await token.permit(holder, other, 70n, deadline, v, r, s);
      expect(await token.nonces(holder)).to.equal(1n);
      await token.connect(other).transferFrom(holder, other, 30n);
      expect(await token.allowance(holder, other)).to.equal(40n);
      await expect(token.permit(holder, other, 70n, deadline, v, r, s)).to.be.revertedWithCustomError(
        token,
        "ERC2612InvalidSigner",
      );
    });
  });

  it("I-T1 supply_sum: balances add up to the supply", async () => {
    const { token, escrow, holder, other } = await loadFixture(deploy);
    await token.connect(escrow).mint(other, 123n);
    await token.connect(holder).transfer(escrow, 77n);
    await token.connect(other).burn(23n);
    const balances = await Promise.all([escrow, holder, other].map((account) => token.balanceOf(account)));
    expect(balances.reduce((sum, balance) => sum + balance)).to.equal(await token.totalSupply());
  });
});
