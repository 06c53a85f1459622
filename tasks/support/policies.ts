/** Policies as tasks look for and print them. */
import type { Chain } from "../../src/chain/connection";
import type { PolicyFilter, PolicyRecord, PolicyState } from "../../src/chain/policyManager";
import { liveShares, policyPhase } from "../../src/chain/policyView";
import { refusal } from "../../src/chain/refusals";
import { formatCondition } from "../../src/protocol/conditionText";
import { type Session, usage } from "./session";

/** A policy, its state, and what that means now. */
export interface Shown {
  record: PolicyRecord;
  state: PolicyState;
  phase: string;
}

/** The policy's id that `--id` gives, in lower case. Throws E_USAGE. */
export function policyId(session: Session): string {
  return checkedId(session.required("id"));
}

/** The ids that `--id` gives, with commas between, each once. Throws E_USAGE. */
export function policyIds(session: Session): string[] {
  return [...new Set(session.required("id").split(",").map(checkedId))];
}

function checkedId(given: string): string {
  const id = given.trim().toLowerCase();
  if (/^0x[0-9a-f]{64}$/.test(id)) return id;
  throw usage(`"${id}" is not a policy's id.`, "Copy it from: npx hardhat policy:list");
}

/** The policy with an id. Throws E_UNKNOWN_POLICY. */
export async function findPolicy(chain: Chain, id: string): Promise<PolicyRecord> {
  const record = await chain.policyManager.policy(id);
  if (record) return record;
  throw refusal("UnknownPolicy", { policyId: id });
}

/** A reader is found by the signer it published; an address without published keys is taken as a signer itself. */
export async function filterOf(session: Session, chain: Chain): Promise<PolicyFilter> {
  const [owner, reader] = [session.optional("owner"), session.optional("reader")];
  const account = reader && (await session.account(reader));
  const keys = account ? await chain.keyRegistry.keysOf(account) : undefined;
  return {
    owner: owner && (await session.account(owner)),
    recipientSigner: keys?.requestSigner ?? account,
  };
}

/** Policies with their present state. */
export async function withState(chain: Chain, records: PolicyRecord[]): Promise<Shown[]> {
  const { timestamp } = await chain.block();
  const states = await Promise.all(records.map(({ policyId: id }) => chain.policyManager.policyState(id)));
  return records.map((record, index) => ({
    record,
    state: states[index],
    phase: policyPhase(record, states[index], timestamp),
  }));
}

/** A policy's condition as text. */
export function describeCondition({ deployment }: Chain, { condition }: PolicyRecord): string {
  return condition.length > 0 ? formatCondition(condition, deployment) : "none";
}

/** A policy for programs. */
export function describePolicy({ record, state, phase }: Shown) {
  const { terms, nodes, condition, block, transactionHash } = record;
  return {
    policyId: record.policyId,
    phase,
    owner: terms.owner,
    payer: terms.payer,
    recipientSigner: terms.recipientSigner,
    threshold: terms.threshold,
    nodes,
    left: nodes.filter((_, index) => !liveShares(record, state).includes(index)),
    start: Number(terms.start),
    end: Number(state.end),
    maxEnd: Number(terms.maxEnd),
    feeRateWei: terms.feeRate,
    bountyWei: terms.bounty,
    condition,
    block,
    transactionHash,
  };
}
