/** A running network for the gas of policies: the real contracts with reference parameters, and ten nodes at work. */
import { setBalance, time } from "@nomicfoundation/hardhat-network-helpers";
import { AbiCoder, concat, getBytes, id } from "ethers";
import { ethers } from "hardhat";

import { readParameters } from "../../deploy/parameters";
import type { Policy } from "../../src/protocol/policy";
import { type Draft, type DraftOptions, creationOf, draft } from "../../test/support/policyBuilder";
import {
  makeNodes,
  type NodeActor,
  type Party,
  type PolicyParties,
  registerNode,
} from "../../test/support/policySystem";
import { REFERENCE, UNIT_NKMS, type StakingSystem, deployStaking } from "../../test/support/staking";
import { alignCalendar, pass } from "./scenario";

const REFERENCE_FILE = `${__dirname}/../../deploy/parameters/reference.json`;
const STAKE = 50_000n * UNIT_NKMS;
const LOCK = 100;
const NODES = 10;
const DAY = 86_400n;
/** 10^12 wei per second: 2.6 NKMS per node in 30 days. */
const FEE_RATE = 10n ** 12n;
const FUNDS = 1_000_000n * UNIT_NKMS;

export interface PolicyScene extends PolicyParties, StakingSystem {
  sponsor: Party;
  stranger: Party;
}

/**
 * Ten nodes, each with one position, a worker, some NKMS and a share in a policy of the sponsor's, so that none of their words is
 * still zero; a manager that holds fees; an owner and a sponsor with funds.
 */
export async function setPolicyScene(): Promise<PolicyScene> {
  await alignCalendar();
  const [deployer, owner, sponsor, recipient, stranger, healthCheck, leaks, answers] = await ethers.getSigners();
  const policyManager = ethers.getCreateAddress({ from: deployer.address, nonce: (await deployer.getNonce()) + 3 });
  const above = { policyManager, healthCheck: healthCheck.address, slashers: [leaks.address, answers.address] };
  const staking = await deployStaking(REFERENCE, above);
  const { token, escrow, registry } = staking;
  const { policy } = await readParameters(REFERENCE_FILE);
  const manager = await ethers.deployContract("PolicyManager", [token, escrow, registry, leaks, answers, policy]);
  const nodes = makeNodes(NODES);
  const scene = { ...staking, manager, nodes, owner, sponsor, recipient, stranger };
  for (const party of [owner, sponsor]) {
    await token.transfer(party, FUNDS);
  }
  for (const node of nodes) await enrol(scene, node);
  await pass(3);
  const former = await draftPolicy(scene, NODES, { owner: sponsor.address, payer: sponsor.address });
  await approveCost(scene, sponsor, former);
  await manager.connect(sponsor).create(await creationOf(scene, former));
  await pass(1);
  return scene;
}

/** Approves to the wei what a policy takes from one party, as the client does: fee, bounties, or both. */
export async function approveCost(
  { token, manager }: PolicyScene,
  party: Party,
  { terms, nodes }: Policy,
  parts: readonly ("fee" | "bounties")[] = ["fee", "bounties"],
): Promise<void> {
  const perNode = { fee: terms.feeRate * (terms.end - terms.start), bounties: terms.bounty };
  const cost = parts.reduce((sum, part) => sum + perNode[part] * BigInt(nodes.length), 0n);
  await token.connect(party).approve(manager, cost);
}

async function enrol({ token, escrow, registry }: StakingSystem, node: NodeActor): Promise<void> {
  await registerNode(registry, node);
  await setBalance(node.staker.address, 10n ** 20n);
  await token.transfer(node.staker, 2n * STAKE);
  await token.connect(node.staker).approve(escrow, STAKE);
  await escrow.connect(node.staker).create(STAKE, LOCK);
}

/** A policy of thirty days from now with every term in use but the bounty: condition, 96-byte note, renewable. */
export async function draftPolicy(
  scene: PolicyParties,
  shares: number,
  terms: DraftOptions["terms"] = {},
): Promise<Draft> {
  const start = BigInt(await time.latest());
  const coder = AbiCoder.defaultAbiCoder();
  const window = coder.encode(["uint256", "uint256"], [start, start + 10n * DAY]);
  return draft(scene, {
    shares,
    terms: {
      threshold: Math.ceil(shares / 2),
      start,
      end: start + 30n * DAY,
      maxEnd: start + 360n * DAY,
      feeRate: FEE_RATE,
      ...terms,
    },
    condition: getBytes(coder.encode(["address", "bytes"], [scene.recipient.address, window])),
    note: getBytes(concat([id("note"), id("to"), id("herself")])),
  });
}
