import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";

import {
  fromBigInt,
  invertVartime,
  invertSecret,
  isBelowOrder,
  isLowS,
  isScalar,
  ORDER,
  randomScalar,
  reduceToScalar,
  toBigInt,
} from "../../../src/crypto/scalar";
import { backends, expectRefusal } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

const MAX = 2n ** 256n - 1n;

describe("scalar", () => {
  it("takes 1 to n-1 and nothing else", () => {
    for (const value of [1n, 2n, ORDER - 1n]) expect(isScalar(fromBigInt(value)), `${value}`).to.equal(true);
    for (const value of [0n, ORDER, ORDER + 1n, MAX]) expect(isScalar(fromBigInt(value)), `${value}`).to.equal(false);
  });

  it("compares like integers do", () => {
    const random = seededRandom("scalar comparison");
    const values = Array.from({ length: 500 }, () => toBigInt(random(32)));
    for (const value of [...values, 0n, ORDER - 1n, ORDER, ORDER + 1n, ORDER - 2n ** 200n, ORDER + 2n ** 64n, MAX]) {
      expect(isBelowOrder(fromBigInt(value))).to.equal(value < ORDER);
      expect(isLowS(fromBigInt(value))).to.equal(value <= ORDER / 2n);
    }
    for (const value of [ORDER / 2n, ORDER / 2n + 1n]) expect(isLowS(fromBigInt(value))).to.equal(value <= ORDER / 2n);
  });

  it("reduces to (value mod (n-1)) + 1, never to zero", () => {
    for (const value of [0n, 1n, ORDER - 2n, ORDER - 1n, ORDER, MAX]) {
      expect(toBigInt(reduceToScalar(fromBigInt(value)))).to.equal((value % (ORDER - 1n)) + 1n);
    }
    expect(toBigInt(reduceToScalar(new Uint8Array(64).fill(255)))).to.equal(((2n ** 512n - 1n) % (ORDER - 1n)) + 1n);
  });

  it("rejects values out of range and gives up on a stuck source", () => {
    const outcomes = [fromBigInt(0n), fromBigInt(ORDER), fromBigInt(5n)];
    expect(toBigInt(randomScalar(() => outcomes.shift()!))).to.equal(5n);
    let draws = 0;
    const stuck = (length: number) => {
      draws++;
      return new Uint8Array(length);
    };
    expectRefusal(() => randomScalar(stuck), "E_BAD_RANDOM", { got: 16, expected: 1 });
    expect(draws).to.equal(16);
  });

  it("inverts", () => {
    const random = seededRandom("inversion");
    for (let count = 0; count < 50; count++) {
      const scalar = randomScalar(random);
      const inverse = secp256k1.Point.Fn.inv(toBigInt(scalar));
      expect(invertVartime(toBigInt(scalar))).to.equal(inverse);
      for (const backend of backends) expect(toBigInt(invertSecret(backend, scalar, random))).to.equal(inverse);
    }
    for (const value of [1n, ORDER - 1n]) expect(invertVartime(value)).to.equal(value);
  });
});
