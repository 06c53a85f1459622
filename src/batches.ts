/** Runs a task for every item, at most `width` of them at once: servers refuse bursts. The results keep the order of the items. */
export async function inBatches<T, R>(items: readonly T[], width: number, task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < items.length; first += width) {
    results.push(...(await Promise.all(items.slice(first, first + width).map(task))));
  }
  return results;
}
