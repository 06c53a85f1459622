/**
 * The arithmetic of ring-LWE re-encryption in R = Z_q[x]/(x^n + 1), with a public uniform a.
 *
 *   keys     s ternary, e noise, p = e - a*s
 *   encrypt  c1 = a*r + e1, c2 = p*r + e2 + m*(q-1)/2, of which the lowest 256 coefficients count
 *   decrypt  c2 + c1*s = m*(q-1)/2 + noise
 *   rekey    rows X = a*r + e1, Y = p_B*r + e2 + g*s_A, one for each g = (q/q_i)*2^(bj)
 *   turn     c1' = sum digit*X + v*a' + f1, c2' = c2 + sum digit*Y + v*p' + f2
 *
 * where c1 = sum g*digit, (a', p') is an encryption of zero to B, v ternary, f1 noise and f2 flooding noise. Rows and (a', p') are uniform to
 * whoever has no secret key, so a re-encryption key names nobody. It is made from B's public key alone.
 */
import { expand } from "../lattice/expand";
import { BINOMIAL_BYTES, centredBinomial, flood, FLOOD_BYTES, ternary, TERNARY_BYTES } from "../lattice/sampler";
import { wipe } from "../secrets";
import { invertMod, powerMod, reduceMod } from "./modulus";
import { digitWidths, MESSAGE_BITS, type LweProfile } from "./profile";
import type { Element, Ring } from "./ring";

/** An encryption of some g*s, as values; g may be zero. */
export interface Row {
  readonly x: Element;
  readonly y: Element;
}

/** c1 all, c2 the lowest 256 coefficients. */
export interface Ciphertext {
  readonly c1: Element;
  readonly c2: Element;
}

/** A uniform element that is nobody's choice, as values: words of 26 bits of a fixed stream, without those past the prime. */
export function uniformElement(ring: Ring, domain: string): Element {
  return ring.primes.map((prime, index) => {
    const stream = expand(`${domain}/${index}`, new Uint8Array(32), 8 * ring.degree);
    const view = new DataView(stream.buffer);
    const words = Array.from({ length: 2 * ring.degree }, (_, at) => view.getUint32(4 * at, true) >>> 6);
    return Int32Array.from(words.filter((word) => word < prime).slice(0, ring.degree));
  });
}

export class LweScheme {
  readonly #widths: readonly number[];
  readonly #a: Element;

  constructor(
    readonly ring: Ring,
    readonly profile: LweProfile,
  ) {
    this.#widths = digitWidths(profile);
    this.#a = uniformElement(ring, this.#domain("a"));
  }

  /** Number of rows of a re-encryption key. */
  get rowCount(): number {
    return this.ring.primes.length * this.#widths.length;
  }

  /** s, from a seed, as values. */
  secret(seed: Uint8Array): Element {
    return this.#ternary(seed, "secret");
  }

  /** p, of a seed, as values. */
  publicKey(seed: Uint8Array): Element {
    const { ring } = this;
    const [secret, error] = [this.secret(seed), this.#noise(seed, "error")];
    const product = ring.multiply(this.#a, secret);
    const publicKey = ring.subtract(error, product);
    wipe(...secret, ...error, ...product);
    return publicKey;
  }

  /** Encrypts 256 bits; all randomness follows from `seed`. */
  encrypt(publicKey: Element, message: Uint8Array, seed: Uint8Array): Ciphertext {
    const { ring } = this;
    const { x, y } = this.#zero(publicKey, seed, "encrypt");
    const half = (ring.modulus - 1) / 2;
    const bits = Float64Array.from({ length: MESSAGE_BITS }, (_, at) => half * ((message[at >> 3] >> (at & 7)) & 1));
    const c2 = ring.interpolate(y).map((residues) => residues.subarray(0, MESSAGE_BITS));
    return { c1: ring.interpolate(x), c2: ring.add(c2, ring.fromIntegers(bits)) };
  }

  /** The 256 bits that are nearest. */
  decrypt(secret: Element, ciphertext: Ciphertext): Uint8Array {
    const { modulus } = this.ring;
    const message = new Uint8Array(MESSAGE_BITS / 8);
    this.phase(secret, ciphertext).forEach((value, at) => {
      message[at >> 3] |= Math.floor((4 * Math.abs(value)) / modulus) << (at & 7);
    });
    return message;
  }

  /** c2 + c1*s: message and noise, as integers around zero. */
  phase(secret: Element, { c1, c2 }: Ciphertext): Float64Array {
    const { ring } = this;
    const product = ring.interpolate(ring.multiply(ring.evaluate(c1), secret));
    return ring.toIntegers(ring.add(c2, product));
  }

  /** The encryption of zero that randomises turns, then the rows of a re-encryption key. */
  rekey(owner: Element, recipientPublicKey: Element, seed: Uint8Array): Row[] {
    const zero = this.#zero(recipientPublicKey, seed, "zero");
    const rows = this.#gadget().map((residues, index) => {
      const { x, y } = this.#zero(recipientPublicKey, seed, `row/${index}`);
      return { x, y: this.ring.add(y, this.ring.scale(owner, residues)) };
    });
    return [zero, ...rows];
  }

  /** Turns a ciphertext; all randomness follows from `seed`. */
  turn([zero, ...rows]: readonly Row[], { c1, c2 }: Ciphertext, seed: Uint8Array): Ciphertext {
    const { ring } = this;
    const factors = [this.#ternary(seed, "randomiser"), ...this.digits(c1).map((digit) => this.#values(digit))];
    const sum = (side: "x" | "y") =>
      ring.interpolate(
        [zero, ...rows]
          .map((row, index) => ring.multiply(row[side], factors[index]))
          .reduce((total, product) => ring.add(total, product)),
      );
    const noise = centredBinomial(this.#expand(seed, "noise", BINOMIAL_BYTES * ring.degree));
    const flooding = flood(this.#expand(seed, "flood", FLOOD_BYTES * MESSAGE_BITS), this.profile.floodBits);
    return {
      c1: ring.add(sum("x"), ring.fromIntegers(noise)),
      c2: ring.add(ring.add(c2, sum("y")), ring.fromIntegers(flooding)),
    };
  }

  /** The digits of c1, one polynomial to a row, each in [-2^(b-1), 2^(b-1)) but the top one, with c1 = sum g*digit. */
  digits(c1: Element): Int32Array[] {
    const { primes } = this.ring;
    return primes.flatMap((prime, index) => {
      const inverse = invertMod(this.#cofactor(index, prime), prime);
      const inverses = primes.map(() => inverse);
      return splitDigits(this.ring.scale(c1, inverses)[index], prime, this.#widths);
    });
  }

  /** g = (q/q_i)*2^(bj) of every row, by its residues. It is zero to all primes but q_i. */
  #gadget(): number[][] {
    const { primes } = this.ring;
    return primes.flatMap((prime, index) =>
      this.#widths.map((_, digit) => {
        const power = powerMod(2, this.profile.digitBits * digit, prime);
        const factor = (this.#cofactor(index, prime) * power) % prime;
        return primes.map((_prime, at) => (at === index ? factor : 0));
      }),
    );
  }

  /** q/q_i mod q_i. */
  #cofactor(index: number, prime: number): number {
    return this.ring.primes.reduce((product, other, at) => (at === index ? product : (product * other) % prime), 1);
  }

  #zero(publicKey: Element, seed: Uint8Array, use: string): Row {
    const { ring } = this;
    const r = this.#ternary(seed, `${use}/r`);
    return {
      x: ring.add(ring.multiply(this.#a, r), this.#noise(seed, `${use}/e1`)),
      y: ring.add(ring.multiply(publicKey, r), this.#noise(seed, `${use}/e2`)),
    };
  }

  #ternary(seed: Uint8Array, use: string): Element {
    return this.#values(ternary(this.#expand(seed, use, TERNARY_BYTES * this.ring.degree)));
  }

  #noise(seed: Uint8Array, use: string): Element {
    return this.#values(centredBinomial(this.#expand(seed, use, BINOMIAL_BYTES * this.ring.degree)));
  }

  /** Integers as an element given by values; wipes them. */
  #values(integers: Int32Array): Element {
    const coefficients = this.ring.fromIntegers(integers);
    const element = this.ring.evaluate(coefficients);
    wipe(integers, ...coefficients);
    return element;
  }

  #expand(seed: Uint8Array, use: string, length: number): Uint8Array {
    return expand(this.#domain(use), seed, length);
  }

  #domain(use: string): string {
    return `nkms/v1/${this.profile.name}/${use}`;
  }
}

/** Balanced digits of public residues of one prime, lowest first. */
function splitDigits(residues: Int32Array, prime: number, widths: readonly number[]): Int32Array[] {
  const middle = (prime - 1) / 2;
  const digits = widths.map(() => new Int32Array(residues.length));
  for (let at = 0; at < residues.length; at++) {
    let rest = reduceMod(residues[at] + middle, prime) - middle;
    for (let index = 0; index < widths.length - 1; index++) {
      const half = 2 ** (widths[index] - 1);
      const digit = ((rest + half) & (2 * half - 1)) - half;
      digits[index][at] = digit;
      rest = (rest - digit) >> widths[index];
    }
    digits[widths.length - 1][at] = rest;
  }
  return digits;
}
