import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";

import { concat } from "../../../src/bytes";
import { decodePoint, decodeScalar, decodeSignature, encodePoint, splitFields } from "../../../src/crypto/encoding";
import { fromBigInt, ORDER, randomScalar, toBigInt } from "../../../src/crypto/scalar";
import { backends, expectRefusal } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";

const P = 2n ** 256n - 2n ** 32n - 977n;
const { Fp } = secp256k1.Point;
const SMALLEST_X = 1n;

/** A compressed encoding of any x. */
const compressed = (prefix: number, x: bigint) => concat(Uint8Array.of(prefix), fromBigInt(x));

function isOnCurve(x: bigint): boolean {
  const square = Fp.create(x ** 3n + 7n);
  return Fp.pow(square, (P - 1n) / 2n) === 1n;
}

/** The first x from `start` on that is, or is not, the abscissa of a point. */
function nextX(start: bigint, onCurve: boolean): bigint {
  let x = start;
  while (isOnCurve(x) !== onCurve) x++;
  return x;
}

describe("encoding", () => {
  for (const backend of backends) {
    const read = (bytes: Uint8Array) => decodePoint(backend, "key", bytes);

    context(`points on ${backend.name}`, () => {
      const point = compressed(2, nextX(SMALLEST_X, true));

      it("refuses lengths other than 33, among them the uncompressed, hybrid and identity encodings", () => {
        const uncompressed = secp256k1.Point.fromBytes(point).toBytes(false);
        const hybrid = Uint8Array.from(uncompressed);
        hybrid[0] = 6;
        const cases = [new Uint8Array(0), Uint8Array.of(0), point.slice(0, 32), concat(point, Uint8Array.of(0))];
        for (const bytes of [...cases, uncompressed, hybrid]) {
          expectRefusal(() => read(bytes), "E_BAD_ENCODING", { field: "key", got: bytes.length, expected: 33 });
        }
      });

      it("refuses what is not a Uint8Array", () => {
        const data = { field: "key", got: "string", expected: 33 };
        expectRefusal(() => read("02" as unknown as Uint8Array), "E_BAD_ENCODING", data);
      });

      it("refuses every prefix but 02 and 03", () => {
        for (let prefix = 0; prefix < 256; prefix++) {
          if (prefix === 2 || prefix === 3) continue;
          const bytes = concat(Uint8Array.of(prefix), point.slice(1));
          expectRefusal(() => read(bytes), "E_BAD_ENCODING", { field: "key", got: prefix, expected: [2, 3] });
        }
        expectRefusal(() => read(new Uint8Array(33)), "E_BAD_ENCODING", { field: "key", got: 0, expected: [2, 3] });
      });

      it("refuses x >= n, whether or not it is below p", () => {
        for (const x of [ORDER, nextX(ORDER, true), P - 1n, P, P + nextX(SMALLEST_X, true), 2n ** 256n - 1n]) {
          const data = { field: "key", got: "x >= n", expected: "x < n" };
          expectRefusal(() => read(compressed(2, x)), "E_BAD_ENCODING", data);
        }
      });

      it("refuses x off the curve", () => {
        for (const start of [0n, 2n ** 100n, ORDER - 100n]) {
          const data = { field: "key", got: "no such point", expected: "a point" };
          expectRefusal(() => read(compressed(3, nextX(start, false))), "E_BAD_ENCODING", data);
        }
      });

      it("takes exactly the points of the curve among random strings and gives their bytes back", () => {
        const random = seededRandom("encoding mutants");
        for (let count = 0; count < 1000; count++) {
          const bytes = random(33);
          bytes[0] = 2 + (bytes[0] & 1);
          const x = toBigInt(bytes.subarray(1));
          if (isOnCurve(x) && x < ORDER) {
            const decoded = read(bytes);
            expect(encodePoint(decoded)).to.deep.equal(bytes);
            expect(Fp.sqr(toBigInt(decoded.subarray(33)))).to.equal(Fp.create(x ** 3n + 7n));
          } else {
            expect(() => read(bytes)).to.throw(/not on the curve|out of range/);
          }
        }
      });
    });
  }

  context("scalars", () => {
    it("refuses 0, n and more, and every other length", () => {
      for (const value of [0n, ORDER, ORDER + 1n, 2n ** 256n - 1n]) {
        const data = { field: "key", got: "0 or >= n", expected: "1 to n-1" };
        expectRefusal(() => decodeScalar("key", fromBigInt(value)), "E_BAD_ENCODING", data);
      }
      for (const got of [0, 31, 33]) {
        const data = { field: "key", got, expected: 32 };
        expectRefusal(() => decodeScalar("key", new Uint8Array(got).fill(1)), "E_BAD_ENCODING", data);
      }
    });

    it("shows nothing of a refused secret", () => {
      const secret = fromBigInt(2n ** 256n - 2n ** 64n + 0xabcdef0123n);
      const shown = JSON.stringify(thrown(() => decodeScalar("key", secret)));
      expect(shown.toLowerCase()).to.not.match(/abcdef|171,205,239/);
    });
  });

  context("signatures", () => {
    const half = ORDER / 2n;
    const signature = (r: bigint, s: bigint) => concat(fromBigInt(r), fromBigInt(s));

    it("takes s up to n/2 and refuses more", () => {
      expect(decodeSignature("signature", signature(1n, half))).to.have.length(64);
      const data = { field: "signature", got: "s > n/2", expected: "s <= n/2" };
      for (const s of [half + 1n, ORDER - 1n]) {
        expectRefusal(() => decodeSignature("signature", signature(1n, s)), "E_BAD_ENCODING", data);
      }
    });

    it("refuses r or s of 0 or n, and every other length", () => {
      for (const bad of [0n, ORDER]) {
        const data = { got: "0 or >= n", expected: "1 to n-1" };
        const refuse = (r: bigint, s: bigint, field: string) =>
          expectRefusal(() => decodeSignature("sig", signature(r, s)), "E_BAD_ENCODING", { field, ...data });
        refuse(bad, 1n, "sig.r");
        refuse(1n, bad, "sig.s");
      }
      for (const got of [63, 65, 72]) {
        const data = { field: "sig", got, expected: 64 };
        expectRefusal(() => decodeSignature("sig", new Uint8Array(got).fill(1)), "E_BAD_ENCODING", data);
      }
    });
  });

  context("fixed layouts", () => {
    it("cuts exactly, refuses trailing bytes and keeps a copy of its own", () => {
      const bytes = Uint8Array.of(1, 2, 3);
      const [head, tail] = splitFields("value", bytes, [1, 2]);
      bytes.fill(9);
      expect([...head, ...tail]).to.deep.equal([1, 2, 3]);
      for (const got of [0, 2, 4]) {
        const data = { field: "value", got, expected: 3 };
        expectRefusal(() => splitFields("value", new Uint8Array(got), [1, 2]), "E_BAD_ENCODING", data);
      }
    });
  });

  it("reads back every encoding the back-ends make", () => {
    const random = seededRandom("x below n");
    for (const backend of backends) {
      for (let count = 0; count < 20; count++) {
        const encoded = encodePoint(backend.multiplyBase(randomScalar(random)));
        expect(encodePoint(decodePoint(backend, "key", encoded))).to.deep.equal(encoded);
      }
    }
  });
});
