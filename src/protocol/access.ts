/** Recorded accesses (VIII.H; design of contracts/interfaces/IAccessLog.sol). */
import type { Address } from "./abi";
import { type Domain, messageType } from "./typedData";

/** By a policy's requester: its `number`-th access under the policy, to the object whose capsule hashes to `object`. */
export const ACCESS = messageType("Access", [
  { name: "policyId", type: "bytes32" },
  { name: "object", type: "bytes32" },
  { name: "number", type: "uint256" },
  { name: "deadline", type: "uint256" },
]);

/** Domain of ACCESS. */
export function accessDomain(chainId: bigint, accessLog: Address): Domain {
  return { name: "NKMS AccessLog", version: "1", chainId, verifyingContract: accessLog };
}
