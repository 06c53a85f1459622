/** What every verb works with. Time comes from the chain; randomness, network and keys are given. */
import type { AccessLogClient, SignedAccess } from "../chain/accessLog";
import type { Chain } from "../chain/connection";
import type { Mined } from "../chain/call";
import type { KeyRegistryClient, PublishedKeys } from "../chain/keyRegistry";
import type { NKMSTokenClient } from "../chain/nkmsToken";
import type { NodeRegistryClient } from "../chain/nodeRegistry";
import type { PaidReadsClient } from "../chain/paidReads";
import type { Consent, Consents, Creation, PolicyManagerClient } from "../chain/policyManager";
import type { StakingEscrowClient } from "../chain/stakingEscrow";
import type { Engine, RandomSource } from "../crypto/engine";
import type { Address } from "../protocol/abi";
import type { ClientKeys } from "../protocol/keys";
import { type Policy, policyDomain } from "../protocol/policy";
import { trafficDomain } from "../protocol/request";
import type { Domain, Message, MessageType } from "../protocol/typedData";
import type { Storage } from "../storage/storage";
import type { NodeClient } from "./nodeClient";
import type { Purse } from "./purse";
import type { PolicyStore } from "./policyStore";

/** A state-changing call: `check` runs it without sending, `send` rejects unless it was mined. */
export interface Transaction<R> {
  check(): Promise<R>;
  send(): Promise<Pick<Mined, "hash" | "receipt">>;
}

/** What a client asks of the chain. */
export interface ClientChain extends Pick<Chain, "chainId" | "deployment" | "headTime" | "close"> {
  nkmsToken: Pick<NKMSTokenClient, "balanceOf" | "allowance"> & {
    approve(spender: Address, amount: bigint): Transaction<boolean>;
  };
  accessLog: Pick<AccessLogClient, "accessesOf"> & { record(access: SignedAccess): Transaction<void> };
  stakingEscrow: Pick<StakingEscrowClient, "sample" | "staker">;
  nodeRegistry: Pick<NodeRegistryClient, "nodeOf" | "requireRegistered" | "workerAt">;
  paidReads: Pick<PaidReadsClient, "channelOf"> & {
    open(node: Address, signer: Address, deposit: bigint): Transaction<void>;
    topUp(payer: Address, node: Address, amount: bigint): Transaction<void>;
    startClose(node: Address): Transaction<bigint>;
    finishClose(payer: Address, node: Address): Transaction<bigint>;
  };
  keyRegistry: Pick<KeyRegistryClient, "keysOf" | "publishersOf" | "pathKeyOf"> & {
    publish(keys: PublishedKeys): Transaction<void>;
    publishPathKey(pathId: Uint8Array, pathKey: Uint8Array): Transaction<void>;
  };
  policyManager: Pick<PolicyManagerClient, "parameters" | "policies" | "policy" | "policyState" | "revocationIn"> & {
    create(creation: Creation): Transaction<string>;
    createFor(creation: Creation, payment: Consent): Transaction<string>;
    renew(policy: Policy, newEnd: bigint): Transaction<void>;
    renewFor(policy: Policy, newEnd: bigint, consents: Consents): Transaction<void>;
    revoke(policy: Policy): Transaction<void>;
    revokeBySignature(policy: Policy, signature: Uint8Array): Transaction<void>;
    returnBounty(policy: Policy): Transaction<bigint>;
    revokeNode(policy: Policy, shareIndex: number): Transaction<void>;
  };
}

export interface Context {
  /** The account that owns, pays and is shared with. */
  readonly address: Address;
  /** The identity's seed, from which path keys are derived. */
  readonly seed: Uint8Array;
  readonly keys: ClientKeys;
  readonly engine: Engine;
  readonly chain: ClientChain;
  readonly nodes: NodeClient;
  readonly storage: Storage;
  readonly store: PolicyStore;
  /** What our vouchers are for. */
  readonly purse: Purse;
  readonly random: RandomSource;
  /** Signs a message with the account's own key, 65 bytes. */
  readonly signAsAccount: <T extends MessageType>(domain: Domain, type: T, message: Message<T>) => Promise<Uint8Array>;
  /** Runs one task after another: the account's transactions, whose nonces must not cross. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
}

/** The domain of acceptances. */
export function acceptanceDomain({ chain }: Context): Domain {
  return policyDomain(BigInt(chain.chainId), chain.deployment.PolicyManager);
}

/** The domain of requests and receipts. */
export function requestDomain({ chain }: Context): Domain {
  return trafficDomain(BigInt(chain.chainId), chain.deployment.PolicyManager);
}
