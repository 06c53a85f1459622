/** Gas of what an account publishes once: a node's record and worker, a recipient's keys, a path's key; and of a plain transfer. */
import { ethers } from "hardhat";
import type { Signer } from "ethers";

import { REFERENCE, type StakingSystem, UNIT_NKMS, deployStaking } from "../../test/support/staking";
import { type GasTable, gasOf, runScenarios } from "./scenario";

/** A URL of one word beyond its length, as most are. */
const URL = "https://node.example.org:7151/ab";
const TERMS = { feeRate: 10n ** 13n, capacity: 10_000, minDuration: 0, maxDuration: 31_536_000 };
const BOND = {
  Bond: [
    { name: "staker", type: "address" },
    { name: "worker", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};

export async function registryGas(): Promise<GasTable> {
  const [, staker, worker, newcomer, healthCheck] = await ethers.getSigners();
  const system = await deployStaking(REFERENCE, { healthCheck: healthCheck.address });
  const keys = await ethers.deployContract("KeyRegistry");
  const [first, second] = [1n, 2n].map(
    (secret) => new ethers.SigningKey(ethers.toBeHex(secret, 32)).compressedPublicKey,
  );
  const registry = system.registry.connect(staker);
  const register = () => registry.register(URL, first, `0x${second.slice(4)}`, TERMS);
  await system.token.transfer(staker, UNIT_NKMS);
  return runScenarios({
    nodeRegister: () => gasOf(register()),
    workerBond: async () => {
      await register();
      return gasOf(registry.bondWorker(worker, await consent(system, staker, worker)));
    },
    keysPublish: () => gasOf(keys.publish(first, second, worker)),
    pathKeyPublish: () => gasOf(keys.publishPathKey(ethers.id("file://docs/plan.txt"), first)),
    transferToNewAccount: () => gasOf(system.token.connect(staker).transfer(newcomer, UNIT_NKMS / 2n)),
  });
}

type Account = Signer & { address: string };

async function consent({ registry }: StakingSystem, staker: Account, worker: Account): Promise<string> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: "NKMS NodeRegistry", version: "1", chainId, verifyingContract: await registry.getAddress() };
  const nonce = await registry.bondNonce(staker);
  return worker.signTypedData(domain, BOND, { staker: staker.address, worker: worker.address, nonce });
}
