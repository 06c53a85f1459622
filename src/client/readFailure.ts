/** Why an object could not be read: every node with its reason, and the one code that says it best (the oldest complaint of all). */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { formatCondition } from "../protocol/conditionText";
import { policyId } from "../protocol/policy";
import type { PolicyRecord } from "../chain/policyManager";
import type { Context } from "./context";
import type { NodeFailure } from "./nodeOutcome";

/** Reasons that waiting does not mend and that concern the policy rather than one node: they are reported as the read's own. */
const POLICY_REASONS = ["E_REVOKED", "E_EXPIRED", "E_NOT_YET", "E_CONDITION", "E_UNPAID"];

/** No policy on the chain shares this key with the reader. */
export function noGrant(recipient: Address, pathKeyId: Uint8Array): NkmsError {
  return new NkmsError("E_NO_GRANT", `Nothing under this key is shared with ${recipient}.`, {
    why: "The chain knows no policy for the object's key and your request signer.",
    fix: `Ask the owner to share it: share("${recipient}", path, {time}).`,
    data: { recipient, pathKeyId: toHex(pathKeyId) },
  });
}

/**
 * Too few answers under one policy. If so many nodes name the same reason that the others cannot make up for them, that is the
 * code; otherwise E_NOT_ENOUGH_SHARES. Either way `data.nodes` lists each node with its reason.
 */
export function notEnough(
  context: Context,
  policy: PolicyRecord,
  answered: readonly Address[],
  failures: readonly NodeFailure[],
): NkmsError {
  const { nodes, terms } = policy;
  const dominant = POLICY_REASONS.find((code) => nodes.length - count(failures, code) < terms.threshold);
  const spokesman = failures.find(({ code }) => code === dominant);
  const message =
    spokesman?.message ?? `Needed ${terms.threshold} of ${nodes.length} re-encryptions, got ${answered.length}.`;
  return new NkmsError(dominant ?? "E_NOT_ENOUGH_SHARES", message, {
    why: [
      ...(dominant === "E_CONDITION" ? [conditionText(context, policy)] : []),
      ...failures.map(({ node, code, message }) => `${node} ${code}: ${message}`),
    ].join("\n"),
    fix: spokesman?.fix ?? failures[0]?.fix,
    data: {
      policyId: toHex(policyId(policy)),
      needed: terms.threshold,
      got: answered.length,
      nodes: [...answered.map((node) => ({ node, code: "ok" })), ...failures],
    },
  });
}

/** A policy that was tried, and why it opened nothing. */
export interface FailedPolicy {
  readonly policy: PolicyRecord;
  readonly error: NkmsError;
}

/**
 * Nothing opened the object: the failure under the newest policy, and in `data.others` those under the older ones and the policies
 * that were not tried because the chain says that they are shut. A stranger's policy may stand among them.
 */
export function underEveryPolicy(
  [newest, ...older]: readonly FailedPolicy[],
  shut: readonly PolicyRecord[],
): NkmsError {
  const notTried = shut.filter(({ policyId }) => policyId !== newest.policy.policyId);
  const others = [
    ...older.map(({ policy, error }) => ({ ...named(policy), code: error.code })),
    ...notTried.map((policy) => ({ ...named(policy), code: "E_POLICY_SHUT" })),
  ];
  const { code, message, why, fix, data } = newest.error;
  const hint =
    others.length > 0 ? `There are ${others.length} other policies: name whose is meant, read(uri, {owner}).` : "";
  return new NkmsError(code, message, {
    why,
    fix: [fix, hint].filter(Boolean).join(" "),
    data: { ...data, owner: newest.policy.terms.owner, others },
    cause: newest.error,
  });
}

function named({ policyId, terms }: PolicyRecord): { policyId: string; owner: Address } {
  return { policyId, owner: terms.owner };
}

function conditionText({ chain }: Context, { condition }: PolicyRecord): string {
  return `The owner's condition: ${formatCondition(condition, chain.deployment)}`;
}

function count(failures: readonly NodeFailure[], wanted: string): number {
  return failures.filter(({ code }) => code === wanted).length;
}
