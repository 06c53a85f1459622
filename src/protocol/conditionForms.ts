/** The built-in conditions whose contexts are plain words (docs/protocol.md, section "Conditions"): one table for writing and reading them. */
import { keccak_256 } from "@noble/hashes/sha3.js";

import { fromHex, utf8 } from "../bytes";
import { type Address, encodeAddress, encodeUint } from "./abi";

/** The contracts of a deployment that conditions name. */
export type ConditionContract =
  | "TimeWindow"
  | "TokenBalance"
  | "SellerPayments"
  | "Subscriptions"
  | "AllowLists"
  | "AccessLog"
  | "ViewCall"
  | "PayToReadShop"
  | "AllOf"
  | "AnyOf"
  | "Not";

/** What a condition is made for: the deployment's contracts, and the reader's account, whose tokens and payments count. */
export interface Scene {
  readonly contracts: Readonly<Record<ConditionContract | "NKMSToken", Address>>;
  readonly reader: Address;
}

/**
 * One word of a context. `time` is in Unix seconds; a `count` is a number of at least 1, below which the condition would always hold or never; `token` an address, or NKMS; `account` an address, or `reader`; `name` 32 bytes as hex, or
 * any text, whose keccak256 it then is.
 */
export type FieldKind = "time" | "number" | "count" | "address" | "token" | "account" | "name";

interface Form {
  readonly contract: ConditionContract;
  readonly fields: readonly FieldKind[];
}

/** By the name of their builder, fields in the order of the context. */
export const FORMS = {
  between: { contract: "TimeWindow", fields: ["time", "time"] },
  holds: { contract: "TokenBalance", fields: ["token", "account", "count"] },
  paid: { contract: "SellerPayments", fields: ["address", "token", "name", "account", "count"] },
  subscribed: {
    contract: "Subscriptions",
    fields: ["address", "token", "number", "count", "name", "account"],
  },
  listed: { contract: "AllowLists", fields: ["address", "name", "account"] },
  logged: { contract: "AccessLog", fields: ["count"] },
  bought: { contract: "PayToReadShop", fields: ["address", "name"] },
} as const satisfies Record<string, Form>;

export type FormName = keyof typeof FORMS;

/** The token of the deployment, and whom a policy is shared with, where an address could stand. */
export const NKMS = "NKMS";
export const READER = "reader";

/** Whether fields of a kind are numbers. */
export function isNumeric(kind: FieldKind): kind is "time" | "number" | "count" {
  return kind === "time" || kind === "number" || kind === "count";
}

/** The 32 bytes that a name stands for: those of a 32-byte hex string, else the keccak256 of the text. */
export function nameId(name: string): Uint8Array {
  return /^0x[0-9a-fA-F]{64}$/.test(name) ? fromHex(name) : keccak_256(utf8(name));
}

/** One word of a context. Throws E_OUT_OF_RANGE or E_BAD_HEX. */
export function encodeField(
  kind: FieldKind,
  value: string | bigint | number,
  { contracts, reader }: Scene,
): Uint8Array {
  if (isNumeric(kind)) return encodeUint(BigInt(value));
  if (kind === "name") return nameId(String(value));
  if (kind === "token" && value === NKMS) return encodeAddress(contracts.NKMSToken);
  return encodeAddress(kind === "account" && value === READER ? reader : String(value));
}
