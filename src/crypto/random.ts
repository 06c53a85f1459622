import { sha256 } from "@noble/hashes/sha2.js";

import { toHex } from "../bytes";
import type { RandomSource } from "./engine";
import { CryptoError } from "./errors";
import { equalSecrets } from "./secrets";

/** The operating system's generator and nothing else, at most 65,536 bytes at once. Throws E_BAD_RANDOM where there is none; there is no fallback. */
export function osRandom(length: number): Uint8Array {
  try {
    return globalThis.crypto.getRandomValues(new Uint8Array(length));
  } catch (cause) {
    throw new CryptoError("E_BAD_RANDOM", "The operating system gives no random bytes.", {
      data: { expected: length },
      cause,
    });
  }
}

/**
 * Draws from a source into bytes of our own, which a source that reuses its buffer does not overwrite and we may wipe. Refuses short, long or
 * failing sources with E_BAD_RANDOM. Every use of randomness passes here.
 */
export function draw(random: RandomSource, length: number): Uint8Array {
  const bytes = askFor(random, length);
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw new CryptoError("E_BAD_RANDOM", "The random source gave the wrong number of bytes.", {
      data: { got: bytes?.length, expected: length },
    });
  }
  return Uint8Array.from(bytes);
}

function askFor(random: RandomSource, length: number): Uint8Array {
  try {
    return random(length);
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    throw new CryptoError("E_BAD_RANDOM", "The random source failed.", { data: { expected: length }, cause });
  }
}

/** Refuses a source that gave the same secret twice, where two equal ones would give a third away. Throws E_BAD_RANDOM. */
export function requireUnlike(first: Uint8Array, second: Uint8Array): void {
  if (equalSecrets(first, second)) throw stuck();
}

/**
 * The source of one rekeying, which refuses to give the same bytes twice (E_BAD_RANDOM): a part of a fraction that its node knows would be the
 * secret that hides the owner's key, and equal coefficients would let two nodes do what `threshold` should. It keeps hashes of what
 * it gave, and leaves copying and lengths to `draw`, by which whoever asks it draws.
 */
export function unrepeated(random: RandomSource): RandomSource {
  const given = new Set<string>();
  return (length) => {
    const bytes = askFor(random, length);
    if (!(bytes instanceof Uint8Array)) return bytes;
    const name = toHex(sha256(bytes.subarray(0, COMPARED_LENGTH)));
    if (given.has(name)) throw stuck();
    given.add(name);
    return bytes;
  };
}

/** The shortest draw is of a nonce, 24 bytes; draws of different lengths from a stuck source begin alike. */
const COMPARED_LENGTH = 16;

function stuck(): CryptoError {
  return new CryptoError("E_BAD_RANDOM", "The random source gave the same bytes twice.", {
    why: "It is stuck. With equal secrets what is public gives them away.",
    data: { got: 1, expected: 2 },
  });
}
