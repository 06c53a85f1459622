import { toHex } from "../../bytes";

/** A reader of the encoding of some public value: `field` names it in errors. */
export type Reader<T> = (field: string, bytes: Uint8Array) => T;

const CAPACITY = 64;

/**
 * The same reader with a memory for the last values it found good. Reading takes square roots and pairings, and nodes and readers
 * meet the same few keys and dealings again and again. Only for public values.
 */
export function remembering<T>(read: Reader<T>): Reader<T> {
  const good = new Map<string, T>();
  return (field, bytes) => {
    const name = bytes instanceof Uint8Array ? toHex(bytes) : "";
    const known = good.get(name);
    if (known !== undefined) return known;
    const value = read(field, bytes);
    if (good.size === CAPACITY) good.clear();
    good.set(name, value);
    return value;
  };
}
