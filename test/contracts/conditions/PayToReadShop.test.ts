import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { abiEncode, POLICY } from "../../support/conditions";

const ITEM = ethers.id("file://film");
const PRICE = 10n ** 15n + 1n;
const MODES = { take: 0, revert: 1, returnMuch: 2, reenter: 3, burnGas: 4 };

describe("PayToReadShop", () => {
  async function deploy() {
    const [seller, buyer, reader] = await ethers.getSigners();
    const shop = await ethers.deployContract("PayToReadShop");
    await shop.connect(seller).setPrice(ITEM, PRICE);
    const buy = (value = PRICE, who = reader.address, whose = seller.address) =>
      shop.connect(buyer).buy(whose, ITEM, who, { value });
    const mayRead = (who: string, whose = seller.address, item = ITEM) =>
      shop.isAllowed(POLICY, who, abiEncode(["address", "bytes32"], [whose, item]));
    return { shop, seller, buyer, reader, buy, mayRead };
  }

  it("lets the reader of a purchase pass, and nobody else", async () => {
    const { shop, seller, buyer, reader, buy, mayRead } = await loadFixture(deploy);
    expect(await mayRead(reader.address)).to.equal(false);
    await expect(buy()).to.emit(shop, "Bought").withArgs(seller.address, ITEM, reader.address, buyer.address, PRICE);
    expect(await mayRead(reader.address)).to.equal(true);
    expect(await shop.hasBought(seller, ITEM, reader)).to.equal(true);
    expect(await mayRead(buyer.address)).to.equal(false);
    expect(await mayRead(reader.address, buyer.address)).to.equal(false);
    expect(await mayRead(reader.address, seller.address, ethers.ZeroHash)).to.equal(false);
  });

  it("sells at the exact price of now, once to a reader, and only what is on the shelf", async () => {
    const { shop, seller, reader, buy, mayRead } = await loadFixture(deploy);
    for (const paid of [0n, PRICE - 1n, PRICE + 1n]) {
      await expect(buy(paid)).to.be.revertedWithCustomError(shop, "WrongPrice").withArgs(paid, PRICE);
    }
    await expect(buy(PRICE, ethers.ZeroAddress))
      .to.be.revertedWithCustomError(shop, "InvalidReader")
      .withArgs(ethers.ZeroAddress);
    await buy();
    await expect(buy()).to.be.revertedWithCustomError(shop, "AlreadyBought").withArgs(ITEM, reader.address);
    await expect(shop.connect(seller).setPrice(ITEM, 0n)).to.emit(shop, "Priced").withArgs(seller.address, ITEM, 0);
    await expect(buy(0n)).to.be.revertedWithCustomError(shop, "NotForSale").withArgs(seller.address, ITEM);
    expect(await mayRead(reader.address), "a purchase stays").to.equal(true);
  });

  it("holds exactly the takings and pays them once", async () => {
    const { shop, seller, buyer, buy } = await loadFixture(deploy);
    await buy();
    await buy(PRICE, buyer.address);
    expect(await shop.takingsOf(seller)).to.equal(2n * PRICE);
    expect(await ethers.provider.getBalance(shop)).to.equal(2n * PRICE);
    await expect(shop.connect(seller).withdraw()).to.changeEtherBalances([shop, seller], [-2n * PRICE, 2n * PRICE]);
    await expect(shop.connect(seller).withdraw())
      .to.be.revertedWithCustomError(shop, "NoTakings")
      .withArgs(seller.address);
  });

  context("Hostile sellers (I-P7)", () => {
    async function deployHostile() {
      const system = await deploy();
      const hostile = await ethers.deployContract("Seller__Mock");
      const address = await hostile.getAddress();
      await hostile.offer(system.shop, ITEM, PRICE);
      await system.buy(PRICE, system.reader.address, address);
      await system.buy();
      return { ...system, hostile, address };
    }

    it("that refuse ether hinder no sale and no other seller", async () => {
      const { shop, seller, hostile, address, buy, buyer } = await loadFixture(deployHostile);
      await hostile.setMode(MODES.revert);
      await expect(hostile.withdraw(shop)).to.be.revertedWithCustomError(shop, "EtherRefused").withArgs(address, PRICE);
      await buy(PRICE, buyer.address, address);
      expect(await shop.takingsOf(hostile)).to.equal(2n * PRICE);
      await shop.connect(seller).withdraw();
      await hostile.setMode(MODES.take);
      await hostile.withdraw(shop);
      expect(await ethers.provider.getBalance(hostile)).to.equal(2n * PRICE);
    });

    it("that burn all gas burn their own, and keep their takings", async () => {
      const { shop, seller, hostile, address, buy, buyer } = await loadFixture(deployHostile);
      await hostile.setMode(MODES.burnGas);
      await expect(hostile.withdraw(shop, { gasLimit: 1_000_000n }))
        .to.be.revertedWithCustomError(shop, "EtherRefused")
        .withArgs(address, PRICE);
      await buy(PRICE, buyer.address, address);
      await shop.connect(seller).withdraw();
      expect(await shop.takingsOf(hostile)).to.equal(2n * PRICE);
    });

    it("that come back during the payment get nothing more", async () => {
      const { shop, hostile, address } = await loadFixture(deployHostile);
      await hostile.setMode(MODES.reenter);
      await expect(hostile.withdraw(shop)).to.be.revertedWithCustomError(shop, "EtherRefused").withArgs(address, PRICE);
      expect(await ethers.provider.getBalance(shop)).to.equal(2n * PRICE);
    });

    it("that answer a megabyte are paid; none of it is copied", async () => {
      const { shop, hostile } = await loadFixture(deployHostile);
      await hostile.setMode(MODES.returnMuch);
      await hostile.withdraw(shop, { gasLimit: 2_300_000n });
      expect(await hostile.receipts()).to.equal(1n);
      expect(await shop.takingsOf(hostile)).to.equal(0n);
    });
  });
});
