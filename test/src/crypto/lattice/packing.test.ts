import { expect } from "chai";
import fc from "fast-check";

import { pack, packedLength, unpack } from "../../../../src/crypto/lattice/packing";
import { expectRefusal } from "../../../support/crypto";

/** Packing as a number: value i weighs 2^(bits*i), bytes lowest first. */
function reference(values: readonly number[], bits: number): number[] {
  const whole = values.reduceRight((sum, value) => (sum << BigInt(bits)) | BigInt(value), 0n);
  return Array.from({ length: packedLength(values.length, bits) }, (_, at) => Number((whole >> BigInt(8 * at)) & 255n));
}

describe("packing", () => {
  it("is the number whose digits the values are, and comes back (I-L1)", () => {
    const list = fc
      .integer({ min: 1, max: 26 })
      .chain((bits) => fc.tuple(fc.constant(bits), fc.array(fc.nat(2 ** bits - 1), { minLength: 1, maxLength: 40 })));
    const property = fc.property(list, ([bits, values]) => {
      const bytes = pack(Int32Array.from(values), bits);
      expect([...bytes]).to.deep.equal(reference(values, bits));
      expect([...unpack("values", bytes, values.length, bits, 2 ** bits)]).to.deep.equal(values);
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("accepts no other bytes: what is read is what would be written", () => {
    const property = fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), (bytes) => {
      try {
        expect(pack(unpack("values", bytes, 2, 26, 2 ** 26 - 5), 26)).to.deep.equal(bytes);
      } catch (error) {
        expect((error as { code?: string }).code).to.equal("E_BAD_ENCODING");
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it("refuses wrong lengths, values out of range and bits after the last", () => {
    const refuse = (bytes: Uint8Array, got: unknown, expected: unknown) =>
      expectRefusal(() => unpack("values", bytes, 2, 11, 2000), "E_BAD_ENCODING", { field: "values", got, expected });
    refuse(new Uint8Array(2), 2, 3);
    refuse(new Uint8Array(4), 4, 3);
    refuse(pack(Int32Array.of(1999, 2000), 11), ">= q", "< q");
    refuse(Uint8Array.of(0, 0, 64), "1", "0");
    refuse(Uint8Array.of(0, 0, 128), "1", "0");
    expect([...unpack("values", pack(Int32Array.of(1999, 0), 11), 2, 11, 2000)]).to.deep.equal([1999, 0]);
  });
});
