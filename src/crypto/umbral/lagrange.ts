/**
 * Lagrange coefficients at zero mod n: lambda_i = product over j != i of x_j / (x_j - x_i).
 *
 * The x_j are hashes shared by owner and recipient. They and the coefficients lead to no key without the recipient's secret,
 * so variable-time arithmetic is safe here.
 */
import type { Scalar } from "../backend";
import { CryptoError } from "../errors";
import { fromBigInt, invertVartime, ORDER, toBigInt } from "../scalar";

function modulo(value: bigint): bigint {
  const remainder = value % ORDER;
  return remainder < 0n ? remainder + ORDER : remainder;
}

/** All inverses for the price of one inversion: prefix products up, one inversion, back down. */
function invertAll(values: readonly bigint[]): bigint[] {
  const prefixes: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    prefixes.push(product);
    product = modulo(product * value);
  }
  let inverse = invertVartime(product);
  const inverses = new Array<bigint>(values.length);
  for (let index = values.length - 1; index >= 0; index--) {
    inverses[index] = modulo(inverse * prefixes[index]);
    inverse = modulo(inverse * values[index]);
  }
  return inverses;
}

/**
 * The coefficients for distinct indices. With X the product of all x, lambda_i = X / (x_i * product(x_j - x_i)), so one
 * inversion serves all. Equal indices throw E_DUPLICATE_SHARE.
 */
export function lagrangeAtZero(indices: readonly Scalar[]): Scalar[] {
  const xs = indices.map(toBigInt);
  const denominators = xs.map((xi, i) =>
    xs.reduce((product, xj, j) => (i === j ? product : modulo(product * (xj - xi))), xi),
  );
  const repeated = denominators.indexOf(0n);
  if (repeated >= 0) {
    throw new CryptoError("E_DUPLICATE_SHARE", "Two answers come from the same share.", { data: { index: repeated } });
  }
  const all = xs.reduce((product, x) => modulo(product * x), 1n);
  return invertAll(denominators).map((inverse) => fromBigInt(modulo(all * inverse)));
}
