/** Finds copies of secrets that a call leaves in memory. */
type Made = Set<ArrayBufferLike>;

/** Has every array of a kind recorded, however it is made: by constructor, `from`, `slice`, `map` or `subarray`. The result ends it. */
function watch(kind: "Uint8Array" | "Int32Array", made: Made): () => void {
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
  return () => use(original);
}

function watchAll() {
  const made: Made = new Set();
  const ends = [watch("Uint8Array", made), watch("Int32Array", made)];
  const end = () => ends.forEach((one) => one());
  /** How many have these bytes in them, but those that are held. */
  const count = (secret: Uint8Array, held: readonly unknown[]): number => {
    const buffers = [secret, ...held].map((one) => (one instanceof Uint8Array ? one.buffer : undefined));
    const left = [...made].filter((buffer) => !buffers.includes(buffer));
    return left.filter((buffer) => Buffer.from(buffer).includes(Buffer.from(secret))).length;
  };
  return { end, count };
}

/** How many buffers that a call makes have these bytes in them afterwards, but those of what it was given and gives back. */
export function leftovers(secret: Uint8Array, given: readonly Uint8Array[], call: () => unknown): number {
  const { end, count } = watchAll();
  try {
    return count(secret, [...given, call()]);
  } finally {
    end();
  }
}

/** The same of a call that takes its time. */
export async function leftoversLater(secret: Uint8Array, call: () => Promise<unknown>): Promise<number> {
  const { end, count } = watchAll();
  try {
    return count(secret, [await call()]);
  } finally {
    end();
  }
}

/** Values as the bytes they have in memory. */
export const inMemory = (values: Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
