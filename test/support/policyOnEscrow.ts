/** A policy manager on the real token, escrow and registry; plain accounts are health check and challenges. */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";

import { FUNDS, type NodeActor, PARAMETERS, makeNodes, registerNode } from "./policySystem";
import { REFERENCE, UNIT_NKMS, deployStaking } from "./staking";

export const PERIOD = 1_000n;
export const MINIMUM = 15_000n * UNIT_NKMS;
export const COLLATERAL = 5_000n * UNIT_NKMS;
export const LOCK = 60n;
export const STAKING = {
  ...REFERENCE,
  periodLength: PERIOD,
  decayPeriods: 200n,
  minDeposit: MINIMUM,
  minLockPeriods: 2n,
  unbondingPeriods: 5n,
};

export type PolicyOnEscrow = Awaited<ReturnType<typeof deployPolicyOnEscrow>>;

/**
 * Four registered nodes; the first three lock the minimum, which counts already, and the last one has no stake. A period has
 * just begun.
 */
export async function deployPolicyOnEscrow() {
  const [deployer, owner, stranger, recipient, healthCheck, leakChallenge, reencryptionChallenge, challenger] =
    await ethers.getSigners();
  const policyManager = ethers.getCreateAddress({ from: deployer.address, nonce: (await deployer.getNonce()) + 3 });
  const slashers = [leakChallenge.address, reencryptionChallenge.address];
  const above = { policyManager, healthCheck: healthCheck.address, slashers };
  const { token, escrow, registry } = await deployStaking(STAKING, above);
  const parameters = { ...PARAMETERS, collateralPerKey: COLLATERAL };
  const challenges = [leakChallenge, reencryptionChallenge] as const;
  const manager = await ethers.deployContract("PolicyManager", [token, escrow, registry, ...challenges, parameters]);
  await token.transfer(owner, FUNDS);
  await token.connect(owner).approve(manager, ethers.MaxUint256);
  const nodes = makeNodes(4);
  for (const node of nodes) {
    await registerNode(registry, node);
    await token.transfer(node.address, 10n * MINIMUM);
    await token.connect(node.staker).approve(escrow, ethers.MaxUint256);
  }
  const unstaked = nodes[3];
  const stakeOf = ({ staker }: NodeActor) => escrow.connect(staker);
  for (const node of nodes.slice(0, 3)) await stakeOf(node).create(MINIMUM, LOCK);
  await time.increaseTo((BigInt(await time.latest()) / PERIOD + 2n) * PERIOD);
  const parties = { owner, stranger, recipient, healthCheck, leakChallenge, reencryptionChallenge, challenger };
  return { token, escrow, registry, manager, nodes, unstaked, stakeOf, ...parties };
}
