/**
 * The staking escrow's amounts from the formulas of the design, by naive loops over all periods, positions and stretches.
 * Nothing here follows the contract's bookkeeping: the law is a list of values per period, a reward a sum over stretches.
 */
const ONE = 1n << 96n;
const GRID = 7n;

export interface ModelParameters {
  decayPeriods: bigint;
  minDeposit: bigint;
  unbondingPeriods: bigint;
  checkShareBps: bigint;
  /** 0: no health check. */
  vestPeriods: bigint;
  maxSupply: bigint;
}

export interface ModelPosition {
  amount: bigint;
  lock: bigint;
  end: bigint;
  retired: boolean;
}

/** Constant weight from `start` on; `stop` once it is closed. */
interface Stretch {
  weight: bigint;
  start: bigint;
  stop?: bigint;
  suspended: boolean;
  /** Its rewards were settled by a forfeit; it only tells the weight. */
  settled?: boolean;
}

export class ModelStaker {
  positions: (ModelPosition | undefined)[] = [];
  stretches: Stretch[] = [];
  /** Vested for good, by a conviction that ended the stretches before. */
  settled = 0n;
  paid = 0n;
  suspended = false;
  reserved = 0n;
  /** To positions, in the current period. */
  added = 0n;
  /** The periods in which it was slashed. */
  readonly slashes: bigint[] = [];

  get deposit(): bigint {
    return this.positions.reduce((sum, held) => sum + (held?.amount ?? 0n), 0n);
  }
}

export class StakingModel {
  readonly stakers = new Map<string, ModelStaker>();
  private readonly first: bigint;
  private remaining: bigint[];
  private locked: bigint[] = [0n];
  private accumulator: bigint[] = [0n];
  /** Allocated before each period. */
  private allocated: bigint[] = [0n];
  private nodes: bigint[] = [0n];
  /** Period at which D or R last changed. */
  private anchor: bigint;
  private cut = false;
  private returned = 0n;
  private potPaid = 0n;

  constructor(
    readonly parameters: ModelParameters,
    initialSupply: bigint,
    public period: bigint,
  ) {
    this.first = period;
    this.anchor = period;
    this.remaining = [parameters.maxSupply - initialSupply];
  }

  staker(name: string): ModelStaker {
    if (!this.stakers.has(name)) this.stakers.set(name, new ModelStaker());
    return this.stakers.get(name)!;
  }

  remainingSupply = () => this.at(this.remaining, this.period);
  totalLocked = () => this.at(this.locked, this.period);
  activeNodes = () => this.at(this.nodes, this.period);
  lockedBefore = () => this.at(this.locked, this.period - 1n);
  nodesBefore = () => this.at(this.nodes, this.period - 1n);
  lockedNext = () => [...this.stakers.values()].reduce((sum, staker) => sum + this.weightNext(staker), 0n);
  checkPot = () => (this.at(this.allocated, this.period) * this.parameters.checkShareBps) / 10_000n - this.potPaid;
  rewardRate = () =>
    this.totalLocked() === 0n ? 0n : this.remainingSupply() - this.decayed(this.remainingSupply(), 1n);

  isLive(held: ModelPosition | undefined): held is ModelPosition {
    return held !== undefined && !held.retired && (held.end === 0n || held.end > this.period + 1n);
  }

  weightNext(staker: ModelStaker): bigint {
    return staker.positions.reduce((sum, held) => sum + (this.isLive(held) ? held.amount : 0n), 0n);
  }

  /** Where the lock ends, or would if winding down began now. */
  firmEnd(held: ModelPosition): bigint {
    return held.end || this.endOfLock(held.lock);
  }

  /** By section 4 of the protocol, for whole `seconds` a period: what lasts until the second `until`, less what was added; none beside a slash. */
  drawableUnits(staker: ModelStaker, until: bigint, seconds: bigint): bigint {
    if (staker.suspended || staker.slashes.includes(this.period)) return 0n;
    const lasting = staker.positions.filter((held) => this.isLive(held) && this.firmEnd(held) * seconds >= until);
    const drawable = lasting.reduce((sum, held) => sum + held!.amount, -staker.added);
    return drawable > 0n ? drawable / this.unit : 0n;
  }

  /** Wei by unit of the stake line. */
  get unit(): bigint {
    return (this.parameters.maxSupply + 2n ** 32n - 2n) / (2n ** 32n - 1n);
  }

  isActive(staker: ModelStaker): boolean {
    return !staker.suspended && this.weightNow(staker) > 0n;
  }

  weightNow(staker: ModelStaker): bigint {
    const stretch = staker.stretches.find(
      ({ start, stop }) => start <= this.period && (stop ?? start + this.period) > this.period,
    );
    return stretch?.weight ?? 0n;
  }

  /** eq 31, 32 by whole periods: R(t + k) = ceil(R(t) phi^k), phi = 1 - 1/T as a fraction of 2^128, up; no other rounding. */
  private lawAt(period: bigint): { remaining: bigint; accumulator: bigint } {
    const start = {
      remaining: this.at(this.remaining, this.anchor),
      accumulator: this.at(this.accumulator, this.anchor),
    };
    const locked = this.at(this.locked, this.anchor);
    if (locked === 0n) return start;
    const remaining = this.decayed(start.remaining, period - this.anchor);
    const shared = (start.remaining - remaining) * (10_000n - this.parameters.checkShareBps);
    return { remaining, accumulator: start.accumulator + (shared * ONE) / (locked * 10_000n) };
  }

  private decayed(remaining: bigint, k: bigint): bigint {
    const { decayPeriods } = this.parameters;
    const phi = (((decayPeriods - 1n) << 128n) + decayPeriods - 1n) / decayPeriods;
    return (remaining * phi ** k + (1n << (128n * k)) - 1n) >> (128n * k);
  }

  nextPeriod(): void {
    const next = this.period + 1n;
    const law = this.lawAt(next);
    const ending = [...this.stakers.values()].filter((staker) =>
      staker.positions.some((held) => held && !held.retired && held.end === next),
    );
    this.remaining.push(law.remaining + this.returned);
    this.accumulator.push(law.accumulator);
    this.allocated.push(this.allocated.at(-1)! + this.remainingSupply() - law.remaining);
    const all = [...this.stakers.values()];
    this.locked.push(this.lockedNext());
    const active = all.filter((staker) => !staker.suspended && this.weightNext(staker) > 0n);
    this.nodes.push(BigInt(active.length));
    for (const staker of ending) this.close(staker);
    for (const staker of all) staker.added = 0n;
    if (this.cut || ending.length > 0) this.anchor = next;
    this.cut = false;
    this.returned = 0n;
    this.period = next;
  }

  /** A decision of `staker`, made now, that changes weights or the remaining supply from the next period. */
  decide(staker?: ModelStaker): void {
    this.cutHere();
    if (staker) this.close(staker);
  }

  /** The law is anchored in the period of a decision and in the next one. */
  private cutHere(): void {
    this.cut = true;
    this.anchor = this.period;
  }

  /** Ends the open stretch with this period, unless it begins with the next. */
  private close(staker: ModelStaker): void {
    const next = this.period + 1n;
    const open = staker.stretches.at(-1);
    const weight = this.weightNext(staker);
    if (open && open.start === next) {
      open.weight = weight;
      open.suspended = staker.suspended;
      return;
    }
    if (open) open.stop = next;
    staker.stretches.push({ weight, start: next, suspended: staker.suspended });
  }

  giveBack(amount: bigint): void {
    this.returned += amount;
    this.cutHere();
  }

  payCheck(amount: bigint): void {
    this.potPaid += amount;
  }

  private accumulatorAt(period: bigint): bigint {
    return period === this.period + 1n ? this.lawAt(period).accumulator : this.at(this.accumulator, period);
  }

  /** F of a stretch up to the start of `period`. */
  private earnedTo(stretch: Stretch, period: bigint): bigint {
    const stop = stretch.stop !== undefined && stretch.stop < period ? stretch.stop : period;
    if (stop <= stretch.start || stretch.settled) return 0n;
    return (stretch.weight * (this.accumulatorAt(stop) - this.accumulatorAt(stretch.start))) >> 96n;
  }

  /** First period whose rewards are not vested yet. */
  private vestedTo(): bigint {
    const { vestPeriods } = this.parameters;
    if (vestPeriods === 0n) return this.period;
    const boundary = (this.period / vestPeriods - 1n) * vestPeriods;
    return boundary < this.first ? this.first : boundary;
  }

  /**
   * An open stretch is vested up to a boundary, rounded down. Of a closed one the rest is held back, rounded up; if it began
   * within the time for vesting, all of it.
   */
  private vested(stretch: Stretch): bigint {
    const boundary = this.vestedTo();
    if (stretch.suspended || stretch.settled) return 0n;
    const { weight, start, stop } = stretch;
    if (stop === undefined) return this.earnedTo(stretch, boundary);
    if (boundary < stop && boundary <= start && this.parameters.vestPeriods > 0n) return 0n;
    const growth = boundary < stop ? this.accumulatorAt(stop) - this.accumulatorAt(boundary) : 0n;
    return this.earnedTo(stretch, stop) - (weight * growth + ONE - 1n) / ONE;
  }

  claimable(staker: ModelStaker): bigint {
    const due = staker.stretches.reduce((sum, stretch) => sum + this.vested(stretch), staker.settled - staker.paid);
    return due > 0n ? due : 0n;
  }

  /** Earned, with an open stretch up to the start of `period`, and not paid. */
  private unpaid(staker: ModelStaker, period: bigint): bigint {
    const earned = (sum: bigint, stretch: Stretch) => sum + this.earnedTo(stretch, stretch.stop ?? period);
    return staker.stretches.reduce(earned, staker.settled - staker.paid);
  }

  /** Earned in ended periods and in a closed stretch, neither paid nor to be claimed. */
  provisional(staker: ModelStaker): bigint {
    return this.unpaid(staker, this.period) - this.claimable(staker);
  }

  /** A conviction, a reactivation, an exit: everything provisional goes back, the current period included. */
  forfeitAll(staker: ModelStaker, suspended: boolean): bigint {
    this.decide(staker);
    const next = this.period + 1n;
    const kept = this.claimable(staker);
    const taken = this.unpaid(staker, next) - kept;
    staker.settled = staker.paid + kept;
    staker.suspended = suspended;
    const current = { weight: this.weightNow(staker), start: this.period, stop: next, suspended, settled: true };
    staker.stretches = [current, { weight: this.weightNext(staker), start: next, suspended }];
    this.giveBack(taken);
    return taken;
  }

  endOfLock(lock: bigint): bigint {
    return ((this.period + 1n + lock + GRID - 1n) / GRID) * GRID;
  }

  private at(values: bigint[], period: bigint): bigint {
    return values[Number(period - this.first)];
  }
}
