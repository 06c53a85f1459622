/** The items in their order, at most `width` together. */
export function batchesOf<T>(items: readonly T[], width: number): T[][] {
  const count = Math.ceil(items.length / width);
  return Array.from({ length: count }, (_, batch) => items.slice(batch * width, (batch + 1) * width));
}

/** Runs a task for every item, at most `width` of them at once: servers refuse bursts. The results keep the order of the items. */
export async function inBatches<T, R>(items: readonly T[], width: number, task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const batch of batchesOf(items, width)) results.push(...(await Promise.all(batch.map(task))));
  return results;
}
