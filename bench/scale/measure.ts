import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";
import type { Signer } from "ethers";

import { REFERENCE, UNIT_NKMS, type StakingSystem, deployStaking } from "../../test/support/staking";
import { fillTree, setWord } from "../gas/fillTree";
import { gasOf } from "../gas/scenario";

/** How many nodes are on the line. */
export const SIZES: readonly number[] = [100, 1_000, 10_000, 100_000];

const LEAF_COUNT_SLOT = 37_449;
const LEAVES_SLOT = 37_450;
const PERIOD = 86_400;
const CALENDAR = 1_792 * PERIOD;
const WIDTH = 16_000n;
const AMOUNT = 50_000n * UNIT_NKMS;
const LOCK = 100;
const DRAWN = 3;
const REPEATS = 8;

type Account = Signer & { address: string };

/** Gas by operation, one figure for each size. */
export async function measureScale(sizes = SIZES): Promise<Record<string, number[]>> {
  const table: Record<string, number[]> = { create: [], draw: [], claim: [], withdraw: [] };
  for (const size of sizes) {
    const fork = await takeSnapshot();
    const figures = await measureAt(size);
    for (const [name, gas] of Object.entries(figures)) table[name].push(gas);
    await fork.restore();
  }
  return table;
}

async function measureAt(size: number): Promise<Record<string, number>> {
  await time.increaseTo((Math.floor((await time.latest()) / CALENDAR) + 1) * CALENDAR);
  const [, healthCheck, newcomer, ...nodes] = (await ethers.getSigners()).slice(0, 3 + DRAWN);
  const system = await deployStaking(REFERENCE, { healthCheck: healthCheck.address });
  const line = await system.escrow.getAddress();
  await fillTree(line, size, WIDTH);
  await setWord(line, LEAF_COUNT_SLOT, BigInt(size));
  for (const account of [newcomer, ...nodes]) {
    await system.token.transfer(account, 100n * AMOUNT);
    await system.token.connect(account).approve(system.escrow, 100n * AMOUNT);
  }
  for (const node of nodes) await system.escrow.connect(node).create(AMOUNT, LOCK);
  await pass(40);
  return {
    create: await apart(() => gasOf(system.escrow.connect(newcomer).create(AMOUNT, LOCK))),
    draw: await apart(() => meanDraw(system, nodes, size)),
    claim: await apart(() => gasOf(system.escrow.connect(nodes[0]).claim())),
    withdraw: await apart(() => withdrawal(system, nodes[0])),
  };
}

/** The mean of several draws of three. Their points fall on leaves written into storage, which the drawn stakers are made to hold. */
async function meanDraw({ escrow }: StakingSystem, nodes: Account[], size: number): Promise<number> {
  let sum = 0n;
  for (let i = 0; i < REPEATS; ++i) {
    const leaves = nodes.map((_, j) => (BigInt(ethers.id(`${i}/${j}`)) % BigInt((size / DRAWN) | 0)) * 3n + BigInt(j));
    for (const [j, leaf] of leaves.entries()) await hold(await escrow.getAddress(), leaf, nodes[j].address);
    const randoms = leaves.map((leaf) => leaf * WIDTH + (BigInt(ethers.id(`offset ${i}`)) % WIDTH));
    sum += await escrow.sample.estimateGas(DRAWN, randoms, 0);
  }
  return Math.round(Number(sum) / REPEATS);
}

/** Leaf.node is the low 20 bytes of its word. */
async function hold(line: string, leaf: bigint, node: string): Promise<void> {
  const slot = ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [leaf, LEAVES_SLOT]));
  await setWord(line, BigInt(slot), BigInt(node));
}

async function withdrawal({ escrow }: StakingSystem, node: Account): Promise<number> {
  const own = escrow.connect(node);
  await own.startWindDown(0);
  await pass(LOCK + 10);
  await escrow.advance();
  await pass(30);
  return gasOf(own.withdraw(0));
}

async function apart(measure: () => Promise<number>): Promise<number> {
  const fork = await takeSnapshot();
  const gas = await measure();
  await fork.restore();
  return gas;
}

/** Leaves `periods` behind; the next block is early in a new one. */
async function pass(periods: number): Promise<void> {
  const next = Math.floor((await time.latest()) / PERIOD) + periods;
  await time.increaseTo(next * PERIOD + 10);
}
