/** share: lets a recipient read everything under a path, for a time, through nodes drawn by stake (II.D, III.B, V.A, VI). */
import { toHex } from "../bytes";
import { NkmsError } from "../errors";
import { type Address, isSameAddress } from "../protocol/abi";
import { pathKeyPair } from "../protocol/keys";
import { sealNote } from "../protocol/note";
import { conditionBytes } from "../protocol/condition";
import { canonicalPath, keyId } from "../protocol/path";
import { creationBounties, creationFee, optionalHash, type Policy, policyId, type Terms } from "../protocol/policy";
import { hadNoEffect } from "../chain/call";
import type { Consent, Creation } from "../chain/policyManager";
import type { Context, Transaction } from "./context";
import { engageNodes, type Search } from "./engageNodes";
import { approveIfMissing, ensureAllowance, namingPayer } from "./funds";
import type { AcceptedPolicy, Draft } from "./handOver";
import type { PolicyRecord } from "./policyRecord";
import { type Recipient, recipientKeys, type RecipientKeys } from "./recipient";
import { chosenCandidates, drawnCandidates } from "./recruitNodes";
import { leastFeeRate, requireBounty, type ShareNumbers, shareNumbers, type ShareOptions } from "./shareOptions";

/** How long nodes keep a fraction whose policy is not on the chain yet, in seconds. */
const ACCEPT_WINDOW = 600n;

/** A policy that was just created. */
export interface Grant {
  readonly id: string;
  readonly path: string;
  readonly recipient?: Address;
  readonly threshold: number;
  readonly nodes: readonly Address[];
  readonly start: Date;
  readonly expires: Date;
  /** NKMS wei escrowed for all nodes together. */
  readonly fee: bigint;
  /** NKMS wei of bounties that the owner escrowed for all nodes together. */
  readonly bounties: bigint;
  /** Hash of the transaction that created it. */
  readonly transaction: string;
}

/**
 * Shares a path. A record is on disk before the transaction is sent, so that the policy can be revoked whatever happens then.
 * Throws E_UNKNOWN_RECIPIENT, E_BAD_OPTION, E_TOO_FEW_NODES {needed, got, nodes}, E_INSUFFICIENT_BALANCE,
 * E_INSUFFICIENT_ALLOWANCE, E_CONDITION_TOO_LONG, E_BOUNTY_OUT_OF_RANGE, or why the contract refuses; after each of them nothing was created.
 */
export async function share(
  context: Context,
  recipient: Recipient,
  uri: string,
  options: ShareOptions,
): Promise<Grant> {
  const plan = await planShare(context, recipient, uri, options);
  const { path, note, search } = plan;
  return engageNodes(context, search, async (accepted) => {
    const id = toHex(policyId(accepted.policy));
    const { condition } = search.draft;
    const record = { ...accepted.policy, id, pending: true, path, recipient: plan.recipient.account, condition };
    return grantOf(record, await createPolicy(context, record, accepted, note, options));
  });
}

/** A share that is meant: with whom, which nodes are looked for, on which terms. */
export interface SharePlan {
  readonly path: string;
  readonly recipient: RecipientKeys;
  readonly note: Uint8Array;
  readonly search: Search;
}

/** Looks up the recipient and checks the options; no node is asked. Throws E_UNKNOWN_RECIPIENT, E_BAD_OPTION, E_CONDITION_TOO_LONG. */
export async function planShare(
  context: Context,
  recipient: Recipient,
  uri: string,
  options: ShareOptions,
): Promise<SharePlan> {
  const { chain } = context;
  const path = canonicalPath(uri);
  const keys = await recipientKeys(context, recipient);
  const [now, parameters] = await Promise.all([chain.headTime(), chain.policyManager.parameters()]);
  const numbers = shareNumbers(options, now, parameters);
  const reader = keys.account ?? keys.requestSigner;
  const condition = conditionBytes(options.when, { contracts: chain.deployment, reader });
  const note = sealNote(context.keys.noteKey, path, context.random);
  const payer = typeof options.payer === "object" ? options.payer.address : context.address;
  const bounty = requireBounty(options.bounty ?? 0n, parameters);
  const times = { payer, numbers, bounty, acceptBy: BigInt(now) + ACCEPT_WINDOW };
  const engagement = {
    ...numbers,
    conditional: condition.length > 0,
    leastFeeRate: leastFeeRate(numbers, parameters),
    signal: options.signal,
  };
  const search = {
    candidates: options.nodes ? chosenCandidates(options.nodes) : drawnCandidates(context, numbers.maxEnd),
    shares: numbers.shares,
    engagement,
    draft: draftOf(context, path, keys, { ...times, condition, note }, options.signal),
  };
  return { path, recipient: keys, note, search };
}

/** What a policy carries beside its nodes and keys. */
interface Particulars {
  readonly payer: Address;
  readonly numbers: ShareNumbers;
  readonly bounty: bigint;
  readonly acceptBy: bigint;
  readonly condition: Uint8Array;
  readonly note: Uint8Array;
}

function draftOf(
  { address, engine, keys, seed }: Context,
  path: string,
  recipient: RecipientKeys,
  { payer, numbers, bounty, note, acceptBy, condition }: Particulars,
  signal?: AbortSignal,
): Draft {
  const pathKeys = pathKeyPair(seed, path, engine);
  const terms: Terms = {
    owner: address,
    payer,
    recipientSigner: recipient.requestSigner,
    threshold: numbers.threshold,
    pathKeyId: keyId(pathKeys.publicKey),
    recipientKeyId: keyId(recipient.encryptionKey),
    start: numbers.start,
    end: numbers.end,
    maxEnd: numbers.maxEnd,
    acceptBy,
    feeRate: 0n,
    bounty,
    conditionHash: optionalHash(condition),
    noteHash: optionalHash(note),
  };
  const ownerKeys = {
    pathPublicKey: pathKeys.publicKey,
    verifyingKey: keys.signing.publicKey,
    recipientKey: recipient.encryptionKey,
  };
  return { terms, condition, ownerKeys, pathSecretKey: pathKeys.secretKey, signal };
}

/**
 * Record, approval, transaction, in this order. If the policy surely never comes to exist the record goes again; if it is unknown what became of the
 * transaction the record stays, pending, and the error carries the policy's id.
 */
async function createPolicy(
  context: Context,
  record: PolicyRecord,
  { policy, acceptances }: AcceptedPolicy,
  note: Uint8Array,
  { payer, approve }: ShareOptions,
): Promise<string> {
  const { inTurn, store } = context;
  const creation = { ...policy, condition: record.condition, note, acceptances };
  const consent = await sponsorConsent(policy, payer);
  await store.put(record);
  return inTurn(async () => {
    const call = createCall(context, creation, consent);
    const dropped = async (error: unknown) => {
      await store.remove(record.id);
      return namingPayer(error, record.terms.payer);
    };
    try {
      const amount = ownPart(context, policy);
      const { PolicyManager: spender } = context.chain.deployment;
      if (consent === undefined) await approveIfMissing(context, call, { spender, amount, approve });
      else if (amount > 0n) await ensureAllowance(context, { spender, amount, approve });
      await call.check();
    } catch (error) {
      throw await dropped(error);
    }
    const { hash } = await call.send().catch(async (error: unknown) => {
      if (hadNoEffect(error)) throw await dropped(error);
      throw error instanceof NkmsError ? withPolicyId(error, record.id) : error;
    });
    await store.put({ ...record, pending: false });
    return hash;
  });
}

/** A sponsor's agreement to the whole fee; undefined if the owner or the readers pay. */
async function sponsorConsent(policy: Policy, payer: ShareOptions["payer"]): Promise<Consent | undefined> {
  if (typeof payer !== "object") return undefined;
  const { terms, nodes } = policy;
  const { owner, end } = terms;
  return payer.consent({ policyId: policyId(policy), owner, end, amount: creationFee(terms, nodes.length) });
}

function createCall({ chain }: Context, creation: Creation, consent?: Consent): Transaction<string> {
  return consent ? chain.policyManager.createFor(creation, consent) : chain.policyManager.create(creation);
}

/** NKMS wei that the contract takes from us: the bounties, and the fee unless somebody else pays it. */
function ownPart({ address }: Context, { terms, nodes }: Policy): bigint {
  const fee = isSameAddress(terms.payer, address) ? creationFee(terms, nodes.length) : 0n;
  return fee + creationBounties(terms, nodes.length);
}

function withPolicyId({ code, message, why, fix, data, cause }: NkmsError, id: string): NkmsError {
  return new NkmsError(code, message, { why, fix, data: { ...data, policyId: id }, cause });
}

function grantOf({ id, path, recipient, terms, nodes }: PolicyRecord & { path: string }, transaction: string): Grant {
  return {
    id,
    path,
    recipient,
    threshold: terms.threshold,
    nodes,
    start: new Date(Number(terms.start) * 1000),
    expires: new Date(Number(terms.end) * 1000),
    fee: creationFee(terms, nodes.length),
    bounties: creationBounties(terms, nodes.length),
    transaction,
  };
}
