/**
 * Staking at 100,000 nodes. What a figure covers:
 * - all are whole transactions, except `treeUpdate100k`, `treeDraw100k` (the library alone) and `expiryCrossing` (one of 32);
 * - a decision is the first of its period in a network that decides every day, so that it moves the anchor by one period; its
 *   staker created one position long before and did nothing since. `stakeIncreaseAgain` comes 8 periods after another increase,
 *   `stakeIncreaseIdle` after 30 periods in which nobody did anything;
 * - a claim comes one period after another and has something to pay, because a vesting epoch ends between them; at
 *   `claimAfter1Anchor` the anchor lies before an end that nobody has passed, which the claim has to step over;
 * - at `withdraw` the own end has been passed, at `withdrawOverExpiry` neither that nor one before it;
 * - a slash goes through all positions and leaves half of the last. They re-lock; at `slash32Ends` all wind down, each to an end of its
 *   own, and nobody else winds down, so that every end leaves the schedule;
 * - `treeDraw100k` ends at leaf 77,777, `treeDraw100kLast` at 98,303, the last child of a word on every level.
 */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";
import type { ContractTransactionResponse, EventLog, Signer } from "ethers";

import { REFERENCE, UNIT_NKMS, type StakingSystem, deployStaking } from "../../test/support/staking";
import { signPermit } from "../../test/support/permit";
import { fillTree, setWord } from "./fillTree";
import { CALENDAR, PERIOD, alignCalendar, type GasTable, gasOf, pass, runScenarios } from "./scenario";

const NODES = 100_000;
const LEAF_COUNT_SLOT = 37_449;
const AMOUNT = 50_000n * UNIT_NKMS;
const LOCK = 100;
/** Periods counted from the scene's first one: its decisions, the next vesting epoch, the first end of a lock. */
const TODAY = 47;
const FIRST_DAY = 49;
const FIRST_END = 105;

interface Scene extends StakingSystem {
  newcomer: Signer & { address: string };
  node: Signer & { address: string };
  slasher: Signer & { address: string };
}

export async function stakingGas(): Promise<GasTable> {
  const scene = await setScene();
  return { ...(await runScenarios(decisions(scene))), ...(await runScenarios(settlements(scene))) };
}

async function setScene(): Promise<Scene> {
  await alignCalendar();
  const [, newcomer, node, slasher, healthCheck] = await ethers.getSigners();
  const above = { healthCheck: healthCheck.address, slashers: [slasher.address] };
  const system = await deployStaking(REFERENCE, above);
  await fillTree(await system.escrow.getAddress(), NODES, 16_000n);
  await setWord(await system.escrow.getAddress(), LEAF_COUNT_SLOT, BigInt(NODES + 3));
  for (const signer of [newcomer, node, slasher]) {
    await system.token.transfer(signer, 100n * AMOUNT);
    await system.token.connect(signer).approve(system.escrow, 100n * AMOUNT);
  }
  await system.escrow.connect(slasher).create(AMOUNT, LOCK);
  await system.escrow.connect(node).create(AMOUNT, LOCK);
  await system.escrow.connect(slasher).startWindDown(0);
  await passTo(TODAY - 1);
  await system.escrow.connect(slasher).returnToReserve(1);
  await pass(1);
  return { ...system, newcomer, node, slasher };
}

function decisions({ escrow, token, newcomer, node }: Scene): Record<string, () => Promise<number>> {
  const own = escrow.connect(node);
  return {
    stakeCreatePermit: async () => {
      const { deadline, v, r, s } = await signPermit(token, newcomer, await escrow.getAddress(), AMOUNT);
      await token.connect(newcomer).approve(escrow, 0);
      return gasOf(escrow.connect(newcomer).createWithPermit(AMOUNT, LOCK, deadline, v, r, s));
    },
    stakeCreate: () => gasOf(escrow.connect(newcomer).create(AMOUNT, LOCK)),
    stakeSecondPosition: () => gasOf(own.create(AMOUNT, LOCK)),
    stakeIncrease: () => gasOf(own.increase(0, AMOUNT)),
    stakeIncreaseAgain: async () => {
      await own.increase(0, AMOUNT);
      await pass(8);
      return gasOf(own.increase(0, AMOUNT));
    },
    stakeIncreaseIdle: async () => {
      await pass(30);
      return gasOf(own.increase(0, AMOUNT));
    },
    stakeWindDownNewEnd: () => gasOf(own.startWindDown(0)),
    stakeWindDownSharedEnd: async () => {
      await escrow.connect(newcomer).create(AMOUNT, LOCK);
      await pass(1);
      await escrow.connect(newcomer).startWindDown(0);
      return gasOf(own.startWindDown(0));
    },
  };
}

function settlements({ escrow, node, newcomer, slasher }: Scene): Record<string, () => Promise<number>> {
  const own = escrow.connect(node);
  return {
    claimAfter1: () => claimsOnce(own, FIRST_DAY - 1),
    claimAfter1Anchor: () => claimsOnce(own, FIRST_END + 6),
    claimAfter1000: async () => {
      await pass(120);
      await escrow.advance();
      await own.claim();
      await pass(1_000);
      return gasOf(own.claim());
    },
    withdraw: () => withdrawal(escrow, own),
    withdrawOverExpiry: () => withdrawalOverExpiry(escrow, own, newcomer),
    expiryCrossing: () => expiryCrossing(escrow, newcomer),
    treeUpdate100k: async () => treeGas((tree) => tree.add(77_777, 5), await escrow.getAddress()),
    treeDraw100k: async () => treeGas((tree) => tree.measureFind(77_777n * 16_000n), await escrow.getAddress()),
    treeDraw100kLast: async () => treeGas((tree) => tree.measureFind(98_303n * 16_000n), await escrow.getAddress()),
    slash1: () => slash(escrow, node, slasher, 1),
    slash10: () => slash(escrow, node, slasher, 10),
    slash32: () => slash(escrow, node, slasher, 32),
    slash32Ends: () => slash(escrow, node, slasher, 32, true),
  };
}

type Escrow = StakingSystem["escrow"];

/** Two claims, in the last period of a vesting epoch and in the next; what the second costs. */
async function claimsOnce(own: Escrow, lastDay: number): Promise<number> {
  await passTo(lastDay);
  await own.claim();
  await pass(1);
  return gasOf(own.claim());
}

async function withdrawal(escrow: Escrow, own: Escrow): Promise<number> {
  await own.startWindDown(0);
  await pass(LOCK + 10);
  await escrow.advance();
  await pass(30);
  return gasOf(own.withdraw(0));
}

/** Another lock ends seven periods before. */
async function withdrawalOverExpiry(escrow: Escrow, own: Escrow, newcomer: Signer): Promise<number> {
  await escrow.connect(newcomer).create(AMOUNT, LOCK - 7);
  await pass(1);
  await escrow.connect(newcomer).startWindDown(0);
  await own.startWindDown(0);
  await passTo(FIRST_END + 1);
  await escrow.advance();
  await pass(LOCK);
  return gasOf(own.withdraw(0));
}

/** Thirty-three expiries: what each of 32 adds to a call that passes one. */
async function expiryCrossing(escrow: Escrow, newcomer: Signer): Promise<number> {
  const own = escrow.connect(newcomer);
  for (let i = 0; i < 32; ++i) await own.create(AMOUNT, 28 + 7 * i);
  await pass(1);
  for (let i = 0; i < 32; ++i) await own.startWindDown(i);
  await pass(36);
  const one = await gasOf(escrow.advance());
  await pass(7 * 31);
  const many = await gasOf(escrow.advance());
  return Math.ceil((many - one) / 30);
}

async function treeGas(
  operation: (tree: SumTreeHarness) => Promise<ContractTransactionResponse>,
  line: string,
): Promise<number> {
  const tree = await harnessAt(line);
  const receipt = await (await operation(tree)).wait();
  return Number((receipt!.logs[0] as EventLog).args.gas);
}

type SumTreeHarness = Awaited<ReturnType<typeof harnessAt>>;

/** The harness in place of the stake line: it has the tree in the same slots. */
async function harnessAt(line: string) {
  const harness = await ethers.deployContract("SumTree__Harness");
  const code = await ethers.provider.getCode(harness);
  await ethers.provider.send("hardhat_setCode", [line, code]);
  return ethers.getContractAt("SumTree__Harness", line);
}

/** A slash of most of the deposit, through all positions. */
async function slash(
  escrow: Escrow,
  node: Signer & { address: string },
  slasher: Signer,
  count: number,
  ending = false,
): Promise<number> {
  const own = escrow.connect(node);
  if (ending) await escrow.connect(slasher).stopWindDown(0);
  for (let i = 1; i < count; ++i) await own.create(AMOUNT, ending ? LOCK + 7 * i : LOCK);
  await pass(1);
  for (let i = 0; ending && i < count; ++i) await own.startWindDown(i);
  await pass(20);
  const penalty = AMOUNT * BigInt(count) - AMOUNT / 2n;
  return gasOf(escrow.connect(slasher).slash(node.address, penalty, await slasher.getAddress(), 2_500));
}

/** Goes to a period counted from the scene's first one. */
async function passTo(day: number): Promise<void> {
  await pass(day - (Math.floor((await time.latest()) / PERIOD) % (CALENDAR / PERIOD)));
}
