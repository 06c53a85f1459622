/** Asks an access condition of a policy (V.F): a view call to a contract of the owner's choice, with bounded gas. */
import type { Provider } from "ethers";

import { ICondition__factory } from "../../typechain-types/factories/contracts/interfaces/ICondition__factory";
import { NkmsError } from "../errors";
import { decodeCondition } from "../protocol/condition";
import { ContractRefusal, explain } from "./refusals";

const CONDITION = ICondition__factory.createInterface();
const NO = "0x" + "0".padStart(64, "0");
const YES = "0x" + "1".padStart(64, "0");
const NOBODY = "0x0000000000000000000000000000000000000000";
const GAS_LIMIT = 3_000_000n;
const FIX = "Let the condition name a contract that answers isAllowed of ICondition with yes or no.";

/** Who asks for what: `condition` is abi.encode(address, bytes), `block` the block whose state counts. */
export interface ConditionQuestion {
  condition: Uint8Array;
  policyId: Uint8Array | string;
  requester: string;
  block: number;
}

/** What EVM clients say of an execution that used up its gas. */
const OUT_OF_GAS = /out ?of ?gas|insufficient[ _]gas|gas uint64 overflow/i;
/** What they say of one that ended otherwise without an answer. An error with none of these words is the server's own. */
const HALTED =
  /revert|opcode|invalid[ _]?(jump|operation)|bad jump|stack (under|over|limit)|write protection|out of bounds|\bE?VM (error|exception|execution)/i;

/**
 * `ICondition.isAllowed` from address 0 with 3 M gas. What speaks against the condition has a code of its own: E_BAD_CONDITION, if it
 * is none; E_CONDITION_REVERTED; E_CONDITION_OUT_OF_GAS; E_CONDITION_FAILED, if it does not answer with a boolean. A server that fails is E_RPC_FAILED.
 */
export async function isAllowed(provider: Provider, question: ConditionQuestion): Promise<boolean> {
  const { condition, policyId, requester, block } = question;
  const { address: to, context } = decodeCondition(condition);
  const data = CONDITION.encodeFunctionData("isAllowed", [policyId, requester, context]);
  const call = provider.call({ to, from: NOBODY, data, gasLimit: GAS_LIMIT, blockTag: block });
  const answer = await call.catch((error: unknown) => {
    throw explainCondition(error, to, block);
  });
  if (answer === NO || answer === YES) return answer === YES;
  throw new NkmsError("E_CONDITION_FAILED", "The condition's contract gave no answer.", {
    why: "It returned something else than a boolean, or there is no contract at its address.",
    fix: FIX,
    data: { address: to, block },
  });
}

const FAULTS = ["E_BAD_CONDITION", "E_CONDITION_FAILED", "E_CONDITION_REVERTED", "E_CONDITION_OUT_OF_GAS"];

/** Whether what {@link isAllowed} threw speaks against the condition. */
export function isConditionFault(error: unknown): error is NkmsError {
  return error instanceof NkmsError && FAULTS.includes(error.code);
}

/** The condition's failure, or the server's. */
function explainCondition(error: unknown, address: string, block: number): NkmsError {
  const known = explain(error);
  const data = { address, block };
  const said = saidByTheServer(error);
  if (known.code === "E_RPC_FAILED" && OUT_OF_GAS.test(said)) return outOfGas(data);
  const isRevert = known instanceof ContractRefusal || known.code === "E_REVERTED";
  if (!isRevert && !(known.code === "E_RPC_FAILED" && HALTED.test(said))) return known;
  return new NkmsError("E_CONDITION_REVERTED", "The condition's contract reverted.", {
    why: isRevert ? `${known.message} ${known.why}` : "It gave no reason.",
    fix: FIX,
    data: { ...data, code: known.code },
    cause: known,
  });
}

/** The server's own words, which ethers hides in `info.error`; none if the server did not answer. In-process chains throw them themselves. */
function saidByTheServer(error: unknown): string {
  const { code, info, message } = error as { code?: unknown; info?: { error?: RpcFault }; message?: string };
  if (info?.error) return `${info.error.message} ${String(info.error.data)}`;
  return typeof code === "string" ? "" : String(message);
}

interface RpcFault {
  readonly message?: string;
  readonly data?: unknown;
}

function outOfGas(data: { address: string; block: number }): NkmsError {
  return new NkmsError("E_CONDITION_OUT_OF_GAS", "The condition's contract ran out of gas.", {
    why: `It needs more than the ${GAS_LIMIT} gas that nodes give to a condition.`,
    fix: FIX,
    data: { ...data, gas: GAS_LIMIT },
  });
}
