import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { ethers } from "hardhat";

import type { Policy } from "../../src/protocol/policy";
import type { IPolicyManager } from "../../typechain-types/contracts/interfaces/IPolicyManager";
import { creationOf, draft, shown } from "../support/policyBuilder";
import { PolicyModel } from "../support/policyModel";
import { deployPolicySystem, FUNDS, PARAMETERS, type PolicySystem } from "../support/policySystem";

/** How many events follow each other, creation included: 6 take about half an hour. */
const LENGTH = process.env.NKMS_DEEP ? 6 : 4;
const STEP = 37;
const SHARES = 3;

interface World {
  readonly system: PolicySystem;
  readonly policy: Policy;
  readonly creation: IPolicyManager.CreationStruct;
  readonly view: IPolicyManager.PolicyStruct;
}

interface Event {
  readonly name: string;
  /** The second at which it happens; by default a step after the last one. */
  when?(model: PolicyModel, next: number): number;
  predict(model: PolicyModel, now: number): string | undefined;
  send(world: World, model: PolicyModel): Promise<ContractTransactionResponse>;
}

const EVENTS: readonly Event[] = [
  {
    name: "create",
    predict: (model, now) => model.create(now),
    send: ({ system, creation }) => system.manager.connect(system.owner).create(creation),
  },
  {
    name: "renew",
    predict: (model, now) => model.renew(now, renewedEnd(model)),
    send: ({ system, view }, model) => system.manager.connect(system.owner).renew(view, renewedEnd(model)),
  },
  {
    name: "revoke one",
    predict: (model, now) => model.revokeNode(now, 0),
    send: ({ system, view }) => system.manager.connect(system.owner).revokeNode(view, 0),
  },
  {
    name: "revoke all",
    predict: (model, now) => model.revoke(now),
    send: ({ system, view }) => system.manager.connect(system.owner).revoke(view),
  },
  {
    name: "suspend or reactivate",
    predict: (model, now) => model.toggleSuspension(now, 0),
    send: async ({ system, policy }) => {
      const suspended = await system.registry.isSuspended(policy.nodes[0]);
      return system.escrow.setSuspended(system.registry, policy.nodes[0], !suspended);
    },
  },
  {
    name: "claim",
    predict: (model, now) => model.claim(now, 0),
    send: ({ system, view }) => system.manager.connect(system.nodes[0].worker).claim(view, 0),
  },
  {
    name: "expel",
    predict: (model, now) => model.expel(now, 1),
    send: ({ system, view }) => system.manager.connect(system.reencryptionChallenge).expel(view, 1),
  },
  {
    name: "expire",
    when: (model, next) => Math.max(next, model.releaseTime),
    predict: (model, now) => model.finalClaim(now, 0),
    send: ({ system, view }) => system.manager.connect(system.stranger).finalClaim(view, 0),
  },
];

/** A little later each time, so that the third renewal in a row passes maxEnd. */
function renewedEnd(model: PolicyModel): number {
  return model.releaseTime - Number(PARAMETERS.challengeWindow + PARAMETERS.revealWindow) + 150;
}

/** The world is the same object each time it is restored, so each test takes its own copy of the model. */
async function restore(): Promise<{ world: World; model: PolicyModel }> {
  const { world, model } = await loadFixture(deployWorld);
  return { world, model: model.clone() };
}

async function deployWorld() {
  const system = await deployPolicySystem(SHARES);
  const now = BigInt(await time.latest());
  const terms = { threshold: 2, start: now + 60n, end: now + 360n, maxEnd: now + 700n, bounty: 333n };
  const policy = await draft(system, { terms });
  const world: World = { system, policy, creation: await creationOf(system, policy), view: shown(policy) };
  const model = new PolicyModel(
    {
      rate: policy.terms.feeRate,
      bounty: policy.terms.bounty,
      shares: SHARES,
      threshold: policy.terms.threshold,
      start: Number(policy.terms.start),
      end: Number(policy.terms.end),
      maxEnd: Number(policy.terms.maxEnd),
      acceptBy: Number(policy.terms.acceptBy),
    },
    { minPaid: Number(PARAMETERS.minPaid), windows: Number(PARAMETERS.challengeWindow + PARAMETERS.revealWindow) },
  );
  return { world, model };
}

async function expectSame({ system, policy }: World, model: PolicyModel, story: string): Promise<void> {
  const { token, manager, escrow, owner } = system;
  const [held, ownerHolds, ...rest] = await Promise.all([
    token.balanceOf(manager),
    token.balanceOf(owner),
    ...policy.nodes.flatMap((node) => [token.balanceOf(node), escrow.reservedOf(node)]),
  ]);
  expect(held, `${story}: I-P1 policy_solvency`).to.equal(model.escrowed);
  expect(ownerHolds - FUNDS, `${story}: I-P2 policy_conserve`).to.equal(model.payer + model.owner);
  const nodes = model.earned.flatMap((earned, share) => [
    earned,
    model.reserved[share] ? PARAMETERS.collateralPerKey : 0n,
  ]);
  expect(rest, `${story}: I-P3 earn_bound`).to.deep.equal(nodes);
}

async function play(world: World, model: PolicyModel, event: Event, story: string): Promise<void> {
  const next = (await time.latest()) + STEP;
  const now = event.when?.(model, next) ?? next;
  const sending = () => event.send(world, before);
  const before = model.clone();
  const refusal = event.predict(model, now);
  await time.setNextBlockTimestamp(now);
  if (refusal) await expect(sending(), story).to.be.revertedWithCustomError(world.system.manager, refusal);
  else await sending();
  await expectSame(world, model, story);
}

/** After all windows everybody gets everything out, and nothing is left (I-X2 exit_always, I-P4 refund_once). */
async function drain(world: World, model: PolicyModel, story: string): Promise<void> {
  const { manager, stranger } = world.system;
  const end = Math.max((await time.latest()) + 1, model.releaseTime);
  await time.setNextBlockTimestamp(end);
  if (!model.returnBounty(end)) await manager.connect(stranger).returnBounty(world.view);
  for (let share = 0; share < SHARES; share++) {
    if (!model.finalClaim(end, share)) await manager.connect(stranger).finalClaim(world.view, share);
  }
  await expectSame(world, model, story);
  expect(await world.system.token.balanceOf(manager), story).to.equal(0);
}

describe(`Invariants of policies: every order of ${EVENTS.length} events, ${LENGTH} long`, function () {
  this.timeout(0);

  async function explore(world: World, model: PolicyModel, story: string, left: number): Promise<number> {
    if (left === 0) {
      await drain(world, model, story);
      return 1;
    }
    let stories = 0;
    for (const event of EVENTS) {
      const snapshot = await ethers.provider.send("evm_snapshot");
      const branch = model.clone();
      const told = `${story}, ${event.name}`;
      await play(world, branch, event, told);
      stories += await explore(world, branch, told, left - 1);
      await ethers.provider.send("evm_revert", [snapshot]);
    }
    return stories;
  }

  for (const event of EVENTS.slice(1)) {
    it(`${event.name} before creation`, async () => {
      const { world, model } = await restore();
      await play(world, model, event, event.name);
    });
  }

  for (const second of EVENTS) {
    it(`create, ${second.name}, ...`, async () => {
      const { world, model } = await restore();
      await play(world, model, EVENTS[0], "create");
      await play(world, model, second, `create, ${second.name}`);
      const stories = await explore(world, model, `create, ${second.name}`, LENGTH - 2);
      expect(stories).to.equal(EVENTS.length ** (LENGTH - 2));
    });
  }
});
