import { isAllowed, isConditionFault } from "../../src/chain/condition";
import type { Chain } from "../../src/chain/connection";
import type { NkmsError } from "../../src/errors";
import { encodeCondition } from "../../src/protocol/condition";
import { formatCondition, parseCondition } from "../../src/protocol/conditionText";
import { findPolicy, policyId } from "../support/policies";
import type { Outcome } from "../support/run";
import { type Session, usage } from "../support/session";
import { grouped, rows } from "../support/show";

const NO_POLICY = new Uint8Array(32);

interface Question {
  readonly condition: Uint8Array;
  readonly policyId: Uint8Array | string;
  readonly requester: string;
}

/** Asks a condition as nodes do, at the newest block: a policy's, or one that is typed. */
export async function checkCondition(session: Session): Promise<Outcome> {
  const chain = await session.connect();
  const question = await questionOf(session, chain);
  const { number: block } = await chain.block();
  const verdict = await ask(chain, question, block);
  const condition = question.condition.length > 0 ? formatCondition(question.condition, chain.deployment) : "none";
  const answer = verdict.allowed ? "yes" : verdict.error ? `no: ${verdict.error.message}` : "no";
  return {
    result: {
      condition,
      requester: question.requester,
      block,
      allowed: verdict.allowed,
      error: verdict.error?.toJSON(),
    },
    text: rows([
      ["condition", condition],
      ["requester", question.requester],
      ["block", grouped(block)],
      ["answer", answer],
    ]),
  };
}

async function questionOf(session: Session, chain: Chain): Promise<Question> {
  const text = session.optional("when");
  if (text === undefined) {
    const { condition, terms, policyId: id } = await findPolicy(chain, policyId(session));
    return { condition, policyId: id, requester: terms.recipientSigner };
  }
  if (session.optional("id") !== undefined) throw usage("Both --id and --when are given.", "Give one of them.");
  const reader = await session.account(session.required("reader"));
  const keys = await chain.keyRegistry.keysOf(reader);
  const condition = encodeCondition(parseCondition(text)({ contracts: chain.deployment, reader }));
  return { condition, policyId: NO_POLICY, requester: keys?.requestSigner ?? reader };
}

/** What a node would make of it: a condition that fails is a no. A chain that cannot be asked is an error. */
async function ask(chain: Chain, question: Question, block: number): Promise<{ allowed: boolean; error?: NkmsError }> {
  if (question.condition.length === 0) return { allowed: true };
  try {
    return { allowed: await isAllowed(chain.provider, { ...question, block }) };
  } catch (error) {
    if (isConditionFault(error)) return { allowed: false, error };
    throw error;
  }
}
