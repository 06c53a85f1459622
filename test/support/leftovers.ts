/** Finds copies of secrets that a call leaves in memory. */
type Made = Set<ArrayBufferLike>;

/** Has every array of a kind recorded while a call runs, however it is made: by constructor, `from`, `slice`, `map` or `subarray`. */
function watching<T>(kind: "Uint8Array" | "Int32Array", made: Made, call: () => T): T {
  const original = globalThis[kind];
  const watched: typeof original = new Proxy(original, {
    construct: (target, given: unknown[], newTarget) => {
      const array = Reflect.construct(target, given, newTarget === watched ? target : newTarget) as Uint8Array;
      made.add(array.buffer);
      return array;
    },
  });
  const use = (constructor: typeof original) => {
    Object.assign(globalThis, { [kind]: constructor });
    original.prototype.constructor = constructor;
  };
  use(watched);
  try {
    return call();
  } finally {
    use(original);
  }
}

/** How many buffers that a call makes have these bytes in them afterwards, but those of what it was given and gives back. */
export function leftovers(secret: Uint8Array, given: readonly Uint8Array[], call: () => unknown): number {
  const made: Made = new Set();
  const returned = watching("Uint8Array", made, () => watching("Int32Array", made, call));
  const held = [secret, ...given, returned].map((one) => (one instanceof Uint8Array ? one.buffer : undefined));
  return [...made].filter((buffer) => !held.includes(buffer) && Buffer.from(buffer).includes(Buffer.from(secret)))
    .length;
}

/** Values as the bytes they have in memory. */
export const inMemory = (values: Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
