/** The escrow's state as its events tell it, without a call: what an indexer would have. What policies reserve is told by their manager. */
import type { StakingEscrow } from "../../typechain-types";

export interface ToldPosition {
  amount: bigint;
  lockPeriods: bigint;
  endPeriod: bigint;
  retired: boolean;
}

export interface ToldStaker {
  positions: Map<bigint, ToldPosition>;
  suspended: boolean;
  claimed: bigint;
}

/** A position that was paid out, and in which period. */
export interface Payout {
  endPeriod: bigint;
  period: bigint;
}

/** An end of a position that was fixed again, maybe after it had re-locked meanwhile. */
export interface EndMove {
  from: bigint;
  to: bigint;
}

export class ToldEscrow {
  readonly stakers = new Map<string, ToldStaker>();
  /** The latest end that was ever told of a position's tokens. */
  private readonly promised = new Map<ToldPosition, bigint>();
  readonly payouts: Payout[] = [];
  readonly endMoves: EndMove[] = [];
  /** Taken by slashes: the provers' parts, and what went back to the reserve. */
  slashed = { taken: 0n, toProvers: 0n };
  paidToCheckers = 0n;
  returned = 0n;

  /** Reads all events of the escrow so far. `periodOf` tells the period of a block. */
  static async read(escrow: StakingEscrow, periodOf: (block: number) => Promise<bigint>): Promise<ToldEscrow> {
    const told = new ToldEscrow();
    const logs = await escrow.queryFilter("*" as never);
    for (const log of logs) {
      const { name } = log.fragment;
      if (name in told.rules) told.rules[name](log.args, await periodOf(log.blockNumber));
    }
    return told;
  }

  staker(address: string): ToldStaker {
    if (!this.stakers.has(address)) this.stakers.set(address, { positions: new Map(), suspended: false, claimed: 0n });
    return this.stakers.get(address)!;
  }

  private readonly rules: Record<string, (args: Record<string, never>, period: bigint) => void> = {
    PositionCreated: ({ staker, index, amount, lockPeriods }) =>
      this.staker(staker).positions.set(index, { amount, lockPeriods, endPeriod: 0n, retired: false }),
    PositionIncreased: ({ staker, index, amount }) => (this.at(staker, index).amount += amount as bigint),
    PositionProlonged: ({ staker, index, lockPeriods, endPeriod }) => {
      this.at(staker, index).lockPeriods = lockPeriods;
      this.moveEnd(this.at(staker, index), endPeriod);
    },
    PositionDivided: ({ staker, index, newIndex, amount }) => {
      const held = this.at(staker, index);
      held.amount -= amount as bigint;
      const part = { ...held, amount };
      this.staker(staker).positions.set(newIndex, part);
      this.promised.set(part, this.promised.get(held) ?? 0n);
    },
    PositionsMerged: ({ staker, into, from, lockPeriods, endPeriod }) => {
      const [kept, joined] = [this.at(staker, into), this.at(staker, from)];
      kept.amount += joined.amount;
      kept.lockPeriods = lockPeriods;
      this.moveEnd(joined, endPeriod);
      this.moveEnd(kept, endPeriod);
      const [one, other] = [this.promised.get(kept) ?? 0n, this.promised.get(joined) ?? 0n];
      this.promised.set(kept, one > other ? one : other);
      this.staker(staker).positions.delete(from);
    },
    WindDownStarted: ({ staker, index, endPeriod }) => this.moveEnd(this.at(staker, index), endPeriod),
    WindDownStopped: ({ staker, index }) => (this.at(staker, index).endPeriod = 0n),
    Withdrawn: ({ staker, index }, period) => {
      this.payouts.push({ endPeriod: this.at(staker, index).endPeriod, period });
      this.staker(staker).positions.delete(index);
    },
    RewardClaimed: ({ staker, amount }) => (this.staker(staker).claimed += amount as bigint),
    PositionSlashed: ({ node, index, amount, retired, endPeriod }) => {
      const held = this.at(node, index);
      held.amount -= amount as bigint;
      held.retired = retired;
      this.moveEnd(held, endPeriod);
      if (held.amount === 0n) this.staker(node).positions.delete(index);
    },
    Slashed: ({ taken, proverPart }) => {
      this.slashed.taken += taken as bigint;
      this.slashed.toProvers += proverPart as bigint;
    },
    NodeSuspended: ({ node }) => (this.staker(node).suspended = true),
    NodeReactivated: ({ node }) => (this.staker(node).suspended = false),
    CheckPaid: ({ amount }) => (this.paidToCheckers += amount as bigint),
    ReturnedToReserve: ({ amount }) => (this.returned += amount as bigint),
  };

  private moveEnd(held: ToldPosition, to: bigint): void {
    if (held.endPeriod > 0n || to > 0n) this.endMoves.push({ from: this.promised.get(held) ?? 0n, to });
    if (to > 0n) this.promised.set(held, to);
    held.endPeriod = to;
  }

  private at(staker: string, index: bigint): ToldPosition {
    return this.staker(staker).positions.get(index)!;
  }
}
