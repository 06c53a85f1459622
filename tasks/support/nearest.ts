/** Guesses what was meant by a misspelled word. */

const MAX_DISTANCE = 3;

/** The word that takes the fewest changes of a letter; undefined if all take more than three. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const distances = words.map((word) => editDistance(typed, word));
  const least = Math.min(...distances);
  return least <= MAX_DISTANCE ? words[distances.indexOf(least)] : undefined;
}

/** Levenshtein: D(i, j) = min(D(i-1, j) + 1, D(i, j-1) + 1, D(i-1, j-1) + [a_i ≠ b_j]), row by row. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    above = row;
  }
  return above[b.length];
}
