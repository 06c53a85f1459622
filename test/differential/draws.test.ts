import { expect } from "chai";
import { ethers } from "hardhat";

import type { Draws__Harness, StakingEscrow } from "../../typechain-types";
import { Random } from "../support/random";
import { FEDERATED, MAX_SUPPLY, UNIT_NKMS, deployStaking, enterPeriod } from "../support/staking";
import { makeActors } from "../support/stakingActors";
import { StakingModel } from "../support/stakingModel";

const SEED = 0xd4a35n;
const LENGTH = 10_000n;
/** The forge tests do the same with 100,000 draws. */
const DRAWS = process.env.NKMS_DEEP ? 4_000 : 1_000;
const GAS = 30_000_000n;
const PARAMETERS = { ...FEDERATED, periodLength: LENGTH, minLockPeriods: 1n };

interface Line {
  escrow: StakingEscrow;
  harness: Draws__Harness;
  nodes: string[];
  /** Units by node. */
  widths: number[];
}

/** A line of nodes with these stakes in whole tokens, all active. */
async function lineOf(stakes: readonly bigint[]): Promise<Line> {
  const { escrow, ...system } = await deployStaking(PARAMETERS);
  const model = new StakingModel({ ...PARAMETERS, maxSupply: MAX_SUPPLY } as never, 0n, await escrow.currentPeriod());
  const actors = await makeActors(stakes.length, { escrow, ...system }, model);
  for (const [i, { signer }] of actors.entries()) await escrow.connect(signer).create(stakes[i] * UNIT_NKMS, 20);
  await enterPeriod(LENGTH, (await escrow.currentPeriod()) + 1n);
  await ethers.provider.send("evm_mine", []);
  const nodes = actors.map(({ address }) => address).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const widths: number[] = [];
  for (const node of nodes) widths.push(Number(await escrow.drawableUnits(node, 0)));
  return { escrow, harness: await ethers.deployContract("Draws__Harness"), nodes, widths };
}

/** `samples` samples of n nodes on the contract: how often each node and each set came up. */
async function draw({ escrow, harness, nodes }: Line, samples: number, n: number, each: number) {
  const batch = 20;
  const hits = nodes.map(() => 0);
  const sets = Array.from({ length: 256 }, () => 0);
  for (let done = 0; done < samples; done += batch) {
    const size = Math.min(batch, samples - done);
    const counted = await harness.count(escrow, size, n, each, SEED + BigInt(done), nodes, { gasLimit: GAS });
    counted.hits.forEach((times, i) => (hits[i] += Number(times)));
    counted.sets.forEach((times, i) => (sets[i] += Number(times)));
  }
  return { hits, sets };
}

function chiSquare(got: readonly number[], expected: readonly number[]): number {
  return got.reduce((sum, times, i) => sum + (times - expected[i]) ** 2 / expected[i], 0);
}

/** The 99.99% quantile of chi-square, by Wilson and Hilferty. */
function quantile(degrees: number): number {
  const z = 3.719;
  return degrees * (1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3;
}

/** The chance of each set of n nodes (as bits) when each draw takes one of those left in proportion to its width: all orders. */
function exactSets(widths: readonly number[], n: number): Map<number, number> {
  const chances = new Map<number, number>();
  const take = (set: number, left: number, count: number, chance: number): void => {
    if (count === 0) return void chances.set(set, (chances.get(set) ?? 0) + chance);
    widths.forEach((width, i) => {
      if (!(set & (1 << i))) take(set | (1 << i), left - width, count - 1, (chance * width) / left);
    });
  };
  take(0, sum(widths), n, 1);
  return chances;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("StakingEscrow.sample, drawn on the contract", function () {
  this.timeout(300_000);

  it(`fits eq 26, p = n d / D, for small stakes: chi-square over ${DRAWS} draws, seed ${SEED}`, async () => {
    const random = new Random(SEED);
    const line = await lineOf(Array.from({ length: 40 }, () => 15_000n + random.below(30_000)));
    const n = 2;
    const { hits } = await draw(line, DRAWS / n, n, 8);
    expect(sum(hits)).to.equal(DRAWS);
    const total = sum(line.widths);
    const expected = line.widths.map((width) => (DRAWS * width) / total);
    expect(chiSquare(hits, expected)).to.be.below(quantile(39));
  });

  it(`fits the exact chances of every set for large stakes: chi-square over ${DRAWS} draws`, async () => {
    const line = await lineOf([15_000n, 60_000n, 30_000n, 240_000n, 120_000n]);
    const n = 2;
    const { hits, sets } = await draw(line, DRAWS / n, n, 120);
    expect(sum(hits)).to.equal(DRAWS);
    const exact = [...exactSets(line.widths, n)];
    expect(exact).to.have.length(10);
    expect(sum(exact.map(([, chance]) => chance))).to.be.closeTo(1, 1e-12);
    const [got, expected] = [exact.map(([set]) => sets[set]), exact.map(([, chance]) => (chance * DRAWS) / n)];
    expect(chiSquare(got, expected)).to.be.below(quantile(9));
    const byFormula = line.widths.map((width) => (DRAWS * width) / sum(line.widths));
    expect(chiSquare(hits, byFormula), "eq 26 holds for small stakes only").to.be.above(quantile(4));
  });

  it("selects by eq 27 to 29 at every single point of a line", async () => {
    const supply = { initial: 4_000n, maximum: 1_000_000n };
    const parameters = { ...PARAMETERS, minDeposit: 256n };
    const { escrow, token } = await deployStaking(parameters, {}, supply);
    const signers = (await ethers.getSigners()).slice(0, 3);
    const stakes = [256n, 300n, 257n];
    for (const [i, signer] of signers.entries()) {
      await token.transfer(signer, stakes[i]);
      await token.connect(signer).approve(escrow, stakes[i]);
      await escrow.connect(signer).create(stakes[i], 20);
    }
    await enterPeriod(LENGTH, (await escrow.currentPeriod()) + 1n);
    await ethers.provider.send("evm_mine", []);
    expect(await escrow.totalUnits()).to.equal(stakes.reduce((total, stake) => total + stake));
    const harness = await ethers.deployContract("Draws__Harness");
    const drawn = await harness.walk(escrow, 0, await escrow.totalUnits(), { gasLimit: GAS });
    const wanted = signers.flatMap(({ address }, i) => Array.from({ length: Number(stakes[i]) }, () => address));
    expect([...drawn]).to.deep.equal(wanted);
  });
});
