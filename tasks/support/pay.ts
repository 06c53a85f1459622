/** Steps that move NKMS out of the sender's account. */
import type { Call } from "../../src/chain/call";
import type { Chain } from "../../src/chain/connection";
import { refusal } from "../../src/chain/refusals";
import { lacksAllowance, raisedAllowance } from "../../src/client/funds";
import type { Address } from "../../src/protocol/abi";
import type { Step } from "./propose";

/** What is taken: NKMS wei, from whom, by which contract. */
export interface Taking {
  readonly payer: Address;
  readonly spender: Address;
  readonly amount: bigint;
}

/**
 * A call that takes tokens, with an approval before it if nothing but that is missing. Contracts take money last, so whatever else they would refuse is
 * thrown here, before anything is sent. Throws E_ERC20_INSUFFICIENT_BALANCE {sender, balance, needed}.
 */
export async function payingSteps(
  chain: Chain,
  taking: Taking,
  step: { title: string; call: () => Call; usualGas?: bigint },
): Promise<Step[]> {
  try {
    await step.call().check();
    return [step];
  } catch (error) {
    if (!lacksAllowance(error)) throw error;
    return [...(await approval(chain, taking)), { ...step, waits: true }];
  }
}

/** An approval of what will be taken, on top of what is approved, which consents that are still out may have promised. Throws E_ERC20_INSUFFICIENT_BALANCE. */
export async function approval({ nkmsToken }: Chain, { payer, spender, amount }: Taking): Promise<Step[]> {
  const [balance, allowance] = await Promise.all([nkmsToken.balanceOf(payer), nkmsToken.allowance(payer, spender)]);
  if (balance < amount) throw refusal("ERC20InsufficientBalance", { sender: payer, balance, needed: amount });
  const raised = raisedAllowance(allowance, amount);
  return raised > allowance ? [{ title: "approve", call: () => nkmsToken.approve(spender, raised) }] : [];
}
