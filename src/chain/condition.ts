/** Asks an access condition of a policy (V.F): a view call to a contract of the owner's choice, with bounded gas. */
import type { Provider } from "ethers";

import { ICondition__factory } from "../../typechain-types";
import { NkmsError } from "../errors";
import { decodeCondition } from "../protocol/condition";
import { explained } from "./refusals";

const CONDITION = ICondition__factory.createInterface();
const NO = "0x" + "0".padStart(64, "0");
const YES = "0x" + "1".padStart(64, "0");
const NOBODY = "0x0000000000000000000000000000000000000000";
const GAS_LIMIT = 3_000_000n;

/** Who asks for what: `condition` is abi.encode(address, bytes), `block` the block whose state counts. */
export interface ConditionQuestion {
  condition: Uint8Array;
  policyId: Uint8Array | string;
  requester: string;
  block: number;
}

/**
 * `ICondition.isAllowed` from address 0 with 3 M gas. Rejects with a typed error if the condition reverts, runs out of gas, does
 * not answer with a boolean (E_CONDITION_FAILED), is no condition (E_BAD_CONDITION), or the server fails.
 */
export async function isAllowed(provider: Provider, question: ConditionQuestion): Promise<boolean> {
  const { condition, policyId, requester, block } = question;
  const { address: to, context } = decodeCondition(condition);
  const data = CONDITION.encodeFunctionData("isAllowed", [policyId, requester, context]);
  const answer = await explained(provider.call({ to, from: NOBODY, data, gasLimit: GAS_LIMIT, blockTag: block }));
  if (answer === NO || answer === YES) return answer === YES;
  throw new NkmsError("E_CONDITION_FAILED", "The condition's contract gave no answer.", {
    why: "It returned something else than a boolean, or there is no contract at its address.",
    fix: "Let the condition name a contract that implements ICondition.",
    data: { address: to, block },
  });
}
