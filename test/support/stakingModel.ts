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
  private pot: bigint[] = [0n];
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
  checkPot = () => this.at(this.pot, this.period) - this.potPaid;
  rewardRate = () => this.remainingSupply() - this.lawAt(this.period + 1n).remaining;

  isLive(held: ModelPosition | undefined): held is ModelPosition {
    return held !== undefined && !held.retired && (held.end === 0n || held.end > this.period + 1n);
  }

  weightNext(staker: ModelStaker): bigint {
    return staker.positions.reduce((sum, held) => sum + (this.isLive(held) ? held.amount : 0n), 0n);
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
  private lawAt(period: bigint): { remaining: bigint; accumulator: bigint; pot: bigint } {
    const start = {
      remaining: this.at(this.remaining, this.anchor),
      accumulator: this.at(this.accumulator, this.anchor),
    };
    const pot = this.at(this.pot, this.anchor);
    const locked = this.at(this.locked, this.anchor);
    if (locked === 0n) return { ...start, pot };
    const { decayPeriods, checkShareBps } = this.parameters;
    const k = period - this.anchor;
    const phi = (((decayPeriods - 1n) << 128n) + decayPeriods - 1n) / decayPeriods;
    const remaining = (start.remaining * phi ** k + (1n << (128n * k)) - 1n) >> (128n * k);
    const allocated = start.remaining - remaining;
    const potPart = (allocated * checkShareBps) / 10_000n;
    const accumulator = start.accumulator + ((allocated - potPart) * ONE) / locked;
    return { remaining, accumulator, pot: pot + potPart };
  }

  nextPeriod(): void {
    const next = this.period + 1n;
    const law = this.lawAt(next);
    const ending = [...this.stakers.values()].filter((staker) =>
      staker.positions.some((held) => held && !held.retired && held.end === next),
    );
    this.remaining.push(law.remaining + this.returned);
    this.accumulator.push(law.accumulator);
    this.pot.push(law.pot);
    const all = [...this.stakers.values()];
    this.locked.push(all.reduce((sum, staker) => sum + this.weightNext(staker), 0n));
    const active = all.filter((staker) => !staker.suspended && this.weightNext(staker) > 0n);
    this.nodes.push(BigInt(active.length));
    for (const staker of ending) this.close(staker);
    if (this.cut || ending.length > 0) this.anchor = next;
    this.cut = false;
    this.returned = 0n;
    this.period = next;
  }

  /** A decision of `staker`, made now, that changes weights or the remaining supply from the next period. */
  decide(staker?: ModelStaker): void {
    this.cut = true;
    if (staker) this.close(staker);
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
    this.cut = true;
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

  claimable(staker: ModelStaker): bigint {
    const vestedTo = this.vestedTo();
    let due = staker.settled - staker.paid;
    for (const stretch of staker.stretches) if (!stretch.suspended) due += this.earnedTo(stretch, vestedTo);
    if (this.parameters.vestPeriods === 0n) due -= this.heldBack(staker, due);
    return due;
  }

  /** The wei by which a stretch that a decision just closed is due one period later. */
  private heldBack(staker: ModelStaker, due: bigint): bigint {
    const closed = staker.stretches.find(({ stop }) => stop === this.period + 1n);
    if (!closed) return 0n;
    const growth = this.accumulatorAt(this.period + 1n) - this.accumulatorAt(this.period);
    const pending = (closed.weight * growth + ONE - 1n) / ONE;
    const part = pending - (this.earnedTo(closed, this.period + 1n) - this.earnedTo(closed, this.period));
    return part > due ? due : part;
  }

  /** Earned in ended periods, not vested. */
  provisional(staker: ModelStaker): bigint {
    const vestedTo = this.vestedTo();
    return staker.stretches.reduce((sum, stretch) => {
      const vested = stretch.suspended ? 0n : this.earnedTo(stretch, vestedTo);
      const stop = stretch.stop ?? this.period;
      return sum + this.earnedTo(stretch, stop) - vested;
    }, 0n);
  }

  /** A conviction, a reactivation, an exit: everything provisional goes back, the current period included. */
  forfeitAll(staker: ModelStaker, suspended: boolean): bigint {
    this.decide(staker);
    const vestedTo = this.vestedTo();
    const next = this.period + 1n;
    let taken = 0n;
    for (const stretch of staker.stretches) {
      const vested = stretch.suspended ? 0n : this.earnedTo(stretch, vestedTo);
      staker.settled += vested;
      taken += this.earnedTo(stretch, next) - vested;
    }
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
