/** Asks the nodes of a policy to re-encrypt one capsule, all at once, until enough of them have answered rightly (eq 9, III.B). */
import { fromHex } from "../bytes";
import type { VerifiedAnswer } from "../crypto/engine";
import { CryptoError } from "../crypto/errors";
import { draw } from "../crypto/random";
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import { type ReencryptAnswer, reencryptAnswer, type ReencryptRequest, reencryptRequest } from "../protocol/messages";
import { type Policy, policyId } from "../protocol/policy";
import { capsuleHash, receiptOf, sameReceipt } from "../protocol/receipt";
import { RECEIPT, REQUEST } from "../protocol/request";
import { recoverSigner, signTypedData } from "../protocol/typedSignature";
import type { Budget } from "./budget";
import { type Context, requestDomain } from "./context";
import type { Voucher } from "../protocol/voucher";
import { paidAnswer } from "./paidAnswer";
import { type NodeFailure, nodeFailure, WrongAnswerError } from "./nodeOutcome";

/** What is to be re-encrypted, under which policy. */
export interface Task {
  readonly policy: Policy;
  readonly capsule: Uint8Array;
  readonly pathPublicKey: Uint8Array;
  /** What the read may cost; shared with the read's other policies. */
  readonly budget: Budget;
  readonly signal?: AbortSignal;
}

export interface Answers {
  /** At most `threshold` answers whose receipts and proofs held. */
  readonly verified: readonly VerifiedAnswer[];
  /** The nodes that gave them. */
  readonly answered: readonly Address[];
  /** The nodes that failed before enough had answered; the rest were not needed. */
  readonly failures: readonly NodeFailure[];
}

/** Collects verified answers. Rejects only if aborted or if the chain cannot be read: what nodes do ends up in `failures`. */
export async function collectAnswers(context: Context, task: Task): Promise<Answers> {
  const { terms, nodes } = task.policy;
  const enough = new AbortController();
  const signal = task.signal ? AbortSignal.any([task.signal, enough.signal]) : enough.signal;
  const requestTime = BigInt(await context.chain.headTime());
  const found = new Map<Address, VerifiedAnswer>();
  const failures: NodeFailure[] = [];
  const ask: AskNode = async (node, shareIndex) => {
    const outcome = await askNode(context, { ...task, signal }, shareIndex, requestTime);
    if (enough.signal.aborted) return false;
    if ("code" in outcome) {
      failures.push(outcome);
      return false;
    }
    found.set(node, outcome);
    if (found.size === terms.threshold) enough.abort();
    return true;
  };
  await askAll(nodes, task.policy, ask, enough.signal);
  task.signal?.throwIfAborted();
  return { verified: [...found.values()], answered: [...found.keys()], failures };
}

interface Exchange {
  readonly request: ReencryptRequest;
  readonly answer: ReencryptAnswer;
}

/** Asks one node; whether it answered in time. */
type AskNode = (node: Address, shareIndex: number) => Promise<boolean>;

/** All nodes at once; if each costs, only as many as are needed, and the next for each that fails. */
async function askAll(nodes: readonly Address[], { terms }: Policy, ask: AskNode, enough: AbortSignal): Promise<void> {
  const width = terms.feeRate === 0n ? terms.threshold : nodes.length;
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < nodes.length && !enough.aborted) {
      const shareIndex = next++;
      if (await ask(nodes[shareIndex], shareIndex)) return;
    }
  };
  await Promise.all(Array.from({ length: width }, takeTurns));
}

/** One node's verified answer, or why there is none. */
async function askNode(
  context: Context,
  task: Task,
  shareIndex: number,
  requestTime: bigint,
): Promise<VerifiedAnswer | NodeFailure> {
  const node = task.policy.nodes[shareIndex];
  let url: string | undefined;
  try {
    const [registered, worker] = await Promise.all([
      context.chain.nodeRegistry.nodeOf(node),
      context.chain.nodeRegistry.workerAt(node, requestTime),
    ]);
    url = registered.url;
    const { request, answer } = await ask(context, task, shareIndex, requestTime, registered.url);
    checkReceipt(context, request, answer, worker);
    return checkAnswer(context, task, shareIndex, request, answer);
  } catch (error) {
    return nodeFailure(node, url, task.signal?.aborted ? aborted() : error);
  }
}

/** Asks, and pays where it costs; every attempt is a request of its own. */
function ask(context: Context, task: Task, shareIndex: number, requestTime: bigint, url: string): Promise<Exchange> {
  const { budget, policy } = task;
  const attempt = async (voucher?: Voucher): Promise<Exchange> => {
    const request = { ...signedRequest(context, task, shareIndex, requestTime), voucher };
    return { request, answer: await context.nodes.reencrypt(url, request, task.signal) };
  };
  if (policy.terms.feeRate > 0n) return attempt();
  return paidAnswer(context, { node: policy.nodes[shareIndex], policyId: policyId(policy), budget }, attempt);
}

function signedRequest(context: Context, task: Task, shareIndex: number, requestTime: bigint): ReencryptRequest {
  const request = {
    policyId: policyId(task.policy),
    shareIndex: BigInt(shareIndex),
    capsuleHash: capsuleHash(task.capsule),
    requestId: draw(context.random, 32),
    requestTime,
  };
  const { secretKey } = context.keys.requestSigner;
  const signature = signTypedData(secretKey, requestDomain(context), REQUEST, request);
  return { request, capsule: task.capsule, signature };
}

/** A receipt must bind the node's worker to exactly this request and this answer, or a wrong answer could be shown to nobody. */
function checkReceipt(
  context: Context,
  { request }: ReencryptRequest,
  answer: ReencryptAnswer,
  worker?: Address,
): void {
  if (!sameReceipt(answer.receipt, receiptOf(request, answer)))
    throw badReceipt("It is about another request or answer.");
  const signer = recoverSigner(requestDomain(context), RECEIPT, answer.receipt, answer.receiptSignature);
  if (signer !== worker?.toLowerCase()) throw badReceipt(`It is signed by ${signer}, not by the node's worker.`);
}

function checkAnswer(
  { engine, keys }: Context,
  { policy, capsule, pathPublicKey }: Task,
  shareIndex: number,
  request: ReencryptRequest,
  answer: ReencryptAnswer,
): VerifiedAnswer {
  const { digest, point } = policy.commitments[shareIndex];
  try {
    return engine.verify(answer.cfrag, {
      capsule,
      commitment: { digest, point: fromHex(point, 20) },
      ownerPublicKey: pathPublicKey,
      recipientPublicKey: keys.recipient.publicKey,
    });
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    const evidence = { request: reencryptRequest.write(request)!, answer: reencryptAnswer.write(answer)! }; // records
    throw new WrongAnswerError(evidence, error);
  }
}

function badReceipt(why: string): NkmsError {
  return new NkmsError("E_BAD_RECEIPT", "The node's receipt does not bind it to its answer.", {
    why,
    fix: "The answer is not used; the other nodes of the policy can answer instead.",
  });
}

function aborted(): NkmsError {
  return new NkmsError("E_ABORTED", "The request was ended before the node answered.");
}
