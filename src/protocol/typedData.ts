/**
 * EIP-712 for flat messages: words only, no nested types, no dynamic members. A type's `fields` have the form that ethers signers
 * take, so that one definition serves hashing here and signing with a wallet there.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, utf8 } from "../bytes";
import { type Address, encodeAddress, encodeBytes32, encodeUint } from "./abi";

type FieldType = "address" | "bytes32" | "uint256";

interface Field {
  readonly name: string;
  readonly type: FieldType;
}

/** A message type: its EIP-712 name and its members in order. */
export interface MessageType<F extends readonly Field[] = readonly Field[]> {
  readonly name: string;
  readonly fields: F;
}

interface FieldValue {
  address: Address;
  bytes32: Uint8Array;
  uint256: bigint;
}

/** The values of a message of type T, by member name. */
export type Message<T extends MessageType> = {
  readonly [F in T["fields"][number] as F["name"]]: FieldValue[F["type"]];
};

/** EIP-712 domain; every message of this project is bound to a chain and to a contract. */
export interface Domain {
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint;
  readonly verifyingContract: Address;
}

const DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

/** Defines a message type, keeping its member names for the compiler. */
export function messageType<const F extends readonly Field[]>(name: string, fields: F): MessageType<F> {
  return { name, fields };
}

/** The type as EIP-712 writes it: `Name(type member,...)`. */
export function typeString(type: MessageType): string {
  return `${type.name}(${type.fields.map((field) => `${field.type} ${field.name}`).join(",")})`;
}

/** hashStruct(message) = keccak256(typeHash, members), 32 bytes. */
export function structHash<T extends MessageType>(type: T, message: Message<T>): Uint8Array {
  const values = message as Record<string, FieldValue[FieldType]>;
  const words = type.fields.map((field) => encodeField(field.type, values[field.name]));
  return keccak_256(concat(keccak_256(utf8(typeString(type))), ...words));
}

export function domainSeparator(domain: Domain): Uint8Array {
  return keccak_256(
    concat(
      keccak_256(utf8(DOMAIN_TYPE)),
      keccak_256(utf8(domain.name)),
      keccak_256(utf8(domain.version)),
      encodeUint(domain.chainId),
      encodeAddress(domain.verifyingContract),
    ),
  );
}

/** The 32 bytes that are signed: keccak256(0x1901, domain separator, hashStruct(message)). */
export function typedDataDigest<T extends MessageType>(domain: Domain, type: T, message: Message<T>): Uint8Array {
  return keccak_256(concat(Uint8Array.of(0x19, 0x01), domainSeparator(domain), structHash(type, message)));
}

function encodeField(type: FieldType, value: FieldValue[FieldType]): Uint8Array {
  switch (type) {
    case "address":
      return encodeAddress(value as Address);
    case "bytes32":
      return encodeBytes32(value as Uint8Array);
    case "uint256":
      return encodeUint(value as bigint);
  }
}
