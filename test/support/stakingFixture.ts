/** The escrow with short periods, funded stakers and plain accounts in the roles above it. */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";

import { FEDERATED, NOBODY, REFERENCE, UNIT_NKMS, deployStaking, enterPeriod } from "./staking";

export const LENGTH = 1_000n;
export const MINIMUM = 15_000n * UNIT_NKMS;
export const UNBONDING = 5n;
export const LOCK = 10n;

const SHORT = {
  periodLength: LENGTH,
  decayPeriods: 200n,
  minLockPeriods: 2n,
  maxLockPeriods: 400n,
  unbondingPeriods: UNBONDING,
};
const FUNDS = 100_000_000n * UNIT_NKMS;

async function fixture(checked: boolean) {
  const [deployer, alice, bob, carol, policyManager, healthCheck, slasher, prover, stranger] =
    await ethers.getSigners();
  const system = await deployStaking(
    { ...(checked ? REFERENCE : FEDERATED), ...SHORT },
    {
      policyManager: policyManager.address,
      healthCheck: checked ? healthCheck.address : NOBODY,
      slashers: [slasher.address],
    },
  );
  for (const staker of [alice, bob, carol]) {
    await system.token.transfer(staker, FUNDS);
    await system.token.connect(staker).approve(system.escrow, FUNDS);
  }
  await nextMultiple(70n);
  const roles = { deployer, policyManager, healthCheck, slasher, prover, stranger };
  return { ...system, ...roles, alice, bob, carol, start: await period() };
}

/** Rewards vest at once. */
export const federated = () => fixture(false);

/** With a health check: a tenth of each allocation to the pot, vesting epochs of 7 periods. */
export const checked = () => fixture(true);

export async function period(): Promise<bigint> {
  return BigInt(await time.latest()) / LENGTH;
}

/** The next transaction is in the first second of `target`, or `second` seconds later. */
export function at(target: bigint, second = 0n): Promise<void> {
  return enterPeriod(LENGTH, target, second);
}

/** Mines a block in the first second of `target`, for views. */
export async function go(target: bigint): Promise<void> {
  await time.increaseTo(target * LENGTH);
}

async function nextMultiple(multiple: bigint): Promise<void> {
  await go(((await period()) / multiple + 1n) * multiple);
}

/** Where a lock ends, counted by hand: the first multiple of 7 at or after p + 1 + lock. */
export function endAfter(start: bigint, lock: bigint): bigint {
  let end = start + 1n + lock;
  while (end % 7n !== 0n) ++end;
  return end;
}
