/** The staking escrow: positions, rewards, the supply law and the stake line. Amounts are base units, periods whole numbers. */
import type { Provider } from "ethers";

import type { StakingEscrow } from "../../typechain-types";
import { inBatches } from "../batches";
import { type At, type Call, prepare } from "./call";
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

/** A staker's signature under a position that somebody else funds, and the Unix second from which it is void. */
export interface StakerConsent {
  deadline: bigint;
  signature: string;
}

/** A held leaf of the stake line, `start` counted in units from its left end. */
export interface Leaf {
  node: string;
  start: bigint;
  units: bigint;
  since: bigint;
}

const LEAVES_AT_ONCE = 64;

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

  async supply(at: At = {}): Promise<SupplyState> {
    const c = this.contract;
    const [currentPeriod, totalLocked, rewardRate, allocatedSupply, remainingSupply] = await explained(
      Promise.all([
        c.currentPeriod(at),
        c.totalLocked(at),
        c.rewardRate(at),
        c.allocatedSupply(at),
        c.remainingSupply(at),
      ]),
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
  activeNodesAt(period: bigint, at: At = {}): Promise<bigint> {
    return explained(this.contract.activeNodesAt(period, at));
  }

  async staker(account: string, at: At = {}): Promise<StakerState> {
    const c = this.contract;
    const [deposit, reserved, claimable, provisional, lockedUntil, active, suspended] = await explained(
      Promise.all([
        c.depositOf(account, at),
        c.reservedOf(account, at),
        c.claimable(account, at),
        c.provisional(account, at),
        c.lockedUntil(account, at),
        c.isActive(account, at),
        c.isSuspended(account, at),
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
  drawableUnits(node: string, until: bigint, at: At = {}): Promise<bigint> {
    return explained(this.contract.drawableUnits(node, until, at));
  }

  /** The stake line from left to right, without free leaves. */
  async leaves(at: At = {}): Promise<Leaf[]> {
    const count = Number(await explained(this.contract.leafCount(at)));
    const all = await inBatches(range(count), LEAVES_AT_ONCE, (leaf) => explained(this.contract.leafAt(leaf, at)));
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
  async sample(count: number, randoms: readonly bigint[], until: bigint, at: At = {}): Promise<string[]> {
    return [...(await explained(this.contract.sample(count, [...randoms], until, at)))];
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

  /** Locks the caller's tokens in a position of `staker`, whose EIP-712 consent of CREATE_FOR counts before the second `deadline`. */
  createFor(staker: string, amount: bigint, lockPeriods: bigint, { deadline, signature }: StakerConsent): Call<bigint> {
    return prepare(this.provider, this.contract.createFor, [staker, amount, lockPeriods, deadline, signature]);
  }

  /** Where consents for {@link createFor} are checked. */
  stakerConsents(): Promise<string> {
    return explained(this.contract.stakerConsents());
  }

  /** Ends the caller's suspension from the next period on. Throws E_NODE_NOT_SUSPENDED, E_TOO_EARLY_TO_REACTIVATE. */
  reactivate(): Call<void> {
    return prepare(this.provider, this.contract.reactivate, []);
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
