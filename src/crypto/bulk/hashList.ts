/** The hashes of a file's chunks, 32 bytes each in one array that grows: as objects of their own they would take some 450. */
export const HASH_LENGTH = 32;
const FIRST_CAPACITY = 64;

export class HashList {
  private bytes = new Uint8Array(FIRST_CAPACITY * HASH_LENGTH);
  private hashes = 0;

  get count(): number {
    return this.hashes;
  }

  push(hash: Uint8Array): void {
    const offset = this.hashes * HASH_LENGTH;
    if (offset === this.bytes.length) this.grow();
    this.bytes.set(hash, offset);
    this.hashes++;
  }

  /** A view of one hash; undefined past the last. */
  at(index: number): Uint8Array | undefined {
    if (index >= this.hashes) return undefined;
    return this.bytes.subarray(index * HASH_LENGTH, (index + 1) * HASH_LENGTH);
  }

  private grow(): void {
    const longer = new Uint8Array(2 * this.bytes.length);
    longer.set(this.bytes);
    this.bytes = longer;
  }
}
