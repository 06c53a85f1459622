/**
 * What goes over HTTP between clients and nodes: shapes, strict parsers and serialisers for both sides. JSON; bytes are
 * lower-case 0x hex, integers decimal strings; an unknown, missing or misspelt field is refused.
 *
 * ```ts
 * const body = encode(grantRequest, { terms, nodes, ... });   // the client writes
 * const grant = decode(grantRequest, body);                   // the node reads: E_BAD_JSON or E_SCHEMA
 * ```
 *
 * | method and path | request | answer |
 * | --- | --- | --- |
 * | GET /v1/info | | `nodeInfo` |
 * | POST /v1/offers | `offerRequest` | `offerAnswer` |
 * | POST /v1/grants | `grantRequest` | `grantAnswer` |
 * | POST /v1/reencrypt | `reencryptRequest` | `reencryptAnswer` |
 *
 * A refusal is `problem`, content type application/problem+json.
 */
import type { Address } from "./abi";
import { address, bytes, flag, list, optional, record, small, text, uint, type Codec } from "./codec";
import { MAX_NODES, type Commitment, type Terms } from "./policy";
import type { RECEIPT, REQUEST } from "./request";
import type { Message } from "./typedData";
import type { CompactSignature } from "./typedSignature";
import { voucher, type Voucher } from "./voucher";

/** Bodies beyond this are refused unread, on both sides. */
export const MAX_BODY_BYTES = 65_536;
/** Bytes of a condition: abi.encode(address, bytes). */
export const MAX_CONDITION_BYTES = 4_096;

const HASH = bytes(32);
const POINT = 33;
const SIGNATURE = 65;
const ENGINE_NAME = text(/^[a-z][a-z0-9]*$/, 16, "the name of an engine");
const VERSION = text(/^\d+\.\d+\.\d+[0-9A-Za-z.+-]*$/, 64, "a version");

/** Who a node is, what it asks, what it runs. Nothing here is signed: the registry is the authority. */
export interface NodeInfo {
  readonly version: string;
  readonly chainId: bigint;
  /** The contract whose policies this node serves. */
  readonly policyManager: Address;
  /** The node's id: its staker's address. */
  readonly staker: Address;
  /** The address that signs acceptances and receipts. */
  readonly worker: Address;
  /** 33 bytes; fractions are sealed to it. */
  readonly encryptionKey: Uint8Array;
  readonly engine: string;
  readonly backend: string;
  /** NKMS base units per second, the least this node accepts. */
  readonly feeRate: bigint;
  /** Seconds. */
  readonly minDuration: bigint;
  readonly maxDuration: bigint;
  /** The most fractions it holds. */
  readonly capacity: bigint;
  /** NKMS base units per read under a policy without a fee; absent if it takes none. */
  readonly readPrice?: bigint;
}

export const nodeInfo: Codec<NodeInfo> = record<NodeInfo>({
  version: VERSION,
  chainId: uint(256),
  policyManager: address,
  staker: address,
  worker: address,
  encryptionKey: bytes(POINT),
  engine: ENGINE_NAME,
  backend: ENGINE_NAME,
  feeRate: uint(128),
  minDuration: uint(32),
  maxDuration: uint(32),
  capacity: uint(32),
  readPrice: optional(uint(128)),
});

/** The question before any secret is sent: would you take this? */
export interface OfferRequest {
  readonly chainId: bigint;
  readonly policyManager: Address;
  readonly engine: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly maxEnd: bigint;
  readonly feeRate: bigint;
  /** Whether the terms will carry a condition. */
  readonly conditional: boolean;
}

export const offerRequest: Codec<OfferRequest> = record<OfferRequest>({
  chainId: uint(256),
  policyManager: address,
  engine: ENGINE_NAME,
  start: uint(40),
  end: uint(40),
  maxEnd: uint(40),
  feeRate: uint(128),
  conditional: flag,
});

export interface OfferAnswer {
  /** Always true: a refusal is a problem. */
  readonly accept: boolean;
  /** What a reader would pay per read, in NKMS base units; absent if the policy's payer pays. */
  readonly readPrice?: bigint;
}

export const offerAnswer: Codec<OfferAnswer> = record<OfferAnswer>({ accept: flag, readPrice: optional(uint(128)) });

/** The public keys of a grant; the terms hold the hashes of the first and the last. */
export interface OwnerKeys {
  readonly pathPublicKey: Uint8Array;
  /** Checks the owner's signatures inside the fraction. */
  readonly verifyingKey: Uint8Array;
  readonly recipientKey: Uint8Array;
}

/** A fraction with everything the node needs to judge it. */
export interface GrantRequest {
  readonly chainId: bigint;
  readonly policyManager: Address;
  readonly terms: Terms;
  /** Staker addresses, strictly ascending. */
  readonly nodes: readonly Address[];
  /** One per node, in the same order. */
  readonly commitments: readonly Commitment[];
  /** Empty for none. */
  readonly condition: Uint8Array;
  /** This node's place in `nodes`. */
  readonly shareIndex: number;
  readonly ownerKeys: OwnerKeys;
  /** The fraction, sealed to the node's encryption key. */
  readonly sealedFraction: Uint8Array;
}

export const terms: Codec<Terms> = record<Terms>({
  owner: address,
  payer: address,
  recipientSigner: address,
  threshold: small(8),
  pathKeyId: HASH,
  recipientKeyId: HASH,
  start: uint(40),
  end: uint(40),
  maxEnd: uint(40),
  acceptBy: uint(40),
  feeRate: uint(128),
  bounty: uint(128),
  conditionHash: HASH,
  noteHash: HASH,
});

export const commitment: Codec<Commitment> = record<Commitment>({ digest: HASH, point: address });

export const ownerKeys: Codec<OwnerKeys> = record<OwnerKeys>({
  pathPublicKey: bytes(POINT),
  verifyingKey: bytes(POINT),
  recipientKey: bytes(POINT),
});

export const grantRequest: Codec<GrantRequest> = record<GrantRequest>({
  chainId: uint(256),
  policyManager: address,
  terms,
  nodes: list(address, MAX_NODES),
  commitments: list(commitment, MAX_NODES),
  condition: bytes(0, MAX_CONDITION_BYTES),
  shareIndex: small(8),
  ownerKeys,
  sealedFraction: bytes(1, 1_024),
});

/** Given only after the fraction is durable. */
export interface GrantAnswer {
  /** EIP-712 Acceptance of (policy id, share index) by the worker, in the form `PolicyManager.create` takes. */
  readonly acceptance: CompactSignature;
}

export const grantAnswer: Codec<GrantAnswer> = record<GrantAnswer>({
  acceptance: record<CompactSignature>({ r: HASH, vs: HASH }),
});

/** EIP-712 `Request` of design 7; `requestId` is never used twice. */
export type RequestMessage = Message<typeof REQUEST>;

export interface ReencryptRequest {
  readonly request: RequestMessage;
  readonly capsule: Uint8Array;
  /** By the policy's recipientSigner: r ‖ s ‖ v, 65 bytes, low s, v 27 or 28. */
  readonly signature: Uint8Array;
  /** Pays for the read, where the policy's readers pay. */
  readonly voucher?: Voucher;
}

export const reencryptRequest: Codec<ReencryptRequest> = record<ReencryptRequest>({
  request: record<RequestMessage>({
    policyId: HASH,
    shareIndex: uint(8),
    capsuleHash: HASH,
    requestId: HASH,
    requestTime: uint(40),
  }),
  capsule: bytes(1, 4_096),
  signature: bytes(SIGNATURE),
  voucher: optional(voucher),
});

/** EIP-712 `Receipt` of design 7. */
export type ReceiptMessage = Message<typeof RECEIPT>;

export interface ReencryptAnswer {
  /** The answer with its proof. */
  readonly cfrag: Uint8Array;
  /** What an engine adds beside the answer; empty for umbral. */
  readonly wrapped: Uint8Array;
  readonly receipt: ReceiptMessage;
  /** By the worker: r ‖ s ‖ v, 65 bytes. */
  readonly receiptSignature: Uint8Array;
}

export const reencryptAnswer: Codec<ReencryptAnswer> = record<ReencryptAnswer>({
  cfrag: bytes(1, 4_096),
  wrapped: bytes(0, 4_096),
  receipt: record<ReceiptMessage>({ requestHash: HASH, answerHash: HASH, wrappedHash: HASH }),
  receiptSignature: bytes(SIGNATURE),
});
