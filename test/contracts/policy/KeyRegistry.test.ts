import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { compressedKey } from "../../support/keys";
import { Random } from "../../support/random";

const random = new Random(0x4e9n);
const OFF_CURVE = "0x02" + "05".padStart(64, "0");
const PATH = ethers.id("/pictures");

describe(`KeyRegistry (seed ${random.seed})`, () => {
  async function deploy() {
    const [alice, bob] = await ethers.getSigners();
    const registry = await ethers.deployContract("KeyRegistry");
    const curve = await ethers.getContractFactory("CurvePoint__Harness");
    return { registry, curve, alice, bob };
  }

  context("publish", () => {
    it("refuses a key that is no point, in either place, and the zero signer", async () => {
      const { registry, curve, alice } = await loadFixture(deploy);
      const key = compressedKey(random);
      await expect(registry.publish(OFF_CURVE, key, alice))
        .to.be.revertedWithCustomError(curve, "NotOnCurve")
        .withArgs(5);
      await expect(registry.publish(key, OFF_CURVE, alice))
        .to.be.revertedWithCustomError(curve, "NotOnCurve")
        .withArgs(5);
      await expect(registry.publish(key, key, ethers.ZeroAddress))
        .to.be.revertedWithCustomError(registry, "InvalidRequestSigner")
        .withArgs(ethers.ZeroAddress);
    });

    it("stores the sender's keys, replaces them, and leaves others alone", async () => {
      const { registry, alice, bob } = await loadFixture(deploy);
      expect(await registry.keysOf(alice)).to.deep.equal(["0x", "0x", ethers.ZeroAddress]);
      for (const signer of [alice.address, bob.address]) {
        const [encryptionKey, verifyingKey] = [compressedKey(random), compressedKey(random)];
        await expect(registry.connect(alice).publish(encryptionKey, verifyingKey, signer))
          .to.emit(registry, "KeysPublished")
          .withArgs(alice.address, signer, encryptionKey, verifyingKey);
        expect(await registry.keysOf(alice)).to.deep.equal([encryptionKey, verifyingKey, signer]);
      }
      expect(await registry.keysOf(bob)).to.deep.equal(["0x", "0x", ethers.ZeroAddress]);
    });
  });

  context("publishPathKey", () => {
    it("refuses a key that is no point", async () => {
      const { registry, curve } = await loadFixture(deploy);
      await expect(registry.publishPathKey(PATH, "0x02"))
        .to.be.revertedWithCustomError(curve, "InvalidKeyLength")
        .withArgs(1, 33);
    });

    it("stores and replaces the sender's key of a path", async () => {
      const { registry, alice, bob } = await loadFixture(deploy);
      for (const pathKey of [compressedKey(random), compressedKey(random)]) {
        await expect(registry.connect(alice).publishPathKey(PATH, pathKey))
          .to.emit(registry, "PathKeyPublished")
          .withArgs(alice.address, PATH, pathKey);
        expect(await registry.pathKeyOf(alice, PATH)).to.equal(pathKey);
      }
      expect(await registry.pathKeyOf(bob, PATH)).to.equal("0x");
      expect(await registry.pathKeyOf(alice, ethers.id("/other"))).to.equal("0x");
    });
  });
});
