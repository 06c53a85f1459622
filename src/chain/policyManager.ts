/** The policy manager: creating, ending and paying policies, and finding them again in the chain's events. */
import type { EventLog, Provider, TransactionReceipt } from "ethers";

import type { PolicyManager } from "../../typechain-types";
import type { IPolicyManager } from "../../typechain-types/contracts/interfaces/IPolicyManager";
import { fromHex } from "../bytes";
import { type Commitment, commitmentsHash, type Policy, type Terms } from "../protocol/policy";
import { type Call, prepare } from "./call";
import { eventsIn, queryEvents } from "./events";
import { explained, refusal } from "./refusals";

/** The deployment's choices; meanings and bounds stand at `IPolicyManager.Parameters`. */
export interface PolicyParameters {
  collateralPerKey: bigint;
  minFee: bigint;
  minPaid: bigint;
  maxDuration: bigint;
  challengeWindow: bigint;
  revealWindow: bigint;
  leakBurnBps: bigint;
}

/** What the chain stores of a policy. Bit i of a bitmap is share i; `end` is a Unix second. */
export interface PolicyState {
  end: bigint;
  removed: number;
  leaked: number;
  disclosed: number;
  bountyReturned: number;
  released: number;
  closed: boolean;
  exists: boolean;
}

/** A worker's acceptance in the compact form of EIP-2098, 32 bytes each. */
export interface Acceptance {
  r: Uint8Array;
  vs: Uint8Array;
}

/** A party's agreement that at most `maximum` is taken from it, valid before the Unix second `deadline`. */
export interface Consent {
  maximum: bigint;
  deadline: bigint;
  signature: Uint8Array;
}

/** The agreements that a call carries of those parties who do not send it. */
export interface Consents {
  /** The payer's, of `PAYMENT`. */
  payment?: Consent;
  /** The owner's, of `GRANT`. */
  grant?: Consent;
}

/** A policy to be created, with all that its id hides. `condition` and `note` are empty if there is none. */
export interface Creation extends Policy {
  condition: Uint8Array;
  note: Uint8Array;
  acceptances: readonly Acceptance[];
}

/** A policy as its creation event tells it. */
export interface PolicyRecord extends Policy {
  /** 0x hex, 32 bytes. */
  policyId: string;
  condition: Uint8Array;
  note: Uint8Array;
  block: number;
  transactionHash: string;
}

/** Which policies are looked for; what is left out matches all. `pathKeyId` has 32 bytes. */
export interface PolicyFilter {
  owner?: string;
  recipientSigner?: string;
  pathKeyId?: Uint8Array;
  fromBlock?: number;
  toBlock?: number;
}

/** A revocation as its events tell it. */
export interface Revocation {
  policyId: string;
  /** When the policy's fees end; undefined if only a node left. */
  end?: bigint;
  refund: bigint;
}

/** Not read where the party is the sender. */
const NO_CONSENT: Consent = { maximum: 0n, deadline: 0n, signature: new Uint8Array() };

export class PolicyManagerClient {
  constructor(
    private readonly contract: PolicyManager,
    private readonly provider: Provider,
    private readonly deployedAtBlock: number,
  ) {}

  async parameters(): Promise<PolicyParameters> {
    const p = await explained(this.contract.parameters());
    return {
      collateralPerKey: p.collateralPerKey,
      minFee: p.minFee,
      minPaid: p.minPaid,
      maxDuration: p.maxDuration,
      challengeWindow: p.challengeWindow,
      revealWindow: p.revealWindow,
      leakBurnBps: p.leakBurnBps,
    };
  }

  /** The stored state of a policy, optionally as of a block; `exists` is false for an unknown id. */
  async policyState(policyId: Uint8Array | string, blockTag?: number): Promise<PolicyState> {
    const state = await explained(this.contract.policyState(policyId, blockTag === undefined ? {} : { blockTag }));
    return {
      end: state.end,
      removed: Number(state.removed),
      leaked: Number(state.leaked),
      disclosed: Number(state.disclosed),
      bountyReturned: Number(state.bountyReturned),
      released: Number(state.released),
      closed: state.closed,
      exists: state.exists,
    };
  }

  /** What a claim of a share would now pay to the staker and to the payer. */
  async feesDue(policy: Policy, shareIndex: number): Promise<{ earned: bigint; refund: bigint }> {
    const { earned, refund } = await explained(this.contract.feesDue(shown(policy), shareIndex));
    return { earned, refund };
  }

  /** Policies by their creation events, oldest first. */
  async policies(filter: PolicyFilter = {}): Promise<PolicyRecord[]> {
    const topics = this.contract.filters.PolicyCreated(
      undefined,
      filter.owner,
      filter.recipientSigner,
      filter.pathKeyId,
    );
    const from = filter.fromBlock ?? this.deployedAtBlock;
    return (await queryEvents(this.contract, topics, this.provider, from, filter.toBlock)).map(policyRecord);
  }

  /** Policies by their ids, in this order, found in one search. Throws ContractRefusal E_UNKNOWN_POLICY. */
  async policiesById(policyIds: readonly string[]): Promise<PolicyRecord[]> {
    const byId = new Map((await this.policies()).map((record) => [record.policyId, record]));
    return policyIds.map((id) => {
      const record = byId.get(id.toLowerCase());
      if (record === undefined) throw refusal("UnknownPolicy", { policyId: id });
      return record;
    });
  }

  /** One policy by its id; undefined if there is none. The id is not indexed: an owner or signer makes the search shorter. */
  async policy(policyId: string, filter: PolicyFilter = {}): Promise<PolicyRecord | undefined> {
    return (await this.policies(filter)).find((record) => record.policyId === policyId.toLowerCase());
  }

  /** The revocation that a transaction made, of a whole policy or of one node; other contracts' events do not count. */
  revocationIn(receipt: Pick<TransactionReceipt, "logs">): Revocation {
    const events = eventsIn(this.contract, receipt);
    const ours = events.filter(({ name }) => name === "PolicyRevoked" || name === "NodeRemoved");
    const ended = ours.find(({ name }) => name === "PolicyRevoked");
    return {
      policyId: ours[0].args.policyId as string,
      end: ended?.args.end as bigint | undefined,
      refund: ours.reduce((sum, { args }) => sum + (args.refund as bigint), 0n),
    };
  }

  /** Ids of the policies in which a node's share is settled for good and its collateral free. */
  async releasedShares(node: string): Promise<Set<string>> {
    const filter = this.contract.filters.ShareReleased(undefined, node);
    const events = await queryEvents(this.contract, filter, this.provider, this.deployedAtBlock);
    return new Set(events.map(({ args }) => args.policyId as string));
  }

  /** Ids of the policies that any event of these blocks names, both ends included, each once. */
  async touchedPolicies(firstBlock: number, lastBlock: number): Promise<string[]> {
    const address = await this.contract.getAddress();
    const range = { address, fromBlock: firstBlock, toBlock: lastBlock };
    const logs = await explained(this.provider.getLogs(range));
    const ids = logs.map((log) => this.contract.interface.parseLog(log)?.args.policyId as string);
    return [...new Set(ids)];
  }

  /** Creates a policy; the sender is owner and payer and has approved fee and bounties. Returns the policy's id. */
  create(creation: Creation): Call<string> {
    return prepare(this.provider, this.contract.create, [asCreation(creation)]);
  }

  /** Creates a policy whose owner is the sender and whose payer consented. Returns the policy's id. */
  createFor(creation: Creation, payment: Consent): Call<string> {
    return prepare(this.provider, this.contract.createFor, [asCreation(creation), payment, NO_CONSENT]);
  }

  /** Prolongs a policy to `newEnd` for an owner and a payer of whom each is the sender or consented. */
  renewFor(policy: Policy, newEnd: bigint, { payment = NO_CONSENT, grant = NO_CONSENT }: Consents): Call<void> {
    return prepare(this.provider, this.contract.renewFor, [shown(policy), newEnd, payment, grant]);
  }

  /** Prolongs a policy to `newEnd`; the sender is owner and payer. */
  renew(policy: Policy, newEnd: bigint): Call<void> {
    return prepare(this.provider, this.contract.renew, [shown(policy), newEnd]);
  }

  /** Ends a policy at once; the payer is refunded in the same transaction. Owner only. */
  revoke(policy: Policy): Call<void> {
    return prepare(this.provider, this.contract.revoke, [shown(policy)]);
  }

  /** Ends a policy by its owner's signature of `REVOCATION`; open to all. */
  revokeBySignature(policy: Policy, signature: Uint8Array): Call<void> {
    return prepare(this.provider, this.contract.revokeBySignature, [shown(policy), signature]);
  }

  /** Takes one node out for good. Owner only. */
  revokeNode(policy: Policy, shareIndex: number): Call<void> {
    return prepare(this.provider, this.contract.revokeNode, [shown(policy), shareIndex]);
  }

  /** Pays a node what it has served; returns what its staker gets. */
  claim(policy: Policy, shareIndex: number): Call<bigint> {
    return prepare(this.provider, this.contract.claim, [shown(policy), shareIndex]);
  }

  /** Claims for one node in many policies at once. */
  claimMany(node: string, policies: readonly Policy[], shareIndices: readonly number[]): Call<bigint> {
    return prepare(this.provider, this.contract.claimMany, [node, policies.map(shown), [...shareIndices]]);
  }

  /** Settles a share after all windows and frees its collateral; open to all. */
  finalClaim(policy: Policy, shareIndex: number): Call<bigint> {
    return prepare(this.provider, this.contract.finalClaim, [shown(policy), shareIndex]);
  }

  /** Sends the bounties that no leak drew on back to the owner, after all windows; open to all. */
  returnBounty(policy: Policy): Call<bigint> {
    return prepare(this.provider, this.contract.returnBounty, [shown(policy)]);
  }
}

function shown({ terms, nodes, commitments }: Policy): IPolicyManager.PolicyStruct {
  return { terms, nodes: [...nodes], commitmentsHash: commitmentsHash(commitments) };
}

function asCreation(creation: Creation): IPolicyManager.CreationStruct {
  const { terms, nodes, commitments, condition, note, acceptances } = creation;
  return { terms, nodes: [...nodes], commitments: [...commitments], condition, note, acceptances: [...acceptances] };
}

function policyRecord(event: EventLog): PolicyRecord {
  const { policyId, terms, nodes, commitments, condition, note } = event.args as unknown as {
    policyId: string;
  } & IPolicyManager.CreationStructOutput;
  return {
    policyId,
    terms: termsOf(terms),
    nodes: [...nodes],
    commitments: commitments.map(({ digest, point }): Commitment => ({ digest: fromHex(digest, 32), point })),
    condition: fromHex(condition),
    note: fromHex(note),
    block: event.blockNumber,
    transactionHash: event.transactionHash,
  };
}

function termsOf(terms: IPolicyManager.TermsStructOutput): Terms {
  return {
    owner: terms.owner,
    payer: terms.payer,
    recipientSigner: terms.recipientSigner,
    threshold: Number(terms.threshold),
    pathKeyId: fromHex(terms.pathKeyId, 32),
    recipientKeyId: fromHex(terms.recipientKeyId, 32),
    start: terms.start,
    end: terms.end,
    maxEnd: terms.maxEnd,
    acceptBy: terms.acceptBy,
    feeRate: terms.feeRate,
    bounty: terms.bounty,
    conditionHash: fromHex(terms.conditionHash, 32),
    noteHash: fromHex(terms.noteHash, 32),
  };
}
