import type { RandomSource } from "./engine";
import { CryptoError } from "./errors";

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

/** Draws from a source and refuses short, long or failing ones with E_BAD_RANDOM. Every use of randomness passes here. */
export function draw(random: RandomSource, length: number): Uint8Array {
  const bytes = random(length);
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw new CryptoError("E_BAD_RANDOM", "The random source gave the wrong number of bytes.", {
      data: { got: bytes?.length, expected: length },
    });
  }
  return bytes;
}
