/**
 * A policy second by second, written from the design and not from the contract: every share owns one coin box per second of the
 * policy, filled with the fee rate; a box is emptied once, to the node if it served in that second, else to the payer.
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
}

export class PolicyModel {
  /** What each node got so far. */
  readonly earned: bigint[];
  /** What the payer paid (negative) or got back. */
  payer = 0n;
  /** Bounties: what the owner paid (negative) or got back. */
  owner = 0n;
  readonly reserved: boolean[];

  private created = false;
  private closed = false;
  private end: number;
  private readonly boxes: Set<number>[];
  private readonly removed: boolean[];
  private readonly released: boolean[];
  private readonly suspensions: { from: number; to: number }[][];
  private bountyReturned = false;

  constructor(
    readonly terms: ModelTerms,
    private readonly parameters: ModelParameters,
  ) {
    const each = <T>(make: () => T): T[] => Array.from({ length: terms.shares }, make);
    this.end = terms.end;
    this.earned = each(() => 0n);
    this.reserved = each(() => false);
    this.boxes = each(() => new Set<number>());
    this.removed = each(() => false);
    this.released = each(() => false);
    this.suspensions = each(() => []);
  }

  /** What the contract must hold. */
  get escrowed(): bigint {
    return -this.payer - this.owner - this.earned.reduce((sum, part) => sum + part, 0n);
  }

  get releaseTime(): number {
    return this.end + this.parameters.windows;
  }

  /** An independent copy. */
  clone(): PolicyModel {
    const copy = new PolicyModel(this.terms, this.parameters);
    Object.assign(copy, this, {
      earned: [...this.earned],
      reserved: [...this.reserved],
      boxes: this.boxes.map((box) => new Set(box)),
      removed: [...this.removed],
      released: [...this.released],
      suspensions: this.suspensions.map((list) => list.map((interval) => ({ ...interval }))),
    });
    return copy;
  }

  /** Each verb returns the name of the contract's refusal, or undefined if it takes effect. */
  create(now: number): string | undefined {
    if (now >= this.terms.acceptBy) return "AcceptanceExpired";
    if (now >= this.terms.end) return "EndInPast";
    if (this.created) return "PolicyExists";
    this.created = true;
    this.reserved.fill(true);
    this.owner -= this.terms.bounty * BigInt(this.terms.shares);
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

  revokeNode(now: number, share: number): string | undefined {
    const refusal = this.refusalUnlessRunning(now);
    if (refusal) return refusal;
    if (this.removed[share]) return "NodeAlreadyRemoved";
    this.remove(now, share);
    return undefined;
  }

  /** A wrong answer was proven: as revokeNode, but never refused. */
  expel(now: number, share: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (!this.removed[share] && !this.released[share]) this.remove(now, share);
    return undefined;
  }

  claim(now: number, share: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (!this.removed[share]) this.serve(share, Math.min(now, this.end));
    return undefined;
  }

  finalClaim(now: number, share: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (now < this.releaseTime) return "TooEarly";
    if (this.released[share]) return "AlreadyReleased";
    this.claim(now, share);
    this.released[share] = true;
    this.reserved[share] = false;
    return undefined;
  }

  returnBounty(now: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (now < this.releaseTime) return "TooEarly";
    if (this.bountyReturned || this.terms.bounty === 0n) return "NothingToReturn";
    this.bountyReturned = true;
    this.owner += this.terms.bounty * BigInt(this.terms.shares);
    return undefined;
  }

  /** Suspends or reinstates a node, whichever it is not. */
  toggleSuspension(now: number, share: number): undefined {
    const last = this.suspensions[share].at(-1);
    if (last?.to === Infinity) last.to = now;
    else this.suspensions[share].push({ from: now, to: Infinity });
  }

  private refusalUnlessRunning(now: number): string | undefined {
    if (!this.created) return "UnknownPolicy";
    if (this.closed) return "PolicyClosed";
    return now >= this.end ? "PolicyEnded" : undefined;
  }

  private fill(from: number, to: number): void {
    for (const [share, box] of this.boxes.entries()) {
      if (this.removed[share]) continue;
      for (let second = from; second < to; second++) box.add(second);
      this.payer -= this.terms.rate * BigInt(to - from);
    }
  }

  /** Empties the boxes of the seconds before `until`. */
  private serve(share: number, until: number): void {
    for (const second of [...this.boxes[share]]) {
      if (second >= until) continue;
      this.boxes[share].delete(second);
      const suspended = this.suspensions[share].some(({ from, to }) => from <= second && second < to);
      if (suspended) this.payer += this.terms.rate;
      else this.earned[share] += this.terms.rate;
    }
  }

  private refund(share: number): void {
    this.payer += this.terms.rate * BigInt(this.boxes[share].size);
    this.boxes[share].clear();
  }

  private leaveTime(now: number): number {
    return Math.min(this.end, Math.max(now, this.terms.start + this.parameters.minPaid));
  }

  private remove(now: number, share: number): void {
    this.serve(share, this.leaveTime(now));
    this.refund(share);
    this.removed[share] = true;
    const live = this.removed.filter((left) => !left).length;
    if (live < this.terms.threshold && !this.closed && now < this.end) this.close(now);
  }

  private close(now: number): void {
    this.end = this.leaveTime(now);
    this.closed = true;
    for (const box of this.boxes) {
      for (const second of [...box]) {
        if (second < this.end) continue;
        box.delete(second);
        this.payer += this.terms.rate;
      }
    }
  }
}
