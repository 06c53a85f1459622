/** The values that a request and its receipt fix, computed alike by the node that signs and by whoever checks. */
import { keccak_256 } from "@noble/hashes/sha3.js";

import { equalBytes } from "../bytes";
import { REQUEST, type RECEIPT } from "./request";
import { type Message, structHash } from "./typedData";

/** keccak256 of a capsule, which a request names. */
export function capsuleHash(capsule: Uint8Array): Uint8Array {
  return keccak_256(capsule);
}

/** The receipt of an answer to a request: `cfrag` with its proof, and what the engine wrapped beside it (umbral: nothing). */
export function receiptOf(
  request: Message<typeof REQUEST>,
  answer: { readonly cfrag: Uint8Array; readonly wrapped: Uint8Array },
): Message<typeof RECEIPT> {
  return {
    requestHash: structHash(REQUEST, request),
    answerHash: keccak_256(answer.cfrag),
    wrappedHash: keccak_256(answer.wrapped),
  };
}

/** Whether two receipts say the same. */
export function sameReceipt(one: Message<typeof RECEIPT>, other: Message<typeof RECEIPT>): boolean {
  return (
    equalBytes(one.requestHash, other.requestHash) &&
    equalBytes(one.answerHash, other.answerHash) &&
    equalBytes(one.wrappedHash, other.wrappedHash)
  );
}
