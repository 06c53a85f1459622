import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { abiEncode, POLICY } from "../../support/conditions";

const OBJECT = ethers.id("capsule");
const TYPES = {
  Access: [
    { name: "policyId", type: "bytes32" },
    { name: "object", type: "bytes32" },
    { name: "number", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

describe("AccessLog", () => {
  async function deploy() {
    const [reader, sender, other] = await ethers.getSigners();
    const [log, twin] = [await ethers.deployContract("AccessLog"), await ethers.deployContract("AccessLog")];
    const { chainId } = await ethers.provider.getNetwork();
    const domain = { name: "NKMS AccessLog", version: "1", chainId, verifyingContract: await log.getAddress() };
    const deadline = BigInt(await time.latest()) + 1_000n;
    const sign = (change: object = {}, by = reader, where: object = {}) =>
      by.signTypedData({ ...domain, ...where }, TYPES, {
        policyId: POLICY,
        object: OBJECT,
        number: 0n,
        deadline,
        ...change,
      });
    return { reader, sender, other, log, twin, deadline, sign };
  }

  it("records what the reader signed, whoever sends it, and counts", async () => {
    const { log, reader, sender, deadline, sign } = await loadFixture(deploy);
    const record = async (number: bigint) =>
      log.connect(sender).record(POLICY, reader, OBJECT, deadline, await sign({ number }));
    expect(await log.accessesOf(POLICY, reader)).to.deep.equal([0n, 0n]);
    await expect(record(0n)).to.emit(log, "AccessRecorded").withArgs(POLICY, reader.address, OBJECT, 0);
    await expect(record(1n)).to.emit(log, "AccessRecorded").withArgs(POLICY, reader.address, OBJECT, 1);
    expect(await log.accessesOf(POLICY, reader)).to.deep.equal([2n, BigInt(await time.latest())]);
  });

  it("opens for so many seconds after the last entry, to its reader and under its policy only", async () => {
    const { log, reader, other, deadline, sign } = await loadFixture(deploy);
    const context = abiEncode(["uint256"], [60]);
    const ask = (policy = POLICY, who = reader.address, validFor = context) => log.isAllowed(policy, who, validFor);
    expect(await ask()).to.equal(false);
    expect(await ask(POLICY, reader.address, abiEncode(["uint256"], [ethers.MaxUint256]))).to.equal(false);
    await log.record(POLICY, reader, OBJECT, deadline, await sign());
    const at = await time.latest();
    expect(await ask()).to.equal(true);
    expect(await ask(ethers.id("another policy"))).to.equal(false);
    expect(await ask(POLICY, other.address)).to.equal(false);
    await time.increaseTo(at + 59);
    expect(await ask()).to.equal(true);
    await time.increaseTo(at + 60);
    expect(await ask()).to.equal(false);
    expect(await ask(POLICY, reader.address, abiEncode(["uint256"], [ethers.MaxUint256]))).to.equal(true);
  });

  it("refuses a signature that is late, another's, changed, repeated, or for another place (I-X6)", async () => {
    const { log, twin, reader, other, deadline, sign } = await loadFixture(deploy);
    const good = await sign();
    const recovered = (signature: string, verifyingContract: unknown, message: object) =>
      ethers.verifyTypedData(
        { name: "NKMS AccessLog", version: "1", chainId: 31337n, verifyingContract: verifyingContract as string },
        TYPES,
        { policyId: POLICY, object: OBJECT, number: 0n, deadline, ...message },
        signature,
      );
    const refused = async (call: Promise<unknown>, by: typeof log, signature: string, message: object, number = 0n) =>
      expect(call)
        .to.be.revertedWithCustomError(by, "WrongAccessSigner")
        .withArgs(recovered(signature, await by.getAddress(), { number, ...message }), reader.address, number);

    const foreign = await sign({}, other);
    await refused(log.record(POLICY, reader, OBJECT, deadline, foreign), log, foreign, {});
    const object = ethers.id("another capsule");
    await refused(log.record(POLICY, reader, object, deadline, good), log, good, { object });
    const otherChain = await sign({}, reader, { chainId: 1n });
    await refused(log.record(POLICY, reader, OBJECT, deadline, otherChain), log, otherChain, {});
    await refused(twin.record(POLICY, reader, OBJECT, deadline, good), twin, good, {});
    await log.record(POLICY, reader, OBJECT, deadline, good);
    await refused(log.record(POLICY, reader, OBJECT, deadline, good), log, good, {}, 1n);

    await expect(log.record(POLICY, reader, OBJECT, deadline, "0x1234"))
      .to.be.revertedWithCustomError(log, "WrongAccessSigner")
      .withArgs(ethers.ZeroAddress, reader.address, 1);
    await expect(log.record(POLICY, ethers.ZeroAddress, OBJECT, deadline, "0x"))
      .to.be.revertedWithCustomError(log, "WrongAccessSigner")
      .withArgs(ethers.ZeroAddress, ethers.ZeroAddress, 0);
    await time.setNextBlockTimestamp(deadline);
    await expect(log.record(POLICY, reader, OBJECT, deadline, await sign({ number: 1n })))
      .to.be.revertedWithCustomError(log, "AccessExpired")
      .withArgs(deadline, deadline);
  });
});
