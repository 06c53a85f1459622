/**
 * Randomness of the demo, so that a seed tells the same story again: SHA-256 of seed, label and counter. Real programs use
 * `osRandom`; nobody may protect anything with these keys.
 */
import { createHash } from "node:crypto";

export class SeededRandom {
  #counter = 0;

  constructor(private readonly label: string) {}

  /** The next `length` bytes; a RandomSource of the crypto room. */
  readonly bytes = (length: number): Uint8Array => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHash("sha256").update(`${this.label}/${this.#counter++}`).digest());
    }
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
  };

  /** A number in [0, bound); its bias is below bound / 2^128. */
  below(bound: bigint): bigint {
    return BigInt("0x" + Buffer.from(this.bytes(16)).toString("hex")) % bound;
  }
}
