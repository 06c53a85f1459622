/**
 * The part of the contract ABI that ids and signed messages need (Solidity documentation, "Contract ABI Specification"): words,
 * arrays of static items, and one address with bytes. Everything else goes through the generated bindings in `chain`.
 */
import { concat, fromHex } from "../bytes";
import { NkmsError } from "../errors";

/** An Ethereum address as 0x and 40 hex digits, in any case. */
export type Address = string;

/** Whether two addresses are the same, in whatever case. */
export function isSameAddress(one: Address, other: Address): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** An unsigned integer of `bits` bits, left-padded to a word. E_OUT_OF_RANGE if it does not fit. */
export function encodeUint(value: bigint | number, bits = 256): Uint8Array {
  const integer = BigInt(value);
  if (integer < 0n || integer >> BigInt(bits) !== 0n) {
    throw new NkmsError("E_OUT_OF_RANGE", `The value ${integer} does not fit in uint${bits}.`, {
      fix: `Give a value from 0 to 2^${bits} - 1.`,
      data: { value: integer.toString(), bits },
    });
  }
  return fromHex("0x" + integer.toString(16).padStart(64, "0"));
}

/** An address, left-padded to a word. E_BAD_HEX if it has not 20 bytes. */
export function encodeAddress(address: Address): Uint8Array {
  return concat(new Uint8Array(12), fromHex(address, 20));
}

/** A bytes32 as it is. E_BAD_LENGTH if it has not 32 bytes. */
export function encodeBytes32(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 32) {
    throw new NkmsError("E_BAD_LENGTH", `A hash has ${bytes.length} bytes; 32 were expected.`, {
      fix: "Give exactly 32 bytes.",
      data: { got: bytes.length, expected: 32 },
    });
  }
  return bytes;
}

/** `abi.encode` of one dynamic array whose items are static and already encoded. */
export function encodeArray(items: Uint8Array[]): Uint8Array {
  return concat(encodeUint(32), encodeUint(items.length), ...items);
}

/** `abi.encode(address, bytes)`. */
export function encodeAddressAndBytes(address: Address, bytes: Uint8Array): Uint8Array {
  const padding = new Uint8Array((32 - (bytes.length % 32)) % 32);
  return concat(encodeAddress(address), encodeUint(64), encodeUint(bytes.length), bytes, padding);
}
