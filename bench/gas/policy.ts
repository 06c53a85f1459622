/**
 * Policies on the whole system with reference parameters: real token, escrow and registry. What a figure covers:
 * - all are whole transactions; `feeClaimMany*` is one of ten shares in a transaction. The trailing number counts nodes;
 * - every policy has all terms: condition, 96-byte note, signed acceptances, fee, collateral; no bounty unless named;
 * - nodes have one position each and serve another policy, so their balances and reservations are not zero before; neither is
 *   what the manager holds. Allowances are exact, as the client sets them right before;
 * - owner and payer are one account, except in `policyCreate3Bounty`: the sponsor sends it and pays the fee, the owner the bounty;
 * - revocations and claims are in the middle of a policy. Claims are sent by the node's worker; `First` is the share's first,
 *   `Repeat` a later one, always of the last share. A final claim comes from a stranger for a share that was never claimed.
 */
import { time } from "@nomicfoundation/hardhat-network-helpers";

import { GRANT } from "../../src/protocol/policy";
import { consent, creationOf, NO_CONSENT, shown } from "../../test/support/policyBuilder";
import { UNIT_NKMS } from "../../test/support/staking";
import type { IPolicyManager } from "../../typechain-types/contracts/interfaces/IPolicyManager";
import { type PolicyScene, approveCost, draftPolicy, setPolicyScene } from "./policyScene";
import { type GasTable, gasOf, pass, runScenarios } from "./scenario";

const BOUNTY = 50n * UNIT_NKMS;
const POLICIES = 10;

type Shown = IPolicyManager.PolicyStruct;
type Scenarios = Record<string, () => Promise<number>>;

export async function policyGas(): Promise<GasTable> {
  const scene = await setPolicyScene();
  return runScenarios({
    ...byNodes("policyCreate", [1, 3, 5, 10], (nodes) => creation(scene, nodes)),
    policyCreate3Bounty: () => creationWithBounty(scene),
    ...byNodes("policyRevoke", [1, 3, 5, 10], (nodes) => revocation(scene, nodes)),
    ...byNodes("feeClaimFirst", [1, 3, 10], (nodes) => claim(scene, nodes, 1)),
    ...byNodes("feeClaimRepeat", [1, 3, 10], (nodes) => claim(scene, nodes, 2)),
    feeClaimManyFirst: () => manyClaims(scene, 1),
    feeClaimManyRepeat: () => manyClaims(scene, 2),
    policyFinalClaimRelease3: () => finalClaim(scene),
  });
}

function byNodes(name: string, counts: readonly number[], scenario: (nodes: number) => Promise<number>): Scenarios {
  return Object.fromEntries(counts.map((nodes) => [`${name}${nodes}`, () => scenario(nodes)]));
}

async function creation(scene: PolicyScene, nodes: number): Promise<number> {
  const policy = await draftPolicy(scene, nodes);
  await approveCost(scene, scene.owner, policy);
  return gasOf(scene.manager.connect(scene.owner).create(await creationOf(scene, policy)));
}

async function creationWithBounty(scene: PolicyScene): Promise<number> {
  const { manager, owner, sponsor } = scene;
  const policy = await draftPolicy(scene, 3, { payer: sponsor.address, bounty: BOUNTY });
  await approveCost(scene, sponsor, policy, ["fee"]);
  await approveCost(scene, owner, policy, ["bounties"]);
  const grant = await consent(scene, owner, GRANT, policy);
  return gasOf(manager.connect(sponsor).createFor(await creationOf(scene, policy), NO_CONSENT, grant));
}

/** A policy that runs. */
async function funded(scene: PolicyScene, nodes: number): Promise<Shown> {
  const policy = await draftPolicy(scene, nodes);
  await approveCost(scene, scene.owner, policy);
  await scene.manager.connect(scene.owner).create(await creationOf(scene, policy));
  return shown(policy);
}

async function revocation(scene: PolicyScene, nodes: number): Promise<number> {
  const policy = await funded(scene, nodes);
  await pass(10);
  return gasOf(scene.manager.connect(scene.owner).revoke(policy));
}

async function claim(scene: PolicyScene, nodes: number, times: number): Promise<number> {
  const policy = await funded(scene, nodes);
  const last = nodes - 1;
  const manager = scene.manager.connect(scene.nodes[last].worker);
  let gas = 0;
  for (let i = 0; i < times; ++i) {
    await pass(5);
    gas = await gasOf(manager.claim(policy, last));
  }
  return gas;
}

async function manyClaims(scene: PolicyScene, times: number): Promise<number> {
  const policies: Shown[] = [];
  for (let i = 0; i < POLICIES; ++i) policies.push(await funded(scene, 3));
  const last = 2;
  const { staker, worker } = scene.nodes[last];
  const shares = policies.map(() => last);
  let gas = 0;
  for (let i = 0; i < times; ++i) {
    await pass(5);
    gas = await gasOf(scene.manager.connect(worker).claimMany(staker.address, policies, shares));
  }
  return Math.ceil(gas / POLICIES);
}

async function finalClaim(scene: PolicyScene): Promise<number> {
  const policy = await funded(scene, 3);
  const { challengeWindow, revealWindow } = await scene.manager.parameters();
  await time.increaseTo(BigInt(policy.terms.end) + challengeWindow + revealWindow);
  return gasOf(scene.manager.connect(scene.stranger).finalClaim(policy, 2));
}
