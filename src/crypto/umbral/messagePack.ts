/**
 * The MessagePack forms other Umbral libraries write (`toBytes` of umbral-pre): the fields of the fixed layouts, in the same order,
 * with array and bin8 headers between. Readers accept exactly what the writers make; what they give back has the fixed layout and
 * is still to be read.
 */
import { concat } from "../../bytes";
import { splitFields } from "../encoding";
import { badEncoding } from "../errors";
import { U_ENCODED } from "./params";

/** Constant bytes, then a field of the fixed layout. A boolean differs from its flag byte by `mask`. */
interface Step {
  readonly header: Uint8Array;
  readonly length: number;
  readonly mask: number;
}

const BIN8 = 0xc4;
const FALSE = 0xc2;

const constant = (...bytes: number[]): Step => ({ header: Uint8Array.from(bytes), length: 0, mask: 0 });
const array = (count: number): Step => constant(0x90 + count);
const bin = (length: number): Step => ({ header: Uint8Array.of(BIN8, length), length, mask: 0 });
const BOOLEAN: Step = { header: new Uint8Array(0), length: 1, mask: FALSE };

const CAPSULE = [array(3), bin(33), bin(33), bin(32)];

const CFRAG_PROOF = [array(6), bin(33), bin(33), bin(33), bin(33), bin(32), bin(64)];
const CFRAG = [array(5), bin(33), bin(33), bin(32), bin(33), ...CFRAG_PROOF];

const KFRAG_PARAMETERS = [array(1), constant(BIN8, 33, ...U_ENCODED)];
const KFRAG_PROOF = [array(5), bin(33), bin(64), bin(64), BOOLEAN, BOOLEAN];
const KFRAG = [array(5), ...KFRAG_PARAMETERS, bin(32), bin(32), bin(33), ...KFRAG_PROOF];

function pack(name: string, steps: readonly Step[], fixed: Uint8Array): Uint8Array {
  const lengths = steps.map((step) => step.length);
  const fields = splitFields(name, fixed, lengths);
  return concat(...steps.flatMap(({ header, mask }, index) => [header, fields[index].map((byte) => byte ^ mask)]));
}

function unpack(name: string, steps: readonly Step[], packed: Uint8Array): Uint8Array {
  const lengths = steps.flatMap((step) => [step.header.length, step.length]);
  const parts = splitFields(name, packed, lengths);
  const fields = steps.map(({ header, mask }, index) => {
    requireHeader(name, header, parts[2 * index]);
    return parts[2 * index + 1].map((byte) => byte ^ mask);
  });
  return concat(...fields);
}

function requireHeader(name: string, expected: Uint8Array, got: Uint8Array): void {
  const different = expected.findIndex((byte, index) => byte !== got[index]);
  if (different < 0) return;
  throw badEncoding(name, "has a wrong MessagePack header", got[different], expected[different]);
}

/** 98 to 105 bytes. */
export const packCapsule = (capsule: Uint8Array): Uint8Array => pack("capsule", CAPSULE, capsule);
/** 105 to 98 bytes. */
export const unpackCapsule = (packed: Uint8Array): Uint8Array => unpack("capsule", CAPSULE, packed);
/** 260 to 310 bytes. */
export const packKFrag = (kfrag: Uint8Array): Uint8Array => pack("kfrag", KFRAG, kfrag);
/** 310 to 260 bytes. Other parameters than the standard U are refused. */
export const unpackKFrag = (packed: Uint8Array): Uint8Array => unpack("kfrag", KFRAG, packed);
/** 359 to 381 bytes. */
export const packCFrag = (cfrag: Uint8Array): Uint8Array => pack("cfrag", CFRAG, cfrag);
/** 381 to 359 bytes. */
export const unpackCFrag = (packed: Uint8Array): Uint8Array => unpack("cfrag", CFRAG, packed);
