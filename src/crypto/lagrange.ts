/**
 * Lagrange coefficients at zero modulo the order of a group: lambda_i = product over j != i of x_j / (x_j - x_i).
 *
 * The x_j are small integers, or hashes shared by owner and recipient. They and the coefficients lead to no key without the recipient's secret,
 * so variable-time arithmetic is safe here.
 */
import type { Scalar } from "./backend";
import { CryptoError } from "./errors";
import { fromBigInt, invertVartime, ORDER, toBigInt } from "./scalar";

/** All inverses for the price of one inversion: prefix products up, one inversion, back down. */
function invertAll(order: bigint, values: readonly bigint[]): bigint[] {
  const prefixes: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    prefixes.push(product);
    product = (product * value) % order;
  }
  let inverse = invertVartime(product, order);
  const inverses = new Array<bigint>(values.length);
  for (let index = values.length - 1; index >= 0; index--) {
    inverses[index] = (inverse * prefixes[index]) % order;
    inverse = (inverse * values[index]) % order;
  }
  return inverses;
}

/**
 * The coefficients modulo a prime for distinct indices in [1, order - 1]. With X the product of all x, lambda_i = X / (x_i * product(x_j - x_i)), so
 * one inversion serves all. Equal indices throw E_DUPLICATE_SHARE.
 */
export function lagrangeModulo(order: bigint, xs: readonly bigint[]): bigint[] {
  const times = (a: bigint, b: bigint) => (a * b) % order;
  const denominators = xs.map((xi, i) =>
    xs.reduce((product, xj, j) => (i === j ? product : times(product, xj - xi + order)), xi),
  );
  const repeated = denominators.indexOf(0n);
  if (repeated >= 0) {
    throw new CryptoError("E_DUPLICATE_SHARE", "Two answers come from the same share.", { data: { index: repeated } });
  }
  const all = xs.reduce(times, 1n);
  return invertAll(order, denominators).map((inverse) => times(all, inverse));
}

/** The same on secp256k1. */
export function lagrangeAtZero(indices: readonly Scalar[]): Scalar[] {
  return lagrangeModulo(ORDER, indices.map(toBigInt)).map(fromBigInt);
}
