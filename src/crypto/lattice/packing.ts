/** Integers of a fixed number of bits one after another, lowest bit first, the last byte filled up with zeros. */
import { requireLength } from "../encoding";
import { badEncoding } from "../errors";
import { wipe } from "../secrets";

/** Length in bytes of `count` values. */
export function packedLength(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

/** Packs values of [0, 2^bits), bits at most 26. */
export function pack(values: Int32Array, bits: number): Uint8Array {
  const bytes = new Uint8Array(packedLength(values.length, bits));
  let held = 0;
  let filled = 0;
  let offset = 0;
  for (let index = 0; index < values.length; index++) {
    held += values[index] * 2 ** filled;
    for (filled += bits; filled >= 8; filled -= 8) {
      bytes[offset++] = held;
      held = Math.floor(held / 256);
    }
  }
  if (filled > 0) bytes[offset] = held;
  return bytes;
}

/**
 * Unpacks `count` values, all below `bound`, which is at most 2^bits. There is one encoding of each list of values. The error says nothing of a
 * value. Throws E_BAD_ENCODING.
 */
export function unpack(field: string, bytes: Uint8Array, count: number, bits: number, bound: number): Int32Array {
  requireLength(field, bytes, packedLength(count, bits));
  const padded = new Uint8Array(bytes.length + 5);
  padded.set(bytes);
  const values = new Int32Array(count);
  let largest = 0;
  for (let index = 0; index < count; index++) {
    values[index] = bitsAt(padded, index * bits, bits);
    largest = Math.max(largest, values[index]);
  }
  const isFilled = bitsAt(padded, count * bits, 7) === 0;
  wipe(padded);
  if (largest >= bound) throw badEncoding(field, "has a coefficient out of range", ">= q", "< q");
  if (!isFilled) throw badEncoding(field, "has bits after its last coefficient", "1", "0");
  return values;
}

/** At most 26 bits from a place on. They lie in five bytes, four of which fit a word. */
function bitsAt(bytes: Uint8Array, place: number, bits: number): number {
  const [start, shift] = [place >> 3, place & 7];
  const word = bytes[start] | (bytes[start + 1] << 8) | (bytes[start + 2] << 16) | (bytes[start + 3] << 24);
  const above = (bytes[start + 4] << (31 - shift)) << 1;
  return ((word >>> shift) | above) & (2 ** bits - 1);
}
