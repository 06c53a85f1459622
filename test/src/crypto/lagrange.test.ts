import { bls12_381 } from "@noble/curves/bls12-381.js";
import { expect } from "chai";

import { fromBigInt, ORDER, randomScalar, toBigInt } from "../../../src/crypto/scalar";
import { lagrangeAtZero, lagrangeModulo } from "../../../src/crypto/lagrange";
import { expectRefusal } from "../../support/crypto";
import { seededRandom } from "../../support/seededRandom";

const modulo = (value: bigint) => ((value % ORDER) + ORDER) % ORDER;

describe("lagrange", () => {
  const random = seededRandom("lagrange");

  it("recovers f(0) of every polynomial of smaller degree from 1 to 32 points", () => {
    for (const count of [1, 2, 3, 7, 16, 32]) {
      const coefficients = Array.from({ length: count }, () => toBigInt(randomScalar(random)));
      const indices = Array.from({ length: count }, () => randomScalar(random));
      const values = indices.map((x) => coefficients.reduceRight((sum, c) => modulo(sum * toBigInt(x) + c), 0n));
      const lambdas = lagrangeAtZero(indices);
      const constant = lambdas.reduce((sum, lambda, i) => modulo(sum + toBigInt(lambda) * values[i]), 0n);
      expect(constant).to.equal(coefficients[0]);
    }
  });

  it("satisfies lambda_i * product(x_j - x_i) = product(x_j) for small indices", () => {
    const xs = [1n, 2n, 5n, ORDER - 1n];
    lagrangeAtZero(xs.map(fromBigInt)).forEach((lambda, i) => {
      const others = xs.filter((_x, j) => j !== i);
      const left = others.reduce((product, x) => modulo(product * (x - xs[i])), toBigInt(lambda));
      expect(left).to.equal(others.reduce((product, x) => modulo(product * x), 1n));
    });
  });

  it("recovers f(0) modulo the order of BLS12-381's groups too", () => {
    const order = bls12_381.fields.Fr.ORDER;
    const [constant, slope] = [order - 5n, order - 9n];
    const xs = [1n, 7n, 32n];
    const weights = lagrangeModulo(order, xs);
    const sum = xs.reduce((total, x, at) => total + weights[at] * (constant + slope * x), 0n);
    expect(sum % order).to.equal(constant);
  });

  it("refuses equal indices", () => {
    const indices = [3n, 7n, 3n].map(fromBigInt);
    expectRefusal(() => lagrangeAtZero(indices), "E_DUPLICATE_SHARE", { index: 0 });
  });
});
