/** readPolicies: all the policies we have created, with their state by the chain (V.A). */
import type { PolicyState } from "../chain/policyManager";
import { type PolicyPhase, policyPhase } from "../chain/policyView";
import type { Address } from "../protocol/abi";
import { formatCondition } from "../protocol/conditionText";
import type { Context } from "./context";
import type { PolicyRecord } from "./policyRecord";

/**
 * `pending`: sent, not seen on the chain; `upcoming`: before its start; `active`: nodes serve it; `expired`: past its end;
 * `revoked`: ended by its owner, or because too few nodes were left.
 */
export type PolicyStatus = "pending" | "upcoming" | "active" | "expired" | "revoked";

/** One policy, as plain data for a table. Addresses are in lower case. */
export interface PolicySummary {
  readonly id: string;
  readonly recipient?: Address;
  readonly path?: string;
  readonly expires: Date;
  /** The condition of access as text; absent if there is none. */
  readonly when?: string;
  readonly threshold: number;
  readonly nodes: readonly Address[];
  readonly state: PolicyStatus;
  /** Of a pending policy: from then on it cannot come to exist any more. */
  readonly acceptBy?: Date;
}

/** What is left out matches all. */
export interface PolicyFilter {
  /** Exactly this path. */
  readonly path?: string;
  /** Every path that begins so: `file://docs/` for all below. */
  readonly under?: string;
  readonly recipient?: Address;
  readonly state?: PolicyStatus;
  /** Those that end before this moment. */
  readonly expiresBefore?: Date;
}

/**
 * The owner's policies, the one that expires first at the top. A record whose transaction can no longer be mined is dropped.
 * Throws E_STORE_CORRUPT.
 */
export async function readPolicies(context: Context, filter: PolicyFilter = {}): Promise<PolicySummary[]> {
  const [records, now] = await Promise.all([context.store.list(), context.chain.headTime()]);
  const summaries = await Promise.all(records.map((record) => summarise(context, record, BigInt(now))));
  return summaries
    .filter((summary) => summary !== undefined)
    .filter((summary) => matches(summary, filter))
    .sort((a, b) => a.expires.getTime() - b.expires.getTime());
}

async function summarise(context: Context, record: PolicyRecord, now: bigint): Promise<PolicySummary | undefined> {
  const { chain, store } = context;
  const chainState = await chain.policyManager.policyState(record.id);
  if (record.pending && chainState.exists) await store.put({ ...record, pending: false });
  if (!chainState.exists && now >= record.terms.acceptBy) {
    await store.remove(record.id);
    return undefined;
  }
  const { id, recipient, path, terms, nodes, condition } = record;
  const when = condition.length > 0 ? formatCondition(condition, chain.deployment) : undefined;
  const end = chainState.exists ? chainState.end : terms.end;
  const expires = dateOf(end);
  const state = statusOf(record, chainState, now);
  return {
    id,
    recipient,
    path,
    expires,
    ...(when === undefined ? {} : { when }),
    threshold: terms.threshold,
    nodes,
    state,
    ...(state === "pending" ? { acceptBy: dateOf(terms.acceptBy) } : {}),
  };
}

function dateOf(timestamp: bigint): Date {
  return new Date(Number(timestamp) * 1000);
}

/** What an owner calls the phases of a policy on the chain. */
const STATUS_OF: Record<PolicyPhase, PolicyStatus> = {
  pending: "upcoming",
  active: "active",
  ended: "expired",
  closed: "revoked",
};

function statusOf(record: PolicyRecord, state: PolicyState, now: bigint): PolicyStatus {
  return state.exists ? STATUS_OF[policyPhase(record, state, now)] : "pending";
}

function matches(summary: PolicySummary, { path, under, recipient, state, expiresBefore }: PolicyFilter): boolean {
  return (
    (path === undefined || summary.path === path) &&
    (under === undefined || summary.path?.startsWith(under) === true) &&
    (expiresBefore === undefined || summary.expires < expiresBefore) &&
    (recipient === undefined || summary.recipient?.toLowerCase() === recipient.toLowerCase()) &&
    (state === undefined || summary.state === state)
  );
}
