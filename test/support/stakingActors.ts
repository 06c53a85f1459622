/** Random actors on the escrow and on its model at once: each action is chosen to be valid and applied to both. */
import { impersonateAccount, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";
import type { Signer } from "ethers";

import { type Random } from "./random";
import { type StakingSystem, enterPeriod } from "./staking";
import { StakingLedger } from "./stakingLedger";
import { type ModelPosition, type ModelStaker, type StakingModel } from "./stakingModel";

const UNIT_NKMS = 10n ** 18n;
/** What each actor lets the escrow take. */
export const ALLOWANCE = 20_000_000n * UNIT_NKMS;

export interface Actor {
  signer: Signer;
  address: string;
  staker: ModelStaker;
  /** Wei that the escrow took out of its allowance. */
  spent: bigint;
}

export interface Roles {
  policyManager: Signer;
  healthCheck?: Signer;
  slasher: Signer;
}

export class StakingActors {
  /** How often each action was taken. */
  readonly taken = new Map<string, number>();
  readonly ledger: StakingLedger;
  /** Wei sent to the escrow without a call. */
  donated = 0n;
  private second = 0n;
  /** Periods after which a convicted node may certainly come back. */
  private readonly earliest = new Map<string, bigint>();

  constructor(
    readonly system: StakingSystem,
    readonly model: StakingModel,
    readonly random: Random,
    readonly actors: Actor[],
    readonly roles: Roles,
    private readonly length: bigint,
  ) {
    this.ledger = new StakingLedger(model);
  }

  /** One random action by a random actor, in the next second of the model's period. */
  async act(): Promise<void> {
    const actor = this.random.pick(this.actors);
    const verbs = this.verbs();
    const names = Object.keys(verbs).filter((name) => verbs[name].possible(actor));
    const name = this.random.pick(names);
    await this.tick();
    this.ledger.decide();
    await verbs[name].run(actor);
    this.taken.set(name, (this.taken.get(name) ?? 0) + 1);
  }

  enter(periods: bigint): void {
    for (let i = 0n; i < periods; ++i) {
      this.ledger.endPeriod();
      this.model.nextPeriod();
    }
    this.second = 0n;
  }

  async tick(): Promise<void> {
    await enterPeriod(this.length, this.model.period, (this.second += 1n));
  }

  private amount(): bigint {
    const minimum = this.model.parameters.minDeposit;
    return minimum + this.random.below(minimum) * this.random.below(20) + this.random.below(1_000);
  }

  private choose(actor: Actor, fits: (held: ModelPosition) => boolean): number {
    const indices = actor.staker.positions.flatMap((held, i) => (held && fits(held) ? [i] : []));
    return indices.length ? this.random.pick(indices) : -1;
  }

  private live = (actor: Actor, fits: (held: ModelPosition) => boolean = () => true) =>
    this.choose(actor, (held) => this.model.isLive(held) && fits(held));

  private free(actor: Actor): number {
    const { positions } = actor.staker;
    while (positions.length > 0 && positions.at(-1) === undefined) positions.pop();
    return positions.length < 32 ? positions.length : positions.indexOf(undefined);
  }

  private verbs(): Record<string, { possible(actor: Actor): boolean; run(actor: Actor): Promise<void> }> {
    const { escrow, token } = this.system;
    const { model, random } = this;
    const held = (actor: Actor, index: number) => actor.staker.positions[index]!;
    const add = (actor: Actor, index: number, amount: bigint) => {
      held(actor, index).amount += amount;
      actor.staker.added += amount;
      model.decide(actor.staker);
    };
    return {
      create: {
        possible: (actor) => this.free(actor) >= 0,
        run: async (actor) => {
          const amount = this.amount();
          const lock = 1n + random.below(40);
          await escrow.connect(actor.signer).create(amount, lock);
          actor.spent += amount;
          actor.staker.positions[this.free(actor)] = { amount, lock, end: 0n, retired: false };
          actor.staker.added += amount;
          model.decide(actor.staker);
        },
      },
      increase: {
        possible: (actor) => this.live(actor) >= 0,
        run: async (actor) => {
          const [index, amount] = [this.live(actor), 1n + random.below(UNIT_NKMS) * random.below(100_000)];
          await escrow.connect(actor.signer).increase(index, amount);
          actor.spent += amount;
          add(actor, index, amount);
        },
      },
      startWindDown: {
        possible: (actor) => this.live(actor, ({ end }) => end === 0n) >= 0,
        run: async (actor) => {
          const index = this.live(actor, ({ end }) => end === 0n);
          await escrow.connect(actor.signer).startWindDown(index);
          held(actor, index).end = model.endOfLock(held(actor, index).lock);
        },
      },
      stopWindDown: {
        possible: (actor) => this.live(actor, ({ end }) => end > 0n) >= 0,
        run: async (actor) => {
          const index = this.live(actor, ({ end }) => end > 0n);
          await escrow.connect(actor.signer).stopWindDown(index);
          held(actor, index).end = 0n;
        },
      },
      prolong: {
        possible: (actor) => this.live(actor) >= 0,
        run: async (actor) => {
          const index = this.live(actor);
          const position = held(actor, index);
          const more = 1n + random.below(10);
          await escrow.connect(actor.signer).prolong(index, position.lock + more);
          const grown = position.end > 0n ? ((more + 6n) / 7n) * 7n : more;
          position.lock += grown;
          if (position.end > 0n) position.end += grown;
        },
      },
      divide: {
        possible: (actor) => this.free(actor) >= 0 && this.live(actor, (p) => this.divisible(p)) >= 0,
        run: async (actor) => {
          const index = this.live(actor, (p) => this.divisible(p));
          const amount = model.parameters.minDeposit;
          await escrow.connect(actor.signer).divide(index, amount);
          held(actor, index).amount -= amount;
          actor.staker.positions[this.free(actor)] = { ...held(actor, index), amount };
        },
      },
      merge: {
        possible: (actor) => this.pair(actor) !== undefined,
        run: async (actor) => {
          const [into, from] = this.pair(actor)!;
          await escrow.connect(actor.signer).merge(into, from);
          const [kept, joined] = [held(actor, into), held(actor, from)];
          kept.amount += joined.amount;
          if (joined.end > kept.end) kept.end = joined.end;
          if (joined.lock > kept.lock) kept.lock = joined.lock;
          actor.staker.positions[from] = undefined;
        },
      },
      withdraw: {
        possible: (actor) => this.withdrawable(actor) >= 0,
        run: async (actor) => {
          const index = this.withdrawable(actor);
          await escrow.connect(actor.signer).withdraw(index);
          actor.staker.positions[index] = undefined;
          if (actor.staker.suspended && actor.staker.deposit === 0n) this.forfeit(actor, true);
        },
      },
      claim: {
        possible: () => true,
        run: async (actor) => {
          const due = model.claimable(actor.staker);
          await escrow.connect(actor.signer).claim();
          actor.staker.paid += due;
        },
      },
      claimAndRestake: {
        possible: (actor) => this.live(actor) >= 0 && model.claimable(actor.staker) > 1n,
        run: async (actor) => {
          const index = this.live(actor);
          model.decide(actor.staker);
          const due = model.claimable(actor.staker);
          await escrow.connect(actor.signer).claimAndRestake(index);
          actor.staker.paid += due;
          add(actor, index, due);
        },
      },
      returnToReserve: {
        possible: () => random.below(5) === 0n,
        run: async (actor) => {
          const amount = 1n + random.below(UNIT_NKMS) * random.below(10_000);
          await escrow.connect(actor.signer).returnToReserve(amount);
          actor.spent += amount;
          this.giveBack(amount);
        },
      },
      slash: {
        possible: () => random.below(2) === 0n,
        run: async (actor) => {
          const penalty = random.below(4) === 0n ? actor.staker.deposit : this.amount() / (1n + random.below(8));
          const share = random.below(2_501);
          await escrow
            .connect(this.roles.slasher)
            .slash(actor.address, penalty, await this.roles.slasher.getAddress(), share);
          const taken = slashModel(model, actor.staker, penalty);
          this.giveBack(taken - (taken * share) / 10_000n);
        },
      },
      convict: {
        possible: (actor) => this.roles.healthCheck !== undefined && random.below(2) === 0n && !actor.staker.suspended,
        run: async (actor) => {
          await escrow.connect(this.roles.healthCheck).convict(actor.address);
          this.earliest.set(actor.address, model.period + 17n);
          this.forfeit(actor, true);
        },
      },
      reactivate: {
        possible: (actor) => actor.staker.suspended && this.model.period > (this.earliest.get(actor.address) ?? 0n),
        run: async (actor) => {
          await escrow.connect(actor.signer).reactivate();
          this.forfeit(actor, false);
        },
      },
      reserve: {
        possible: ({ staker }) => model.isActive(staker) && staker.deposit > staker.reserved,
        run: async ({ address, staker }) => {
          const free = staker.deposit - staker.reserved;
          const amount = 1n + (random.below(1_000) * free) / 4_000n;
          await escrow.connect(this.roles.policyManager).reserve([address], amount);
          staker.reserved += amount;
        },
      },
      release: {
        possible: ({ staker }) => staker.reserved > 0n,
        run: async ({ address, staker }) => {
          const amount = random.below(2) === 0n ? staker.reserved : (staker.reserved + 1n) / 2n;
          await escrow.connect(this.roles.policyManager).release(address, amount);
          staker.reserved -= amount;
        },
      },
      payCheck: {
        possible: () => this.roles.healthCheck !== undefined && model.checkPot() > 0n && random.below(4) === 0n,
        run: async ({ address }) => {
          const amount = (model.checkPot() * random.below(1_000)) / 1_000n;
          await escrow.connect(this.roles.healthCheck).payCheck(address, amount);
          model.payCheck(amount);
        },
      },
      settle: {
        possible: () => true,
        run: async (actor) => {
          await escrow.connect(actor.signer).advance();
          await this.tick();
          await escrow.connect(actor.signer).trim(random.pick(this.actors).address);
          await this.tick();
          const gift = random.below(1_000);
          await token.connect(actor.signer).transfer(escrow, gift);
          this.donated += gift;
        },
      },
    };
  }

  private giveBack(amount: bigint): void {
    this.ledger.giveBack(amount);
    this.model.giveBack(amount);
  }

  private forfeit(actor: Actor, suspended: boolean): void {
    this.ledger.forfeit(actor.staker);
    this.model.forfeitAll(actor.staker, suspended);
  }

  private divisible(position: ModelPosition): boolean {
    return position.amount >= 2n * this.model.parameters.minDeposit;
  }

  private pair(actor: Actor): [number, number] | undefined {
    const live = actor.staker.positions.flatMap((p, i) => (this.model.isLive(p) ? [{ i, winding: p.end > 0n }] : []));
    for (const a of live) for (const b of live) if (a.i !== b.i && a.winding === b.winding) return [a.i, b.i];
    return undefined;
  }

  private withdrawable(actor: Actor): number {
    const { deposit, reserved } = actor.staker;
    const { parameters, period } = this.model;
    const isFree = ({ end }: ModelPosition) => end > 0n && end + parameters.unbondingPeriods <= period;
    return this.choose(actor, (held) => isFree(held) && deposit - held.amount >= reserved);
  }
}

/** Re-locking positions by index, then winding-down ones, then those without weight, then vested rewards; what was taken. */
export function slashModel(model: StakingModel, staker: ModelStaker, penalty: bigint): bigint {
  const { positions } = staker;
  const turns = [
    (p: ModelPosition) => model.isLive(p) && p.end === 0n,
    (p: ModelPosition) => model.isLive(p) && p.end > 0n,
    (p: ModelPosition) => !model.isLive(p),
  ].map((fits) => positions.flatMap((p, i) => (p && fits(p) ? [i] : [])));
  let left = penalty;
  staker.slashes.push(model.period);
  for (const index of turns.flat()) {
    const position = positions[index]!;
    const cut = position.amount < left ? position.amount : left;
    left -= cut;
    if (cut === 0n) continue;
    position.amount -= cut;
    if (model.isLive(position) && position.amount < model.parameters.minDeposit) {
      position.retired = true;
      if (position.end === 0n) position.end = model.endOfLock(position.lock);
    }
    if (position.amount === 0n) positions[index] = undefined;
  }
  model.decide(staker);
  const due = model.claimable(staker);
  const rewards = due < left ? due : left;
  staker.paid += rewards;
  return penalty - left + rewards;
}

export async function makeActors(count: number, system: StakingSystem, model: StakingModel): Promise<Actor[]> {
  const actors: Actor[] = [];
  for (let i = 0; i < count; ++i) {
    const address = ethers.getAddress(ethers.dataSlice(ethers.id(`actor ${i}`), 12));
    await impersonateAccount(address);
    await setBalance(address, 10n ** 24n);
    const signer = await ethers.getSigner(address);
    await system.token.transfer(address, ALLOWANCE);
    await system.token.connect(signer).approve(system.escrow, ALLOWANCE);
    actors.push({ signer, address, staker: model.staker(address), spent: 0n });
  }
  return actors;
}
