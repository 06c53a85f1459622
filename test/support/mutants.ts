import { concat, equalBytes } from "../../src/bytes";
import type { RandomSource } from "../../src/crypto/engine";
import { GROUP_ORDER } from "../../src/crypto/afgh/scalar";
import { fromBigInt, ORDER } from "../../src/crypto/scalar";

const FIELD = 2n ** 256n - 2n ** 32n - 977n;

/** Integers at which decoders of 32 bytes go wrong: around zero, the orders and half orders of the groups, and the field's prime. */
const EDGES = [0n, ORDER / 2n, ORDER, FIELD, GROUP_ORDER, 2n ** 256n]
  .flatMap((edge) => [edge - 1n, edge, edge + 1n])
  .filter((value) => value >= 0n && value < 2n ** 256n)
  .map(fromBigInt);
const EDGE_BYTES = [0, 1, 2, 3, 4, 0x20, 0x40, 0x7f, 0x80, 0xc0, 0xfe, 0xff];
const LONGEST_RUN = 64;

type Mutation = (bytes: Uint8Array, sibling: Uint8Array, draw: Draw) => Uint8Array;

/** Small decisions from a source of bytes. */
class Draw {
  constructor(readonly bytes: RandomSource) {}

  /** A number below `bound`, at most 2^32. */
  below(bound: number): number {
    const drawn = this.bytes(4);
    return Math.floor((new DataView(drawn.buffer, drawn.byteOffset).getUint32(0) / 2 ** 32) * bound);
  }

  /** A run of at most 64 bytes somewhere in `length` bytes. */
  run(length: number): [start: number, end: number] {
    const start = this.below(length);
    return [start, Math.min(length, start + 1 + this.below(LONGEST_RUN))];
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}

/** The bytes with others from a place on, as far as they fit. */
function overwritten(bytes: Uint8Array, start: number, others: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed.set(others.subarray(0, bytes.length - start), start);
  return changed;
}

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, _sibling, draw) {
    const changed = Uint8Array.from(bytes);
    for (let left = 1 + draw.below(8); left > 0; left--) changed[draw.below(bytes.length)] ^= 1 << draw.below(8);
    return changed;
  },
  function randomRun(bytes, _sibling, draw) {
    const [start, end] = draw.run(bytes.length);
    return overwritten(bytes, start, draw.bytes(end - start));
  },
  (bytes, _sibling, draw) => overwritten(bytes, draw.below(bytes.length), draw.pick(EDGES)),
  (bytes, _sibling, draw) => overwritten(bytes, draw.below(bytes.length), Uint8Array.of(draw.pick(EDGE_BYTES))),
  function siblingsRun(bytes, sibling, draw) {
    const [start, end] = draw.run(Math.min(bytes.length, sibling.length));
    return overwritten(bytes, start, sibling.subarray(start, end));
  },
  (bytes, sibling, draw) => {
    const cut = draw.below(Math.min(bytes.length, sibling.length));
    return concat(bytes.subarray(0, cut), sibling.subarray(cut));
  },
  function movedRun(bytes, _sibling, draw) {
    const [start, end] = draw.run(bytes.length);
    return overwritten(bytes, draw.below(bytes.length), bytes.subarray(start, end));
  },
  function withoutRun(bytes, _sibling, draw) {
    const [start, end] = draw.run(bytes.length);
    return concat(bytes.subarray(0, start), bytes.subarray(end));
  },
  function insertedRun(bytes, _sibling, draw) {
    const at = draw.below(bytes.length + 1);
    return concat(bytes.subarray(0, at), draw.bytes(1 + draw.below(LONGEST_RUN)), bytes.subarray(at));
  },
  (bytes, _sibling, draw) => concat(bytes.subarray(0, draw.below(2)), draw.bytes(bytes.length)).slice(0, bytes.length),
];

/** Random changes of an encoding: never itself and never `sibling`, another valid one of the same kind, parts of which come in. */
export function* mutants(
  bytes: Uint8Array,
  sibling: Uint8Array,
  count: number,
  random: RandomSource,
): Generator<Uint8Array> {
  const draw = new Draw(random);
  for (let made = 0; made < count;) {
    const mutant = draw.pick(MUTATIONS)(bytes, sibling, draw);
    if (equalBytes(mutant, bytes) || equalBytes(mutant, sibling)) continue;
    made++;
    yield mutant;
  }
}
