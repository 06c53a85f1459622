/**
 * What the owner keeps about one policy. Everything but the path and the recipient's account is also in the policy's event, and the
 * note there holds the path: a record can always be made again (`rebuildPolicies`).
 */
import { address, bytes, decode, encode, flag, list, optional, record, text } from "../protocol/codec";
import { commitment, MAX_CONDITION_BYTES, terms } from "../protocol/messages";
import { MAX_NODES, type Policy } from "../protocol/policy";
import type { Address } from "../protocol/abi";

export interface PolicyRecord extends Policy {
  /** The policy id, 0x and 64 lower-case hex digits. */
  readonly id: string;
  /**
   * True from before its transaction is sent until it is seen mined: after a crash the policy may or may not exist, and until
   * `acceptBy` may still come to exist.
   */
  readonly pending: boolean;
  /** abi.encode(address, bytes) of the condition; empty for none. */
  readonly condition: Uint8Array;
  /** Absent if the record was rebuilt and the path did not fit the note. */
  readonly path?: string;
  /** The account it was shared with; absent if it was shared with keys that no account has published. */
  readonly recipient?: Address;
}

const codec = record<PolicyRecord>({
  id: text(/^0x[0-9a-f]{64}$/, 66, "a policy id"),
  pending: flag,
  condition: bytes(0, MAX_CONDITION_BYTES),
  path: optional(text(/^[^\u0000-\u001f\u007f]+$/, 1024, "a path")),
  recipient: optional(address),
  terms,
  nodes: list(address, MAX_NODES),
  commitments: list(commitment, MAX_NODES),
});

/** A record as JSON. */
export function encodeRecord(value: PolicyRecord): string {
  return encode(codec, value);
}

/** A record from its JSON. Throws E_BAD_JSON or E_SCHEMA. */
export function decodeRecord(json: string): PolicyRecord {
  return decode(codec, json);
}
