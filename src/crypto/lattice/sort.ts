/** Orders two values; no branch and no address depends on them. The third line mends the overflow of b - a. */
function exchange(values: Int32Array, low: number, high: number): void {
  const a = values[low];
  const b = values[high];
  const difference = a ^ b;
  let swap = (b - a) | 0;
  swap ^= difference & (swap ^ b);
  swap = (swap >> 31) & difference;
  values[low] = a ^ swap;
  values[high] = b ^ swap;
}

/** Sorts by a fixed network of comparisons (Batcher's merge exchange, Knuth 5.2.2, algorithm M), so that timing shows the length only. */
export function sortInPlace(values: Int32Array): void {
  const highest = 2 ** Math.ceil(Math.log2(values.length)) / 2;
  for (let p = highest; p > 0; p >>= 1) {
    let distance = p;
    let place = 0;
    for (let q = highest; ; q >>= 1) {
      for (let low = 0; low < values.length - distance; low++) {
        if ((low & p) === place) exchange(values, low, low + distance);
      }
      if (q === p) break;
      distance = q - p;
      place = p;
    }
  }
}
