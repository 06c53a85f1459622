/** Which files each file imports; targets that are no key are ignored. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/**
 * The groups of files that import each other in a circle (strongly connected components with more than one member, or
 * a file that imports itself), each sorted. Tarjan 1972.
 */
export function importCycles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  function visit(file: string): number {
    let low = order.size;
    order.set(file, low);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === order.get(file)) close(file);
    return low;
  }

  function close(root: string): void {
    const group = stack.splice(stack.indexOf(root));
    if (group.length > 1 || graph.get(root)?.includes(root)) cycles.push(group.sort());
  }

  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return cycles;
}
