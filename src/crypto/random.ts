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
  const bytes = random(length);
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw new CryptoError("E_BAD_RANDOM", "The random source gave the wrong number of bytes.", {
      data: { got: bytes?.length, expected: length },
    });
  }
  return Uint8Array.from(bytes);
}

/** Refuses a source that gave the same secret twice, where two equal ones would give a third away. Throws E_BAD_RANDOM. */
export function requireUnlike(first: Uint8Array, second: Uint8Array): void {
  if (!equalSecrets(first, second)) return;
  throw new CryptoError("E_BAD_RANDOM", "The random source gave the same bytes twice.", {
    why: "It is stuck. With equal secrets a capsule's proof gives its key away.",
    data: { got: 1, expected: 2 },
  });
}
