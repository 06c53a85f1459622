/**
 * Plain LWE re-encryption by matrices of bigints, as the literature has it, for small dimensions: the reference for the ring form, in which every
 * matrix is the negacyclic matrix of a polynomial. Slow and obvious on purpose.
 *
 *   Dec: c2 + c1*S        turn: (Dig(c1)*X, Dig(c1)*Y + c2)
 */
export type Vector = readonly bigint[];
export type Matrix = readonly Vector[];

export const mod = (value: bigint, q: bigint): bigint => ((value % q) + q) % q;

/** The integer in (-q/2, q/2] that is congruent. */
export const centred = (value: bigint, q: bigint): bigint => {
  const residue = mod(value, q);
  return 2n * residue > q ? residue - q : residue;
};

export const add = (a: Vector, b: Vector, q: bigint): Vector => a.map((value, index) => mod(value + b[index], q));

/** The row vector times the matrix. */
export function times(vector: Vector, matrix: Matrix, q: bigint): Vector {
  return matrix[0].map((_, column) =>
    mod(
      vector.reduce((sum, value, row) => sum + value * matrix[row][column], 0n),
      q,
    ),
  );
}

/** The matrix by which a row of coefficients is multiplied by this polynomial modulo x^n + 1: row i is x^i times it. */
export function negacyclic(polynomial: Vector): Matrix {
  const n = polynomial.length;
  return polynomial.map((_, shift) =>
    polynomial.map((_value, at) => (at >= shift ? polynomial[at - shift] : -polynomial[n + at - shift])),
  );
}

/** Schoolbook product modulo x^n + 1. */
export function multiply(a: Vector, b: Vector, q: bigint): Vector {
  return times(a, negacyclic(b), q);
}

/** c2 + c1*S around zero. */
export function phase(c1: Vector, c2: Vector, secret: Matrix, q: bigint): Vector {
  const product = times(c1, secret, q);
  return c2.map((value, index) => centred(value + product[index], q));
}

/** sum of digits times rows: c1' and what is added to c2. */
export function switchKey(digits: readonly Vector[], rows: readonly { x: Matrix; y: Matrix }[], q: bigint) {
  const sum = (side: "x" | "y") =>
    digits.map((digit, index) => times(digit, rows[index][side], q)).reduce((total, part) => add(total, part, q));
  return { c1: sum("x"), c2: sum("y") };
}
