/**
 * Rewards from eq 30 to 32 and nothing else: a loop over periods and stakers, without accumulators, anchors or stretches.
 *
 *     s = R / T,    r_i = (1 - checkShare) s d_i / D,    R becomes R - s        in every period with D > 0
 *
 * Every staker has one entry per period. Amounts are fractions of a wei with 128 bits, so that roundings of the contract show as
 * what they are: less than `dust` wei.
 */
import type { ModelStaker, StakingModel } from "./stakingModel";

const BITS = 128n;
const BPS = 10_000n;

interface Entry {
  period: bigint;
  amount: bigint;
  /** Accrued while suspended: it never vests. */
  frozen: boolean;
}

export class StakingLedger {
  private remaining: bigint;
  private returned = 0n;
  private weights = new Map<ModelStaker, bigint>();
  private readonly entries = new Map<ModelStaker, Entry[]>();
  /** The period whose reward a staker forfeited before it was over. */
  private readonly lost = new Map<ModelStaker, bigint>();
  private steps = 0n;

  constructor(private readonly model: StakingModel) {
    this.remaining = model.remainingSupply() << BITS;
  }

  /** Ends the model's period, just before the model does. */
  endPeriod(): void {
    const allocated = this.credit();
    this.remaining += this.returned - allocated;
    this.returned = 0n;
    this.weights = new Map([...this.model.stakers.values()].map((staker) => [staker, this.model.weightNext(staker)]));
    this.steps += 1n;
  }

  /** A decision of anybody; it may round once more. */
  decide(): void {
    this.steps += 1n;
  }

  giveBack(wei: bigint): void {
    this.returned += wei << BITS;
  }

  /** Everything that is not vested goes back, the present period's reward included. */
  forfeit(staker: ModelStaker): void {
    const vestedTo = this.vestedTo();
    const all = [...this.of(staker), { period: this.model.period, amount: this.rewardNow(staker), frozen: true }];
    const lost = (entry: Entry) => entry.frozen || entry.period >= vestedTo;
    this.returned += all.filter(lost).reduce((sum, { amount }) => sum + amount, 0n);
    this.entries.set(
      staker,
      all.filter((entry) => !lost(entry)),
    );
    this.lost.set(staker, this.model.period);
    this.decide();
  }

  /** Wei, down. */
  claimable(staker: ModelStaker): bigint {
    const vestedTo = this.vestedTo();
    const vested = this.of(staker).filter(({ period, frozen }) => !frozen && period < vestedTo);
    return (vested.reduce((sum, { amount }) => sum + amount, 0n) >> BITS) - staker.paid;
  }

  /** Of ended periods; wei, down. */
  provisional(staker: ModelStaker): bigint {
    const vestedTo = this.vestedTo();
    const held = this.of(staker).filter(({ period, frozen }) => frozen || period >= vestedTo);
    return held.reduce((sum, { amount }) => sum + amount, 0n) >> BITS;
  }

  /** Of the present period, by eq 30 with s of eq 32. */
  currentReward(staker: ModelStaker): bigint {
    return this.rewardNow(staker) >> BITS;
  }

  /** Wei. */
  remainingSupply(): bigint {
    return this.remaining >> BITS;
  }

  /** What roundings may amount to, in wei: each step rounds R, one accumulator and one stretch, each by a wei at most. */
  get dust(): bigint {
    return 3n * this.steps;
  }

  private credit(): bigint {
    const locked = this.totalLocked();
    if (locked === 0n) return 0n;
    for (const [staker, weight] of this.weights) {
      if (weight === 0n || this.lost.get(staker) === this.model.period) continue;
      const entry = { period: this.model.period, amount: this.rewardNow(staker), frozen: staker.suspended };
      this.of(staker).push(entry);
    }
    return this.remaining / this.model.parameters.decayPeriods;
  }

  private rewardNow(staker: ModelStaker): bigint {
    const locked = this.totalLocked();
    if (locked === 0n || this.lost.get(staker) === this.model.period) return 0n;
    const { decayPeriods, checkShareBps } = this.model.parameters;
    const weight = this.weights.get(staker) ?? 0n;
    return (this.remaining * (BPS - checkShareBps) * weight) / (decayPeriods * BPS * locked);
  }

  private totalLocked(): bigint {
    return [...this.weights.values()].reduce((sum, weight) => sum + weight, 0n);
  }

  /** First period whose rewards are not vested: with a health check the start of the former vesting epoch. */
  private vestedTo(): bigint {
    const { vestPeriods } = this.model.parameters;
    return vestPeriods === 0n ? this.model.period : (this.model.period / vestPeriods - 1n) * vestPeriods;
  }

  private of(staker: ModelStaker): Entry[] {
    if (!this.entries.has(staker)) this.entries.set(staker, []);
    return this.entries.get(staker)!;
  }
}
