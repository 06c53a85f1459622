/** Policies as the contract takes them, with all signatures. */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { type BytesLike, Signature, ethers } from "ethers";
import { ethers as hardhat } from "hardhat";

import { toHex } from "../../src/bytes";
import {
  ACCEPTANCE,
  type Commitment,
  type PAYMENT,
  type Policy,
  REVOCATION,
  type Terms,
  commitmentsHash,
  optionalHash,
  policyDomain,
  policyId,
} from "../../src/protocol/policy";
import type { MessageType } from "../../src/protocol/typedData";
import type { IPolicyManager } from "../../typechain-types/contracts/interfaces/IPolicyManager";
import type { NodeActor, Party, PolicyParties } from "./policySystem";

/** A policy and what creating it needs besides. */
export interface Draft extends Policy {
  readonly actors: readonly NodeActor[];
  readonly condition: Uint8Array;
  readonly note: Uint8Array;
}

export interface DraftOptions {
  readonly terms?: Partial<Terms>;
  /** How many nodes, from the first on. */
  readonly shares?: number;
  readonly condition?: Uint8Array;
  readonly note?: Uint8Array;
  readonly commitments?: readonly Commitment[];
}

/** A policy of owner and payer `system.owner` that starts 1,000 s from now and lasts 1,000 s, renewable up to 5,000 s. */
export async function draft(system: PolicyParties, options: DraftOptions = {}): Promise<Draft> {
  const now = BigInt(await time.latest());
  const actors = system.nodes.slice(0, options.shares ?? 3);
  const { condition = new Uint8Array(), note = new Uint8Array() } = options;
  const terms: Terms = {
    owner: system.owner.address,
    payer: system.owner.address,
    recipientSigner: system.recipient.address,
    threshold: 1,
    pathKeyId: ethers.getBytes(ethers.id("path key")),
    recipientKeyId: ethers.getBytes(ethers.id("recipient key")),
    start: now + 1_000n,
    end: now + 2_000n,
    maxEnd: now + 6_000n,
    acceptBy: now + 600n,
    feeRate: 7n,
    bounty: 0n,
    conditionHash: optionalHash(condition),
    noteHash: optionalHash(note),
    ...options.terms,
  };
  const commitments = options.commitments ?? actors.map((actor) => commitmentFor(actor));
  return { terms, nodes: actors.map((actor) => actor.address), commitments, actors, condition, note };
}

function commitmentFor(actor: NodeActor): Commitment {
  return { digest: ethers.getBytes(ethers.id(`share of ${actor.address}`)), point: actor.worker.address };
}

export function idOf(policy: Policy): string {
  return toHex(policyId(policy));
}

/** The policy as later calls show it. */
export function shown(policy: Policy): IPolicyManager.PolicyStruct {
  return {
    terms: policy.terms,
    nodes: [...policy.nodes],
    commitmentsHash: toHex(commitmentsHash(policy.commitments)),
  };
}

/** The policy with its nodes' acceptances. */
export async function creationOf(system: PolicyParties, policy: Draft): Promise<IPolicyManager.CreationStruct> {
  return {
    terms: policy.terms,
    nodes: [...policy.nodes],
    commitments: [...policy.commitments],
    condition: policy.condition,
    note: policy.note,
    acceptances: await Promise.all(
      policy.actors.map((actor, index) => acceptance(system, policy, actor.worker, index)),
    ),
  };
}

/** One acceptance in compact form, by whomever. */
export async function acceptance(
  system: PolicyParties,
  policy: Policy,
  signer: Pick<Party, "signTypedData">,
  shareIndex: number,
): Promise<IPolicyManager.AcceptanceStruct> {
  const message = { policyId: policyId(policy), shareIndex: BigInt(shareIndex) };
  const signature = Signature.from(await signFor(system, signer, ACCEPTANCE, message));
  return { r: signature.r, vs: signature.yParityAndS };
}

export interface ConsentOptions {
  readonly end?: bigint;
  readonly maximum?: bigint;
  readonly deadline?: bigint;
}

/** A payer's or owner's consent for a policy; by default to its end as created, for any amount, for an hour. */
export async function consent(
  system: PolicyParties,
  signer: Pick<Party, "signTypedData">,
  type: MessageType<typeof PAYMENT.fields>,
  policy: Policy,
  options: ConsentOptions = {},
): Promise<IPolicyManager.ConsentStruct> {
  const maximum = options.maximum ?? 10n ** 30n;
  const deadline = options.deadline ?? BigInt(await time.latest()) + 3_600n;
  const message = { policyId: policyId(policy), end: options.end ?? policy.terms.end, maximum, deadline };
  return { maximum, deadline, signature: await signFor(system, signer, type, message) };
}

export async function revocation(
  system: PolicyParties,
  signer: Pick<Party, "signTypedData">,
  policy: Policy,
): Promise<string> {
  return signFor(system, signer, REVOCATION, { policyId: policyId(policy) });
}

/** A consent that nobody signed: for parties that are the caller. */
export const NO_CONSENT: IPolicyManager.ConsentStruct = { maximum: 0n, deadline: 0n, signature: "0x" };

/**
 * Creates a policy whose owner and payer are `system.owner`, and returns it as later calls show it. It stands in the very next
 * second, however long the machine takes to sign.
 */
export async function create(system: PolicyParties, options: DraftOptions = {}) {
  const policy = await draft(system, options);
  const creation = await creationOf(system, policy);
  await time.setNextBlockTimestamp((await time.latest()) + 1);
  await system.manager.connect(system.owner).create(creation);
  return { policy, id: idOf(policy), shown: shown(policy), ...policy };
}

async function signFor(
  system: PolicyParties,
  signer: Pick<Party, "signTypedData">,
  type: MessageType,
  message: Record<string, BytesLike | bigint>,
): Promise<string> {
  const { chainId } = await hardhat.provider.getNetwork();
  const domain = policyDomain(chainId, await system.manager.getAddress());
  return signer.signTypedData(domain, { [type.name]: [...type.fields] }, message);
}
