/**
 * What a policy is and how it is named (paper III.C, V.F; design of contracts/interfaces/IPolicyManager.sol, whose names these are).
 * The id is the hash of all terms, nodes and share commitments; later calls show them again.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat } from "../bytes";
import { type Address, encodeAddress, encodeArray, encodeBytes32, encodeUint } from "./abi";
import { type Domain, messageType } from "./typedData";

/** Longest note in bytes. */
export const MAX_NOTE_BYTES = 96;
/** Most nodes in a policy. */
export const MAX_NODES = 32;

/** All that owner, payer, recipient and nodes agree on. Times are Unix seconds, amounts NKMS wei, hashes 32 bytes. */
export interface Terms {
  readonly owner: Address;
  /** Pays the fee and gets every refund. */
  readonly payer: Address;
  /** Signs the recipient's requests; never an encryption key. */
  readonly recipientSigner: Address;
  /** How many answers open a capsule (the paper's m). */
  readonly threshold: number;
  /** keccak256 of the path's compressed public key. */
  readonly pathKeyId: Uint8Array;
  /** keccak256 of the recipient's compressed public key. */
  readonly recipientKeyId: Uint8Array;
  readonly start: bigint;
  /** First second not served any more, as created. */
  readonly end: bigint;
  /** Up to where it may be renewed. */
  readonly maxEnd: bigint;
  /** It must be created before this second. */
  readonly acceptBy: bigint;
  /** Per node and second. */
  readonly feeRate: bigint;
  /** Per share; 0 = none. */
  readonly bounty: bigint;
  /** `optionalHash` of the condition, abi.encode(address, bytes). */
  readonly conditionHash: Uint8Array;
  /** `optionalHash` of the owner's encrypted note. */
  readonly noteHash: Uint8Array;
}

/** What is fixed on chain about one fraction: a digest of its parts and the Ethereum address of its public point. */
export interface Commitment {
  readonly digest: Uint8Array;
  readonly point: Address;
}

/** A policy as the chain names it. A node's place in `nodes` is its share index; nodes are strictly ascending. */
export interface Policy {
  readonly terms: Terms;
  readonly nodes: readonly Address[];
  readonly commitments: readonly Commitment[];
}

/** keccak256 of bytes that a policy may lack; 32 zero bytes stand for none. */
export function optionalHash(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? new Uint8Array(32) : keccak_256(bytes);
}

/** keccak256(abi.encode(terms)). */
export function termsHash(terms: Terms): Uint8Array {
  return keccak_256(
    concat(
      encodeAddress(terms.owner),
      encodeAddress(terms.payer),
      encodeAddress(terms.recipientSigner),
      encodeUint(terms.threshold, 8),
      encodeBytes32(terms.pathKeyId),
      encodeBytes32(terms.recipientKeyId),
      encodeUint(terms.start, 40),
      encodeUint(terms.end, 40),
      encodeUint(terms.maxEnd, 40),
      encodeUint(terms.acceptBy, 40),
      encodeUint(terms.feeRate, 128),
      encodeUint(terms.bounty, 128),
      encodeBytes32(terms.conditionHash),
      encodeBytes32(terms.noteHash),
    ),
  );
}

/** keccak256(abi.encode(nodes)). */
export function nodesHash(nodes: readonly Address[]): Uint8Array {
  return keccak_256(encodeArray(nodes.map(encodeAddress)));
}

/** keccak256(abi.encode(commitments)), which calls on an existing policy show instead of the commitments. */
export function commitmentsHash(commitments: readonly Commitment[]): Uint8Array {
  return keccak_256(
    encodeArray(commitments.map((share) => concat(encodeBytes32(share.digest), encodeAddress(share.point)))),
  );
}

/** The policy's id, 32 bytes. */
export function policyId(policy: Policy): Uint8Array {
  return keccak_256(concat(termsHash(policy.terms), nodesHash(policy.nodes), commitmentsHash(policy.commitments)));
}

/** NKMS wei that the payer deposits at creation: feeRate * nodes * (end - start). Exact. */
export function creationFee(terms: Terms, nodeCount: number): bigint {
  return terms.feeRate * BigInt(nodeCount) * (terms.end - terms.start);
}

/** NKMS wei that the owner deposits at creation against leaks: bounty * nodes. */
export function creationBounties(terms: Terms, nodeCount: number): bigint {
  return terms.bounty * BigInt(nodeCount);
}

/** By the node's worker: it verified and stored its fraction. */
export const ACCEPTANCE = messageType("Acceptance", [
  { name: "policyId", type: "bytes32" },
  { name: "shareIndex", type: "uint256" },
]);

/** By a payer who is not the caller: pays at most `maximum` more so that the policy runs until `end`. */
export const PAYMENT = messageType("Payment", [
  { name: "policyId", type: "bytes32" },
  { name: "end", type: "uint256" },
  { name: "maximum", type: "uint256" },
  { name: "deadline", type: "uint256" },
]);

/** By an owner who is not the caller: wants the policy until `end` and escrows at most `maximum` of bounties. */
export const GRANT = messageType("Grant", PAYMENT.fields);

/** By the owner: ends the policy. */
export const REVOCATION = messageType("Revocation", [{ name: "policyId", type: "bytes32" }]);

/** By a worker: it serves `staker` from the next period on. `nonce` is `NodeRegistry.bondNonce(staker)`. */
export const BOND = messageType("Bond", [
  { name: "staker", type: "address" },
  { name: "worker", type: "address" },
  { name: "nonce", type: "uint256" },
]);

/** Domain of ACCEPTANCE, PAYMENT, GRANT and REVOCATION. */
export function policyDomain(chainId: bigint, policyManager: Address): Domain {
  return { name: "NKMS PolicyManager", version: "1", chainId, verifyingContract: policyManager };
}

/** Domain of BOND. */
export function nodeRegistryDomain(chainId: bigint, nodeRegistry: Address): Domain {
  return { name: "NKMS NodeRegistry", version: "1", chainId, verifyingContract: nodeRegistry };
}
