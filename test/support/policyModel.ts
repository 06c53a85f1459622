/**
 * A policy second by second, written from the design and not from the contract: every share owns one coin box per second of the
 * policy, filled with the fee rate, and one for its bounty. A box of a second is emptied once: to the node if it served in that
 * second, else to the payer, or to the reserve after a leak.
 */
export interface ModelTerms {
  readonly rate: bigint;
  readonly bounty: bigint;
  readonly shares: number;
  readonly threshold: number;
  readonly start: number;
  readonly end: number;
  readonly maxEnd: number;
  readonly acceptBy: number;
}

export interface ModelParameters {
  readonly minPaid: number;
  /** challengeWindow + revealWindow. */
  readonly windows: number;
  /** Part of a bounty that a leak burns, in basis points. */
  readonly burnBps: bigint;
}

/** Where the money is, against where it was before the policy. */
export interface Money {
  payer: bigint;
  owner: bigint;
  challenger: bigint;
  /** Gone from the supply, by the burn of a bounty. */
  burned: bigint;
  /** Gone from the supply, to the reserve. */
  seized: bigint;
}

/** What became of one share. */
export interface ModelShare {
  earned: bigint;
  reserved: boolean;
  removed: boolean;
  leaked: boolean;
  disclosed: boolean;
  released: boolean;
  bountyReturned: boolean;
  suspensions: Interval[];
  boxes: Set<number>;
  bountyBox: bigint;
  /** Once it left: the second up to which it is paid, and the suspensions known then. */
  left?: { until: number; suspensions: readonly Interval[] };
}

interface Interval {
  readonly from: number;
  readonly to: number;
}

const emptyShare = (): ModelShare => ({
  earned: 0n,
  reserved: false,
  removed: false,
  leaked: false,
  disclosed: false,
  released: false,
  bountyReturned: false,
  suspensions: [],
  boxes: new Set(),
  bountyBox: 0n,
});

export class PolicyModel {
  readonly money: Money = { payer: 0n, owner: 0n, challenger: 0n, burned: 0n, seized: 0n };
  readonly shares: ModelShare[];
  created = false;
  closed = false;
  end: number;

  constructor(
    readonly terms: ModelTerms,
    private readonly parameters: ModelParameters,
  ) {
    this.end = terms.end;
    this.shares = Array.from({ length: terms.shares }, emptyShare);
  }

  /** What the contract must hold: the contents of all boxes. */
  get held(): bigint {
    const { rate } = this.terms;
    return this.shares.reduce((sum, { boxes, bountyBox }) => sum + rate * BigInt(boxes.size) + bountyBox, 0n);
  }

  get releaseTime(): number {
    return this.end + this.parameters.windows;
  }

  /** An independent copy. */
  clone(): PolicyModel {
    const copy = new PolicyModel(this.terms, this.parameters);
    const shares = this.shares.map((share) => ({
      ...share,
      boxes: new Set(share.boxes),
      suspensions: [...share.suspensions],
    }));
    return Object.assign(copy, this, { money: { ...this.money }, shares });
  }

  /**
   * The most a share's node can earn: every second from start to end in which it was not suspended. A share that left is paid
   * once, for `minPaid` perhaps ahead of the time: what happens to its node afterwards changes nothing.
   */
  mostEarned(index: number): bigint {
    const { left, suspensions } = this.shares[index];
    const paid = left ?? { until: this.end, suspensions };
    let seconds = 0n;
    for (let second = this.terms.start; second < paid.until; second++) if (!isIn(paid.suspensions, second)) seconds++;
    return this.terms.rate * seconds;
  }

  isSuspended(share: number): boolean {
    return this.shares[share].suspensions.at(-1)?.to === Infinity;
  }

  /** Each verb returns the name of the contract's refusal, or undefined if it takes effect. */
  create(now: number): string | undefined {
    if (now >= this.terms.acceptBy) return "AcceptanceExpired";
    if (now >= this.terms.end) return "EndInPast";
    if (this.created) return "PolicyExists";
    this.created = true;
    for (const share of this.shares) {
      share.reserved = true;
      share.bountyBox = this.terms.bounty;
      this.money.owner -= this.terms.bounty;
    }
    this.fill(this.terms.start, this.terms.end);
    return undefined;
  }

  renew(now: number, newEnd: number): string | undefined {
    const refusal = this.refusalUnlessRunning(now);
    if (refusal) return refusal;
    if (newEnd <= this.end) return "EndNotLater";
    if (newEnd > this.terms.maxEnd) return "EndAboveMaximum";
    this.fill(this.end, newEnd);
    this.end = newEnd;
    return undefined;
  }

  revoke(now: number): string | undefined {
    const refusal = this.refusalUnlessRunning(now);
    if (!refusal) this.close(now);
    return refusal;
  }

  revokeNode(now: number, index: number): string | undefined {
    const refusal = this.refusalUnlessRunning(now);
    if (refusal) return refusal;
    if (this.shares[index].removed) return "NodeAlreadyRemoved";
    this.remove(now, this.shares[index]);
    return undefined;
  }

  /** A wrong answer was proven: as revokeNode, but never refused. */
  expel(now: number, index: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    const share = this.shares[index];
    if (!share.removed && !share.released) this.remove(now, share);
    return undefined;
  }

  /** A leak was proven, which had been committed in time. */
  leak(now: number, index: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    const share = this.shares[index];
    if (share.leaked) return "AlreadyLeaked";
    if (share.disclosed) return "AlreadyDisclosed";
    if (share.released || share.bountyReturned) return "AlreadyReleased";
    if (!share.removed) this.money.seized += this.takeOut(now, share);
    const burned = (share.bountyBox * this.parameters.burnBps + 9_999n) / 10_000n;
    this.money.burned += burned;
    this.money.challenger += share.bountyBox - burned;
    Object.assign(share, { leaked: true, reserved: false, bountyBox: 0n });
    this.closeBelowThreshold(now);
    return undefined;
  }

  /** A decoy key was revealed with the owner's agreement. */
  disclose(now: number, index: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    const share = this.shares[index];
    if (share.disclosed) return "AlreadyDisclosed";
    share.disclosed = true;
    if (!this.closed && now < this.end) this.close(now);
    return undefined;
  }

  claim(now: number, index: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    const share = this.shares[index];
    share.earned += this.serve(share, Math.min(now, this.end));
    return undefined;
  }

  finalClaim(now: number, index: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (now < this.releaseTime) return "TooEarly";
    const share = this.shares[index];
    if (share.released) return "AlreadyReleased";
    this.claim(now, index);
    share.released = true;
    share.reserved = false;
    return undefined;
  }

  returnBounty(now: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (now < this.releaseTime) return "TooEarly";
    const left = this.shares.filter((share) => share.bountyBox > 0n);
    if (left.length === 0) return "NothingToReturn";
    for (const share of left) {
      this.money.owner += share.bountyBox;
      share.bountyBox = 0n;
      share.bountyReturned = true;
    }
    return undefined;
  }

  suspend(now: number, index: number): string | undefined {
    if (this.isSuspended(index)) return "AlreadySuspended";
    this.shares[index].suspensions.push({ from: now, to: Infinity });
    return undefined;
  }

  reactivate(now: number, index: number): string | undefined {
    if (!this.isSuspended(index)) return "NotSuspended";
    const { suspensions } = this.shares[index];
    suspensions.push({ ...suspensions.pop()!, to: now });
    return undefined;
  }

  private refusalUnlessRunning(now: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (this.closed) return "PolicyClosed";
    return now >= this.end ? "PolicyEnded" : undefined;
  }

  private fill(from: number, to: number): void {
    for (const { boxes } of this.shares.filter(({ removed }) => !removed)) {
      for (let second = from; second < to; second++) boxes.add(second);
      this.money.payer -= this.terms.rate * BigInt(to - from);
    }
  }

  /** Empties the boxes of the seconds before `until`; what the node did not serve goes to the payer, the rest is returned. */
  private serve(share: ModelShare, until: number): bigint {
    let served = 0n;
    for (const second of [...share.boxes]) {
      if (second >= until) continue;
      share.boxes.delete(second);
      if (isIn(share.suspensions, second)) this.money.payer += this.terms.rate;
      else served += this.terms.rate;
    }
    return served;
  }

  private leaveTime(now: number): number {
    return Math.min(this.end, Math.max(now, this.terms.start + this.parameters.minPaid));
  }

  private remove(now: number, share: ModelShare): void {
    share.earned += this.takeOut(now, share);
    this.closeBelowThreshold(now);
  }

  /** Empties all boxes of a share that leaves; returns what its node has served. */
  private takeOut(now: number, share: ModelShare): bigint {
    const until = this.leaveTime(now);
    const served = this.serve(share, until);
    this.money.payer += this.terms.rate * BigInt(share.boxes.size);
    share.boxes.clear();
    share.left = { until, suspensions: [...share.suspensions] };
    share.removed = true;
    return served;
  }

  private closeBelowThreshold(now: number): void {
    const live = this.shares.filter(({ removed }) => !removed).length;
    if (live < this.terms.threshold && !this.closed && now < this.end) this.close(now);
  }

  private close(now: number): void {
    this.end = this.leaveTime(now);
    this.closed = true;
    for (const { boxes } of this.shares) {
      for (const second of [...boxes].filter((late) => late >= this.end)) {
        boxes.delete(second);
        this.money.payer += this.terms.rate;
      }
    }
  }
}

function isIn(intervals: readonly Interval[], second: number): boolean {
  return intervals.some(({ from, to }) => from <= second && second < to);
}
