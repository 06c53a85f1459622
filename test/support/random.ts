/** Seeded randomness for tests (SplitMix64): a failing case is replayed by its printed seed. */
const MASK = (1n << 64n) - 1n;

export class Random {
  private state: bigint;

  constructor(readonly seed: bigint) {
    this.state = seed & MASK;
  }

  /** The next 64 random bits. */
  next(): bigint {
    this.state = (this.state + 0x9e3779b97f4a7c15n) & MASK;
    let z = this.state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    return z ^ (z >> 31n);
  }

  /** A value from 0 to `bound` - 1, for bounds up to 2^64. */
  below(bound: number | bigint): bigint {
    return this.next() % BigInt(bound);
  }

  /** An unsigned integer of `bits` bits, with short ones as likely as long ones. */
  uint(bits: number): bigint {
    const length = Number(this.below(bits + 1));
    return this.bits(length);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => Number(this.next() & 0xffn));
  }

  address(): string {
    return "0x" + Buffer.from(this.bytes(20)).toString("hex");
  }

  pick<T>(items: readonly T[]): T {
    return items[Number(this.below(items.length))];
  }

  private bits(length: number): bigint {
    let value = 0n;
    for (let taken = 0; taken < length; taken += 64) value = (value << 64n) | this.next();
    return value & ((1n << BigInt(length)) - 1n);
  }
}
