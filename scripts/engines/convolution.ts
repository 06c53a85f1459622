/** Least squares for polynomials, by Fourier transforms. */

/** One equation of polynomials modulo x^n - 1: factors[0]*x + factors[1]*y = value. */
export interface ConvolutionEquation {
  readonly factors: readonly Int32Array[];
  readonly value: Int32Array;
}

/** Of real values, so that the upper half of the frequencies mirrors the lower. */
function transform(values: ArrayLike<number>): { re: Float64Array; im: Float64Array } {
  const n = values.length;
  const angles = Array.from({ length: n }, (_, at) => (-2 * Math.PI * at) / n);
  const [cos, sin] = [angles.map(Math.cos), angles.map(Math.sin)];
  const [re, im] = [new Float64Array(n), new Float64Array(n)];
  const middle = n >> 1;
  for (let at = 0; at < n; at++) {
    if (values[at] === 0) continue;
    for (let k = 0, place = 0; k <= middle; k++, place = (place + at) % n) {
      re[k] += values[at] * cos[place];
      im[k] += values[at] * sin[place];
    }
  }
  for (let k = middle + 1; k < n; k++) [re[k], im[k]] = [re[n - k], -im[n - k]];
  return { re, im };
}

/**
 * Least squares for two unknown polynomials: frequency by frequency, where each is a complex number. A frequency at which the factors vanish is
 * left at zero.
 */
export function leastSquaresConvolution(equations: readonly ConvolutionEquation[]): [Float64Array, Float64Array] {
  const n = equations[0].value.length;
  const spectra = equations.map(({ factors: [a, b], value }) => [a, b, value].map(transform));
  const solved = [0, 1].map(() => ({ re: new Float64Array(n), im: new Float64Array(n) }));
  for (let k = 0; k < n; k++) {
    let [aa, bb, abRe, abIm, ayRe, ayIm, byRe, byIm] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (const [a, b, y] of spectra) {
      aa += a.re[k] ** 2 + a.im[k] ** 2;
      bb += b.re[k] ** 2 + b.im[k] ** 2;
      abRe += a.re[k] * b.re[k] + a.im[k] * b.im[k];
      abIm += a.re[k] * b.im[k] - a.im[k] * b.re[k];
      ayRe += a.re[k] * y.re[k] + a.im[k] * y.im[k];
      ayIm += a.re[k] * y.im[k] - a.im[k] * y.re[k];
      byRe += b.re[k] * y.re[k] + b.im[k] * y.im[k];
      byIm += b.re[k] * y.im[k] - b.im[k] * y.re[k];
    }
    const determinant = aa * bb - abRe ** 2 - abIm ** 2;
    if (determinant < 1e-6) continue;
    solved[0].re[k] = (bb * ayRe - abRe * byRe + abIm * byIm) / determinant;
    solved[0].im[k] = (bb * ayIm - abRe * byIm - abIm * byRe) / determinant;
    solved[1].re[k] = (aa * byRe - abRe * ayRe - abIm * ayIm) / determinant;
    solved[1].im[k] = (aa * byIm - abRe * ayIm + abIm * ayRe) / determinant;
  }
  const [x, y] = solved.map(({ re, im }) => {
    const [cosines, sines] = [transform(re), transform(im)];
    return Float64Array.from(cosines.re, (value, at) => (value + sines.im[at]) / n);
  });
  return [x, y];
}
