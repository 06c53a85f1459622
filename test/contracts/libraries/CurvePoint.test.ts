import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { compressedKey, isOnCurve } from "../../support/keys";
import { Random } from "../../support/random";

const FIELD = 2n ** 256n - 2n ** 32n - 977n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const random = new Random(0xc0de_0001n);

const word = (x: bigint): string => ethers.toBeHex(x, 32);
const compressed = (x: bigint): string => "0x02" + word(x).slice(2);

describe(`CurvePoint (seed ${random.seed})`, () => {
  const deploy = () => ethers.deployContract("CurvePoint__Harness");

  it("splits compressed keys of both parities", async () => {
    const harness = await loadFixture(deploy);
    for (let round = 0; round < 20; round++) {
      const key = compressedKey(random);
      expect(await harness.parse(key)).to.deep.equal([key.slice(0, 4), "0x" + key.slice(4)]);
    }
  });

  it("agrees with noble about which x lie on the curve", async () => {
    const harness = await loadFixture(deploy);
    const points = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, FIELD - 1n, FIELD - 2n, FIELD - 3n];
    for (let round = 0; round < 60; round++) points.push(random.uint(256) % FIELD);
    for (const x of points) {
      const parsing = harness.parse(compressed(x));
      if (isOnCurve(x)) await parsing;
      else await expect(parsing).to.be.revertedWithCustomError(harness, "NotOnCurve").withArgs(x);
    }
  });

  it("refuses other lengths, prefixes and coordinates past the field", async () => {
    const harness = await loadFixture(deploy);
    const key = compressedKey(random);
    for (const bad of ["0x", key.slice(0, -2), key + "00"]) {
      await expect(harness.parse(bad))
        .to.be.revertedWithCustomError(harness, "InvalidKeyLength")
        .withArgs(bad.length / 2 - 1, 33);
    }
    for (const prefix of ["0x00", "0x01", "0x04", "0x05", "0xff"]) {
      await expect(harness.parse(prefix + key.slice(4)))
        .to.be.revertedWithCustomError(harness, "InvalidKeyPrefix")
        .withArgs(prefix);
    }
    for (const x of [FIELD, FIELD + 1n, 2n ** 256n - 1n]) {
      await expect(harness.parse(compressed(x)))
        .to.be.revertedWithCustomError(harness, "CoordinateOutOfRange")
        .withArgs(x, FIELD);
    }
  });

  it("takes x-only keys strictly between 0 and the group order", async () => {
    const harness = await loadFixture(deploy);
    await harness.checkXOnly(word(1n));
    for (const x of [0n, ORDER, ORDER + 1n, FIELD]) {
      await expect(harness.checkXOnly(word(x)))
        .to.be.revertedWithCustomError(harness, "CoordinateOutOfRange")
        .withArgs(x, ORDER);
    }
    await expect(harness.checkXOnly(word(5n)))
      .to.be.revertedWithCustomError(harness, "NotOnCurve")
      .withArgs(5n);
  });
});
