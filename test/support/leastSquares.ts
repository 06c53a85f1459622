/** Least squares by the normal equations and Gaussian elimination with pivots: the x for which |rows*x - values| is least. */
export function leastSquares(rows: readonly number[][], values: readonly number[]): number[] {
  const unknowns = rows[0].length;
  const system = Array.from({ length: unknowns }, () => new Float64Array(unknowns + 1));
  rows.forEach((row, at) => {
    for (let i = 0; i < unknowns; i++) {
      if (row[i] === 0) continue;
      for (let j = 0; j < unknowns; j++) system[i][j] += row[i] * row[j];
      system[i][unknowns] += row[i] * values[at];
    }
  });
  for (let column = 0; column < unknowns; column++) {
    let pivot = column;
    for (let row = column; row < unknowns; row++) {
      if (Math.abs(system[row][column]) > Math.abs(system[pivot][column])) pivot = row;
    }
    [system[column], system[pivot]] = [system[pivot], system[column]];
    for (let row = 0; row < unknowns; row++) {
      if (row === column) continue;
      const factor = system[row][column] / system[column][column];
      for (let at = column; at <= unknowns; at++) system[row][at] -= factor * system[column][at];
    }
  }
  return system.map((row, at) => row[unknowns] / row[at]);
}
