import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { fillTree } from "../../../bench/gas/fillTree";
import { Random } from "../../support/random";

const SEED = 0x7eeen;
const LANE = 2n ** 32n - 1n;

describe("SumTree", () => {
  const deploy = () => ethers.deployContract("SumTree__Harness");

  it("has a unit of ceil(maxSupply / (2^32 - 1))", async () => {
    const tree = await loadFixture(deploy);
    for (const [supply, unit] of [
      [1n, 1n],
      [LANE, 1n],
      [LANE + 1n, 2n],
      [10n * LANE, 10n],
    ])
      expect(await tree.unitOf(supply)).to.equal(unit);
  });

  it(`follows a flat list of leaves through random changes, seed ${SEED}`, async () => {
    const tree = await loadFixture(deploy);
    const random = new Random(SEED);
    const leaves = new Map<bigint, bigint>();
    const places = Array.from({ length: 12 }, () => random.below(1 << 18));
    for (let i = 0; i < 60; ++i) {
      const leaf = random.pick(places);
      const before = leaves.get(leaf) ?? 0n;
      const after = random.below(4) === 0n ? 0n : random.uint(28);
      await tree.add(leaf, after - before);
      leaves.set(leaf, after);
      expect(await tree.leafUnits(leaf)).to.equal(after);
      const sorted = [...leaves].sort(([a], [b]) => Number(a - b));
      const total = sorted.reduce((sum, [, units]) => sum + units, 0n);
      expect(await tree.total()).to.equal(total);
      let start = 0n;
      for (const [place, units] of sorted) {
        if (units > 0n) {
          expect(await tree.find(start)).to.deep.equal([place, 0n]);
          expect(await tree.find(start + units - 1n)).to.deep.equal([place, units - 1n]);
        }
        start += units;
      }
    }
  });

  it("keeps a full lane and its neighbours apart", async () => {
    const tree = await loadFixture(deploy);
    await tree.add(3, LANE);
    await tree.add(3, -1n);
    await tree.add(4, 1n);
    expect(await tree.leafUnits(3)).to.equal(LANE - 1n);
    expect(await tree.leafUnits(4)).to.equal(1n);
    expect(await tree.leafUnits(2)).to.equal(0n);
    expect(await tree.total()).to.equal(LANE);
    expect(await tree.find(LANE - 1n)).to.deep.equal([4n, 0n]);
  });

  it("reaches the last of 2^18 leaves", async () => {
    const tree = await loadFixture(deploy);
    const last = 2n ** 18n - 1n;
    await tree.add(last, 9);
    expect(await tree.find(8)).to.deep.equal([last, 8n]);
  });

  it("is filled by the benchmark as by additions", async () => {
    const [filled, added] = [await deploy(), await deploy()];
    await fillTree(await filled.getAddress(), 20, 3n);
    for (let leaf = 0; leaf < 20; ++leaf) await added.add(leaf, 3);
    for (let slot = 0; slot < 5_000; slot += slot < 10 ? 1 : 585) {
      const [a, b] = await Promise.all([filled, added].map((tree) => ethers.provider.getStorage(tree, slot)));
      expect(a, `slot ${slot}`).to.equal(b);
    }
    expect(await filled.total()).to.equal(60n);
  });
});
