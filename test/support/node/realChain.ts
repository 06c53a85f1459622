/** The real contracts on the in-process network, with one account that stakes, registers the node and owns policies. */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import hre, { ethers } from "hardhat";
import { join } from "node:path";

import { deploySystem } from "../../../deploy/deploySystem";
import { readParameters } from "../../../deploy/parameters";
import { type Chain, connectChain } from "../../../src/chain/connection";
import type { NodeRecord } from "../../../src/chain/nodeRegistry";
import { BOND, nodeRegistryDomain } from "../../../src/protocol/policy";
import { signTypedData } from "../../../src/protocol/typedSignature";
import type { NodeKeys } from "../../../src/protocol/keys";
import { KEYS } from "./world";

const PARAMETERS = join(__dirname, "../../../deploy/parameters/local.json");

export const NODE_TERMS = { feeRate: 10n ** 15n, capacity: 10n, minDuration: 60n, maxDuration: 100_000n };

export interface RealChain {
  readonly chain: Chain;
  /** The account of everything: lower case. */
  readonly account: string;
}

/** Deploys, stakes 45,000 NKMS for 5,000 periods, registers the node and bonds its worker from this period on. */
export async function openRealChain(keys: NodeKeys = KEYS): Promise<RealChain> {
  const [signer] = await ethers.getSigners();
  const parameters = await readParameters(PARAMETERS);
  const deployment = await deploySystem(hre, { deployer: signer.address, parameters });
  const chain = await connectChain({ provider: ethers.provider, deployment, signer });
  const amount = 45_000n * 10n ** 18n;
  await chain.nkmsToken.approve(deployment.StakingEscrow, ethers.MaxUint256).send();
  await chain.nkmsToken.approve(deployment.PolicyManager, ethers.MaxUint256).send();
  await chain.stakingEscrow.create(amount, 5_000n).send();
  await registerNode(chain, signer.address, keys);
  await time.increase(Number(parameters.staking.periodLength));
  return { chain, account: signer.address.toLowerCase() };
}

async function registerNode(
  { chainId, deployment, nodeRegistry }: Chain,
  staker: string,
  { encryption, worker }: NodeKeys,
): Promise<void> {
  const record: NodeRecord = {
    url: "http://127.0.0.1:7151",
    encryptionKey: encryption.publicKey,
    checkKey: encryption.publicKey.slice(1),
    terms: NODE_TERMS,
  };
  await nodeRegistry.register(record).send();
  const domain = nodeRegistryDomain(BigInt(chainId), deployment.NodeRegistry);
  const consent = { staker, worker: worker.address, nonce: await nodeRegistry.bondNonce(staker) };
  await nodeRegistry.bondWorker(worker.address, signTypedData(worker.secretKey, domain, BOND, consent)).send();
}
