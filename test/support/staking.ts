/** Deploys token, escrow and registry as a network would; plain accounts stand in for what is built above them. */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";

import type { IStakingEscrow, NKMSToken, NodeRegistry, StakingEscrow } from "../../typechain-types";

export const UNIT_NKMS = 10n ** 18n;
export const INITIAL_SUPPLY = 1_000_000_000n * UNIT_NKMS;
export const MAX_SUPPLY = 3_890_000_000n * UNIT_NKMS;
export const NOBODY = "0x0000000000000000000000000000000000000000";

/** The reference deployment without a health check: rewards vest at once. */
export const FEDERATED: IStakingEscrow.ParametersStruct = {
  periodLength: 86_400,
  decayPeriods: 1_053,
  minDeposit: 15_000n * UNIT_NKMS,
  minLockPeriods: 28,
  maxLockPeriods: 1_820,
  unbondingPeriods: 30,
  checkShareBps: 0,
  vestPeriods: 0,
};

/** The reference deployment. */
export const REFERENCE: IStakingEscrow.ParametersStruct = { ...FEDERATED, checkShareBps: 1_000, vestPeriods: 7 };

export interface StakingSystem {
  token: NKMSToken;
  escrow: StakingEscrow;
  registry: NodeRegistry;
  parameters: IStakingEscrow.ParametersStruct;
}

export interface Above {
  policyManager?: string;
  healthCheck?: string;
  slashers?: string[];
}

/** The first signer deploys and holds the initial supply. */
export async function deployStaking(
  parameters: IStakingEscrow.ParametersStruct,
  { policyManager = NOBODY, healthCheck = NOBODY, slashers = [] }: Above = {},
  supply = { initial: INITIAL_SUPPLY, maximum: MAX_SUPPLY },
): Promise<StakingSystem> {
  const [deployer] = await ethers.getSigners();
  const nonce = await deployer.getNonce();
  const escrowAddress = ethers.getCreateAddress({ from: deployer.address, nonce: nonce + 1 });
  const registryAddress = ethers.getCreateAddress({ from: deployer.address, nonce: nonce + 2 });
  const token = await ethers.deployContract("NKMSToken", [escrowAddress, deployer, supply.initial, supply.maximum]);
  const above = [policyManager, healthCheck, slashers] as const;
  const escrow = await ethers.deployContract("StakingEscrow", [token, registryAddress, ...above, parameters]);
  const registry = await ethers.deployContract("NodeRegistry", [escrow, parameters.periodLength]);
  return { token, escrow, registry, parameters };
}

/** The next block is `second` seconds into `period`. */
export async function enterPeriod(length: bigint, period: bigint, second = 0n): Promise<void> {
  await time.setNextBlockTimestamp(period * length + second);
}
