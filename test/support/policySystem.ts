/** A policy manager with a real token and registry and an escrow double, registered nodes, funded parties. */
import { setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import { type Signer, Wallet } from "ethers";
import { ethers } from "hardhat";

import { BOND, nodeRegistryDomain } from "../../src/protocol/policy";
import type { NodeRegistry, PolicyManager } from "../../typechain-types";
import { compressedKey, xOnlyKey } from "./keys";
import { Random } from "./random";

export const PERIOD = 1_000;
export const FUNDS = 10n ** 24n;
export const DEPOSIT = 10n ** 9n;

/** Bounties are odd in the tests, so that a wrong rounding of the burn shows. */
export const PARAMETERS = {
  collateralPerKey: 1_000n,
  minFee: 10n,
  minPaid: 100n,
  maxDuration: 20_000n,
  challengeWindow: 500n,
  revealWindow: 50n,
  leakBurnBps: 5_000n,
};

export interface NodeActor {
  readonly address: string;
  readonly staker: Wallet;
  readonly worker: Wallet;
}

/** What building a policy takes of a system. */
export interface PolicyParties {
  readonly manager: PolicyManager;
  readonly owner: Party;
  readonly recipient: Party;
  /** Ascending. */
  readonly nodes: readonly NodeActor[];
}

export type PolicySystem = Awaited<ReturnType<typeof deployPolicySystem>>;

/** Deploys with `count` nodes, in ascending order of address, whose workers count already. */
export async function deployPolicySystem(count = 4, parameters = PARAMETERS) {
  const [deployer, owner, payer, recipient, stranger, leakChallenge, reencryptionChallenge] = await ethers.getSigners();
  const escrow = await ethers.deployContract("StakingEscrow__MockForPolicies");
  const token = await ethers.deployContract("NKMSToken", [escrow, deployer, 4n * FUNDS, 4n * FUNDS]);
  await escrow.setUp(token, PERIOD, 10);
  const registry = await ethers.deployContract("NodeRegistry", [escrow, PERIOD]);
  const manager = await ethers.deployContract("PolicyManager", [
    token,
    escrow,
    registry,
    leakChallenge,
    reencryptionChallenge,
    parameters,
  ]);
  for (const party of [owner, payer]) {
    await token.transfer(party, FUNDS);
    await token.connect(party).approve(manager, ethers.MaxUint256);
  }
  const nodes = makeNodes(count);
  for (const node of nodes) {
    await registerNode(registry, node);
    await escrow.setDeposit(node.address, DEPOSIT);
  }
  await time.increase(PERIOD);
  const parties = { deployer, owner, payer, recipient, stranger, leakChallenge, reencryptionChallenge };
  return { token, escrow, registry, manager, nodes, ...parties };
}

/** Nodes with keys of their own, the same in every run, ascending. */
export function makeNodes(count: number): NodeActor[] {
  const wallet = (name: string) => new Wallet(ethers.id(name), ethers.provider);
  return Array.from({ length: count }, (_, index) => ({
    staker: wallet(`staker ${index}`),
    worker: wallet(`worker ${index}`),
  }))
    .map(({ staker, worker }) => ({ address: staker.address, staker, worker }))
    .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
}

/** Publishes a node whose worker counts from the next period on. */
export async function registerNode(registry: NodeRegistry, node: NodeActor): Promise<void> {
  const random = new Random(BigInt(node.address) & 0xffffffffn);
  const { chainId } = await ethers.provider.getNetwork();
  await setBalance(node.address, 10n ** 20n);
  await setBalance(node.worker.address, 10n ** 20n);
  const terms = { feeRate: 1n, capacity: 100n, minDuration: 1n, maxDuration: PARAMETERS.maxDuration };
  const asNode = registry.connect(node.staker);
  await asNode.register("https://node.example", compressedKey(random), xOnlyKey(random), terms);
  const consent = await node.worker.signTypedData(
    nodeRegistryDomain(chainId, await registry.getAddress()),
    { [BOND.name]: [...BOND.fields] },
    { staker: node.address, worker: node.worker.address, nonce: 0n },
  );
  await asNode.bondWorker(node.worker.address, consent);
}

export type Party = Signer & { readonly address: string };
