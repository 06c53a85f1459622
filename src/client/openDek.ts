/** Getting at the data key: with the path's own key if it is ours, otherwise through the nodes of a policy (eq 6, 9; V.A). */
import { equalBytes } from "../bytes";
import type { PolicyRecord } from "../chain/policyManager";
import type { VerifiedAnswer } from "../crypto/engine";
import { CryptoError } from "../crypto/errors";
import { capsuleOf, openSealed, openWithKey } from "../crypto/sealedBox";
import { wipe } from "../crypto/secrets";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { ObjectHeader } from "../protocol/edek";
import { pathKeyPair } from "../protocol/keys";
import { keyId } from "../protocol/path";
import type { Policy } from "../protocol/policy";
import { Budget } from "./budget";
import { collectAnswers } from "./collectAnswers";
import type { Context } from "./context";
import { firstSuccess } from "./firstSuccess";
import type { NodeFailure } from "./nodeOutcome";
import { policiesToRead } from "./policiesToRead";
import { noGrant, notEnough, underEveryPolicy } from "./readFailure";

/** A data key and how it was come by; without a policy it was opened by the owner's own key. */
export interface OpenedDek {
  readonly dek: Uint8Array;
  readonly policy?: Policy;
  readonly answered: readonly Address[];
  readonly failures: readonly NodeFailure[];
}

export interface OpenDekOptions {
  /** The path the object was written under: its owner derives the key from it, others do not need it. */
  readonly path?: string;
  /** Whose policies to use. Default: anybody's; strangers can make some that fail, and that cost a read time. */
  readonly owner?: Address;
  /** NKMS wei to pay each node that is needed, at most, where readers pay, whatever the number of policies tried. Default 0: pay nothing. */
  readonly maxPrice?: bigint;
  readonly signal?: AbortSignal;
}

/** How long a policy is tried alone before the next newest is tried beside it. */
const POLICY_HEAD_START_MS = 300;
/** The most that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Opens an object's dek. Throws E_TAMPERED for a broken edek, E_NO_GRANT, or the failure of the newest policy that covers it, with
 * every other policy in `data.others`.
 */
export async function openDek(context: Context, header: ObjectHeader, options: OpenDekOptions): Promise<OpenedDek> {
  const own = options.path === undefined ? undefined : pathKeyPair(context.seed, options.path, context.engine);
  if (own && equalBytes(own.publicKey, header.pathPublicKey)) return openOwn(context, own.secretKey, header.edek);
  const capsule = intactCapsule(context, header.edek);
  const pathKeyId = keyId(header.pathPublicKey);
  const { open, shut } = await policiesToRead(context, pathKeyId, options.owner);
  // A refusal under a shut policy is fetched all the same: its nodes say why, in words that a reader can act on.
  const budget = new Budget(options.maxPrice ?? 0n);
  const policies = freeFirst(open.length > 0 ? open : shut.slice(0, 1));
  const attempts = policies.map(
    (policy) => (signal: AbortSignal) => openThrough(context, header, { policy, capsule, budget, signal }),
  );
  // Where a read may cost, one policy is tried after another: side by side, two of them could be paid.
  const delayMs = budget.maxPrice > 0n ? LONGEST_MS : POLICY_HEAD_START_MS;
  const outcome = await firstSuccess(attempts, { delayMs, signal: options.signal });
  if ("result" in outcome) return outcome.result;
  const otherwise = outcome.errors.find((error) => !(error instanceof NkmsError) || error.code === "E_TAMPERED");
  if (otherwise !== undefined) throw otherwise as Error; // about the object or a bug, whatever the policy
  const failures = policies.map((policy, index) => ({ policy, error: outcome.errors[index] as NkmsError }));
  throw failures.length > 0 ? underEveryPolicy(failures, shut) : noGrant(context.address, pathKeyId);
}

/** Those whose readers pay come last, in their order otherwise. */
function freeFirst(policies: readonly PolicyRecord[]): PolicyRecord[] {
  const isPaid = ({ terms }: PolicyRecord) => terms.feeRate === 0n;
  return [...policies.filter((policy) => !isPaid(policy)), ...policies.filter(isPaid)];
}

function openOwn({ engine }: Context, secretKey: Uint8Array, edek: Uint8Array): OpenedDek {
  return { dek: refusingTampered(() => openSealed(engine, secretKey, edek)), answered: [], failures: [] };
}

/** The capsule, if its own proof holds: a changed one is told here, before any node could be blamed. */
function intactCapsule({ engine }: Context, edek: Uint8Array): Uint8Array {
  return refusingTampered(() => {
    const capsule = capsuleOf(engine, edek);
    engine.verifyCapsule(capsule);
    return capsule;
  });
}

async function openThrough(
  context: Context,
  { pathPublicKey, edek }: ObjectHeader,
  task: { policy: PolicyRecord; capsule: Uint8Array; budget: Budget; signal?: AbortSignal },
): Promise<OpenedDek> {
  const { policy } = task;
  const { verified, answered, failures } = await collectAnswers(context, { ...task, pathPublicKey });
  if (verified.length < policy.terms.threshold) throw notEnough(context, policy, answered, failures);
  const key = combine(context, pathPublicKey, task.capsule, verified);
  const dek = refusingTampered(() => openWithKey(context.engine, key, edek));
  wipe(key);
  return { dek, policy, answered, failures };
}

function combine(
  { engine, keys }: Context,
  pathPublicKey: Uint8Array,
  capsule: Uint8Array,
  verified: readonly VerifiedAnswer[],
): Uint8Array {
  return engine.combine(keys.recipient.secretKey, pathPublicKey, capsule, verified);
}

/** A capsule or sealed dek whose encoding, proof or tag fails was changed after it was written. */
function refusingTampered<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    throw new NkmsError("E_TAMPERED", "The object's encrypted key was changed after it was written.", {
      why: cause.message,
      fix: "Fetch the object again, or ask its producer to write it again.",
      data: { field: "edek" },
      cause,
    });
  }
}
