import { createHash } from "node:crypto";

import type { RandomSource } from "../../src/crypto/engine";

/** A reproducible source for tests and vectors: SHA-256(seed ‖ ":" ‖ counter), block after block, cut at each draw's end. */
export function seededRandom(seed: string): RandomSource {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash("sha256").update(`${seed}:${counter++}`).digest();
      bytes.set(block.subarray(0, length - offset), offset);
    }
    return bytes;
  };
}
