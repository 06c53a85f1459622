/**
 * Token buckets, one per key. A bucket holds at most `burst` tokens and regains `perSecond`; a request takes one. At most
 * `maxKeys` buckets are kept: the one untouched for longest is forgotten first, and a forgotten key starts full again.
 */
import type { Clock } from "./clock";

export interface Rate {
  /** Tokens regained in a second. */
  readonly perSecond: number;
  /** Tokens of a full bucket. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  touched: number;
}

export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: Rate,
    private readonly clock: Clock,
    private readonly maxKeys: number,
  ) {}

  /** Takes a token and returns 0, or takes none and returns the seconds until there is one, rounded up. */
  take(key: string): number {
    const bucket = this.#refilled(key);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.rate.perSecond);
    bucket.tokens -= 1;
    this.#forgetOldest();
    return 0;
  }

  #refilled(key: string): Bucket {
    const now = this.clock.monotonicMs();
    const { tokens, touched } = this.#buckets.get(key) ?? { tokens: this.rate.burst, touched: now };
    const regained = ((now - touched) / 1000) * this.rate.perSecond;
    return { tokens: Math.min(this.rate.burst, tokens + regained), touched: now };
  }

  #forgetOldest(): void {
    if (this.#buckets.size <= this.maxKeys) return;
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}

/**
 * The key of a client's address: the address, or the network of an IPv6 address, since one client may own all of that. `bits`,
 * a multiple of 16, is the length of its prefix.
 */
export function networkOf(ip: string, bits = 64): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped) return mapped[1];
  if (!ip.includes(":")) return ip;
  const [head = "", tail] = ip.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...new Array<string>(Math.max(0, zeros)).fill("0"), ...right];
  return `${groups.slice(0, bits / 16).join(":")}::/${bits}`;
}
