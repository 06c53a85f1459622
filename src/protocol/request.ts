/**
 * The signed messages between a reader and a node (design of the challenges): whoever holds both proves to a contract what was
 * asked and what was answered.
 */
import type { Address } from "./abi";
import { type Domain, messageType } from "./typedData";

/**
 * By the policy's recipientSigner: asks for one re-encryption. `capsuleHash` = keccak256 of the capsule, `requestId` 32 random
 * bytes, `requestTime` the client's chain head time in Unix seconds.
 */
export const REQUEST = messageType("Request", [
  { name: "policyId", type: "bytes32" },
  { name: "shareIndex", type: "uint256" },
  { name: "capsuleHash", type: "bytes32" },
  { name: "requestId", type: "bytes32" },
  { name: "requestTime", type: "uint256" },
]);

/**
 * By the node's worker: what it answered. `requestHash` is the EIP-712 struct hash of the request, `answerHash` = keccak256 of the
 * cfrag with its proof, `wrappedHash` = keccak256 of the wrapped key (empty for umbral).
 */
export const RECEIPT = messageType("Receipt", [
  { name: "requestHash", type: "bytes32" },
  { name: "answerHash", type: "bytes32" },
  { name: "wrappedHash", type: "bytes32" },
]);

/** Domain of REQUEST and RECEIPT. It names the PolicyManager, so that a message fits one deployment only. */
export function trafficDomain(chainId: bigint, policyManager: Address): Domain {
  return { name: "NKMS", version: "1", chainId, verifyingContract: policyManager };
}
