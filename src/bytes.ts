/** Byte helpers open to every room. Hex exists only at the edges; inside, bytes are Uint8Array. */
import { NkmsError } from "./errors";

/** Joins parts in order. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Compares public bytes. The lengths and the first difference may leak: never use it on secrets or MACs. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hex with the 0x prefix. */
export function toHex(bytes: Uint8Array): string {
  let hex = "0x";
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** Strict hex: 0x prefix, an even number of digits, optionally an exact length in bytes. */
export function fromHex(hex: string, length?: number): Uint8Array {
  if (typeof hex !== "string" || !/^0x(?:[0-9a-fA-F]{2})*$/.test(hex)) {
    throw new NkmsError("E_BAD_HEX", "The value is not 0x-prefixed hex with an even number of digits.", {
      fix: "Give the bytes as hex: 0x followed by pairs of digits.",
    });
  }
  const bytes = Uint8Array.from({ length: hex.length / 2 - 1 }, (_, index) =>
    parseInt(hex.slice(2 * index + 2, 2 * index + 4), 16),
  );
  if (length !== undefined && bytes.length !== length) {
    throw new NkmsError("E_BAD_HEX", `The hex value has ${bytes.length} bytes; ${length} were expected.`, {
      fix: `Give exactly ${length} bytes.`,
      data: { got: bytes.length, expected: length },
    });
  }
  return bytes;
}

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Big-endian unsigned 32-bit integer. */
export function be32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
