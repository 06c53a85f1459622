/**
 * Two-way descriptions of wire values: what `write` makes, `read` takes, and nothing else. Bytes are lower-case 0x hex, integers
 * decimal strings without leading zeros, so every value has one spelling. A refusal is E_SCHEMA naming the place, never the value.
 */
import { fromHex, toHex } from "../bytes";
import { NkmsError } from "../errors";
import type { Address } from "./abi";
import { parseJson, type Json } from "./strictJson";

export interface Codec<T> {
  /** Reads a JSON value found at `place` ("terms.end"). Throws E_SCHEMA. */
  read(value: Json | undefined, place: string): T;
  /** The JSON value of `value`; undefined leaves the field out. */
  write(value: T): Json | undefined;
}

/** Parses a whole message. Throws E_BAD_JSON or E_SCHEMA. */
export function decode<T>(codec: Codec<T>, text: string): T {
  return codec.read(parseJson(text), "message");
}

/** The text of a whole message. */
export function encode<T>(codec: Codec<T>, value: T): string {
  return JSON.stringify(codec.write(value));
}

/** Bytes of a length, or of a length in a range, as hex. */
export function bytes(min: number, max = min): Codec<Uint8Array> {
  const expected = min === max ? `${min} bytes of lower-case 0x hex` : `${min} to ${max} bytes of lower-case 0x hex`;
  return {
    read(value, place) {
      const hex = readHex(value, place, expected, min, max);
      return fromHex(hex);
    },
    write: toHex,
  };
}

/** An Ethereum address, lower case on the wire and in memory; `write` takes a checksummed one too. */
export const address: Codec<Address> = {
  read: (value, place) => readHex(value, place, "a lower-case 0x address", 20, 20),
  write: (value) => value.toLowerCase(),
};

/** An unsigned integer below 2^bits. */
export function uint(bits: number): Codec<bigint> {
  const limit = 1n << BigInt(bits);
  return {
    read(value, place) {
      const isDecimal = typeof value === "string" && value.length < 80 && /^(?:0|[1-9][0-9]*)$/.test(value);
      const number = isDecimal ? BigInt(value) : limit;
      if (number >= limit) throw refuse(place, `a decimal string below 2^${bits}`);
      return number;
    },
    write: (value) => value.toString(),
  };
}

/** A small unsigned integer, a `number` in memory. */
export function small(bits: number): Codec<number> {
  const wide = uint(bits);
  return { read: (value, place) => Number(wide.read(value, place)), write: (value) => value.toString() };
}

export const flag: Codec<boolean> = {
  read(value, place) {
    if (typeof value !== "boolean") throw refuse(place, "true or false");
    return value;
  },
  write: (value) => value,
};

/** Text of bounded length that matches a pattern. */
export function text(pattern: RegExp, maxLength: number, expected: string): Codec<string> {
  return {
    read(value, place) {
      if (typeof value !== "string" || value.length > maxLength || !pattern.test(value)) throw refuse(place, expected);
      return value;
    },
    write: (value) => value,
  };
}

/** A list of bounded length. */
export function list<T>(item: Codec<T>, maxLength: number): Codec<readonly T[]> {
  return {
    read(value, place) {
      if (!Array.isArray(value) || value.length > maxLength) throw refuse(place, `a list of at most ${maxLength}`);
      return value.map((entry: Json, index) => item.read(entry, `${place}[${index}]`));
    },
    write: (value) => value.map((entry) => item.write(entry)!),
  };
}

/** A field that may be absent. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    read: (value, place) => (value === undefined ? undefined : codec.read(value, place)),
    write: (value) => (value === undefined ? undefined : codec.write(value)),
  };
}

/** An object with exactly these fields. */
export function record<T extends object>(fields: { [K in keyof T]-?: Codec<T[K]> }): Codec<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    read(value, place) {
      const object = readObject(value, place);
      const surplus = Object.keys(object).find((name) => !Object.hasOwn(fields, name));
      if (surplus !== undefined) throw refuse(place, `only the fields ${names.join(", ")}`);
      const entries = names.map((name) => [name, fields[name].read(object[name], `${place}.${name}`)]);
      return Object.fromEntries(entries) as T;
    },
    write: (value) => Object.fromEntries(names.map((name) => [name, fields[name].write(value[name])])) as Json,
  };
}

/** Any JSON object, for the data of a problem. */
export const anyObject: Codec<{ readonly [key: string]: Json }> = {
  read: readObject,
  write: (value) => value,
};

function readObject(value: Json | undefined, place: string): { readonly [key: string]: Json } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(place, "an object");
  return value as { readonly [key: string]: Json };
}

function readHex(value: Json | undefined, place: string, expected: string, min: number, max: number): string {
  const isHex = typeof value === "string" && /^0x(?:[0-9a-f]{2})*$/.test(value);
  if (!isHex || value.length < 2 + 2 * min || value.length > 2 + 2 * max) throw refuse(place, expected);
  return value;
}

function refuse(place: string, expected: string): NkmsError {
  return new NkmsError("E_SCHEMA", `The field ${place} does not fit the message.`, {
    why: `It must be ${expected}.`,
    fix: "Send the message as src/protocol/messages.ts describes it.",
    data: { place, expected },
  });
}
