/**
 * Arithmetic modulo primes below 2^26, on which products are exact in doubles and no step branches on a value. `ratio` is 1/q, or w/q for a
 * constant factor w.
 */

/** Adds q to a negative value. */
export function fold(value: number, q: number): number {
  return value + (q & (value >> 31));
}

/** a*b mod q for a, b in [0, q): the quotient by a double may be off by one, so the remainder is folded from both sides. */
export function multiplyMod(a: number, b: number, q: number, ratio: number): number {
  const remainder = (Math.imul(a, b) - Math.imul((a * ratio * b) | 0, q)) | 0;
  return fold(fold(remainder, q) - q, q);
}

/** base^exponent mod q for public values. */
export function powerMod(base: number, exponent: number, q: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiplyMod(result, square, q, 1 / q);
    square = multiplyMod(square, square, q, 1 / q);
  }
  return result;
}

/** 1/value mod q for a public value. */
export function invertMod(value: number, q: number): number {
  return powerMod(value, q - 2, q);
}

/** An integer of any sign below 2^52 in size, mod q. */
export function reduceMod(value: number, q: number): number {
  return fold((value - Math.floor(value / q) * q) | 0, q);
}
