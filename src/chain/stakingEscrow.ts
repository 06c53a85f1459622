/** The staking escrow: positions, rewards, the supply law and the stake line. Amounts are base units, periods whole numbers. */
import type { Provider } from "ethers";

import type { StakingEscrow } from "../../typechain-types";
import { type Call, prepare } from "./call";
import type { Permit } from "./nkmsToken";
import { explained } from "./refusals";

/** The deployment's choices; meanings and bounds stand at `IStakingEscrow.Parameters`. */
export interface StakingParameters {
  periodLength: bigint;
  decayPeriods: bigint;
  minDeposit: bigint;
  minLockPeriods: bigint;
  maxLockPeriods: bigint;
  unbondingPeriods: bigint;
  checkShareBps: bigint;
  vestPeriods: bigint;
}

/** The supply law as of the current period: the paper's D, s, S and R. */
export interface SupplyState {
  currentPeriod: bigint;
  totalLocked: bigint;
  rewardRate: bigint;
  allocatedSupply: bigint;
  remainingSupply: bigint;
}

/** One position of a staker. `endPeriod` is 0 while it re-locks. */
export interface Position {
  index: number;
  amount: bigint;
  lockPeriods: bigint;
  endPeriod: bigint;
  retired: boolean;
}

/** What one account has at stake and has earned. `lockedUntil` is a Unix second, 0 if nothing is locked. */
export interface StakerState {
  deposit: bigint;
  reserved: bigint;
  claimable: bigint;
  provisional: bigint;
  lockedUntil: bigint;
  active: boolean;
  suspended: boolean;
}

/** A held leaf of the stake line, `start` counted in units from its left end. */
export interface Leaf {
  node: string;
  start: bigint;
  units: bigint;
  since: bigint;
}

export class StakingEscrowClient {
  constructor(
    private readonly contract: StakingEscrow,
    private readonly provider: Provider,
  ) {}

  async parameters(): Promise<StakingParameters> {
    const p = await explained(this.contract.parameters());
    return {
      periodLength: p.periodLength,
      decayPeriods: p.decayPeriods,
      minDeposit: p.minDeposit,
      minLockPeriods: p.minLockPeriods,
      maxLockPeriods: p.maxLockPeriods,
      unbondingPeriods: p.unbondingPeriods,
      checkShareBps: p.checkShareBps,
      vestPeriods: p.vestPeriods,
    };
  }

  async supply(): Promise<SupplyState> {
    const c = this.contract;
    const [currentPeriod, totalLocked, rewardRate, allocatedSupply, remainingSupply] = await explained(
      Promise.all([c.currentPeriod(), c.totalLocked(), c.rewardRate(), c.allocatedSupply(), c.remainingSupply()]),
    );
    return { currentPeriod, totalLocked, rewardRate, allocatedSupply, remainingSupply };
  }

  currentPeriod(): Promise<bigint> {
    return explained(this.contract.currentPeriod());
  }

  /** The paper's D for the previous, current or next period. */
  totalLockedAt(period: bigint): Promise<bigint> {
    return explained(this.contract.totalLockedAt(period));
  }

  /** Nodes that have weight and are not suspended, in the previous, current or next period. */
  activeNodesAt(period: bigint): Promise<bigint> {
    return explained(this.contract.activeNodesAt(period));
  }

  async staker(account: string): Promise<StakerState> {
    const c = this.contract;
    const [deposit, reserved, claimable, provisional, lockedUntil, active, suspended] = await explained(
      Promise.all([
        c.depositOf(account),
        c.reservedOf(account),
        c.claimable(account),
        c.provisional(account),
        c.lockedUntil(account),
        c.isActive(account),
        c.isSuspended(account),
      ]),
    );
    return { deposit, reserved, claimable, provisional, lockedUntil, active, suspended };
  }

  /** The positions of an account that hold tokens, by index. */
  async positions(account: string): Promise<Position[]> {
    const count = Number(await explained(this.contract.positionCount(account)));
    const all = await explained(Promise.all(range(count).map((index) => this.contract.position(account, index))));
    return all.flatMap(({ amount, lockPeriods, endPeriod, retired }, index) =>
      amount > 0n ? [{ index, amount, lockPeriods, endPeriod, retired }] : [],
    );
  }

  /** Weight of an account in a period, as known now. */
  lockedAt(account: string, period: bigint): Promise<bigint> {
    return explained(this.contract.lockedAt(account, period));
  }

  isActive(node: string): Promise<boolean> {
    return explained(this.contract.isActive(node));
  }

  /** The second until which some position of the node stays locked; 0 if none. */
  lockedUntil(node: string): Promise<bigint> {
    return explained(this.contract.lockedUntil(node));
  }

  /** Base units per unit of the stake line. */
  unit(): Promise<bigint> {
    return explained(this.contract.unit());
  }

  /** Units of a node that can be drawn now for a policy that lasts until the second `until`. */
  drawableUnits(node: string, until: bigint): Promise<bigint> {
    return explained(this.contract.drawableUnits(node, until));
  }

  /** The stake line from left to right, without free leaves. */
  async leaves(): Promise<Leaf[]> {
    const count = Number(await explained(this.contract.leafCount()));
    const all = await explained(Promise.all(range(count).map((leaf) => this.contract.leafAt(leaf))));
    let start = 0n;
    return all.flatMap(({ node, units, since }) => {
      const leaf = { node, start, units, since };
      start += units;
      return units > 0n ? [leaf] : [];
    });
  }

  /**
   * Draws `count` distinct nodes by stake (eq 25 to 29) that stay locked until the second `until`. `randoms` are uniform 256-bit
   * numbers, more than `count`. Throws ContractRefusal E_STAKE_LINE_EMPTY, E_RANDOMS_EXHAUSTED.
   */
  async sample(count: number, randoms: readonly bigint[], until: bigint): Promise<string[]> {
    return [...(await explained(this.contract.sample(count, [...randoms], until)))];
  }

  create(amount: bigint, lockPeriods: bigint): Call<bigint> {
    return prepare(this.provider, this.contract.create, [amount, lockPeriods]);
  }

  createWithPermit(amount: bigint, lockPeriods: bigint, { deadline, v, r, s }: Permit): Call<bigint> {
    return prepare(this.provider, this.contract.createWithPermit, [amount, lockPeriods, deadline, v, r, s]);
  }

  increase(index: number, amount: bigint): Call<void> {
    return prepare(this.provider, this.contract.increase, [index, amount]);
  }

  prolong(index: number, lockPeriods: bigint): Call<void> {
    return prepare(this.provider, this.contract.prolong, [index, lockPeriods]);
  }

  /** The result is the new position's number. */
  divide(index: number, amount: bigint): Call<bigint> {
    return prepare(this.provider, this.contract.divide, [index, amount]);
  }

  merge(into: number, from: number): Call<void> {
    return prepare(this.provider, this.contract.merge, [into, from]);
  }

  startWindDown(index: number): Call<void> {
    return prepare(this.provider, this.contract.startWindDown, [index]);
  }

  stopWindDown(index: number): Call<void> {
    return prepare(this.provider, this.contract.stopWindDown, [index]);
  }

  withdraw(index: number): Call<void> {
    return prepare(this.provider, this.contract.withdraw, [index]);
  }

  /** Mints the caller's vested rewards. */
  claim(): Call<bigint> {
    return prepare(this.provider, this.contract.claim, []);
  }

  claimAndRestake(index: number): Call<bigint> {
    return prepare(this.provider, this.contract.claimAndRestake, [index]);
  }

  /** Passes up to 32 expiries; anybody may. The result tells whether none is left. */
  advance(): Call<boolean> {
    return prepare(this.provider, this.contract.advance, []);
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
