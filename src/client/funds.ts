/** The payer's money for a policy: checked before anything secret leaves, approved to the wei right before it is needed. */
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Context, Transaction } from "./context";

const UNLIMITED = 2n ** 256n - 1n;

/** Throws E_INSUFFICIENT_BALANCE {got, required} if the account holds less. */
export async function checkBalance({ chain }: Context, account: Address, required: bigint): Promise<void> {
  const balance = await chain.nkmsToken.balanceOf(account);
  if (balance >= required) return;
  throw new NkmsError("E_INSUFFICIENT_BALANCE", `${required} wei of NKMS are needed; ${account} has ${balance}.`, {
    why: "Fees and deposits are escrowed whole. Nothing was sent.",
    fix: "Get NKMS, share for a shorter time, or with fewer nodes.",
    data: { got: balance, required, account },
  });
}

/** What a call of ours takes: NKMS wei, and whether we may approve them. */
export interface Payment {
  readonly spender: Address;
  readonly amount: bigint;
  readonly approve?: boolean;
}

/**
 * Approves what a call takes from us, if nothing but the allowance is missing. Contracts take money last, so whatever else they would refuse is
 * thrown here, before anything is sent. With `approve` false nothing is sent: then E_INSUFFICIENT_ALLOWANCE.
 */
export async function approveIfMissing(
  context: Context,
  call: Transaction<unknown>,
  { spender, amount, approve = true }: Payment,
): Promise<void> {
  try {
    await call.check();
  } catch (error) {
    if (!lacksAllowance(error)) throw error;
    await (approve ? raiseAllowance : requireAllowance)(context, spender, amount);
  }
}

/** Whether a call failed for want of an allowance. */
export function lacksAllowance(error: unknown): error is NkmsError {
  return error instanceof NkmsError && error.code === "E_ERC20_INSUFFICIENT_ALLOWANCE";
}

/** Approves an amount on top of what is approved, which consents that are still out may have promised. */
export async function raiseAllowance(
  { address, chain: { nkmsToken } }: Context,
  spender: Address,
  amount: bigint,
): Promise<void> {
  const allowance = await nkmsToken.allowance(address, spender);
  const raised = raisedAllowance(allowance, amount);
  if (raised > allowance) await nkmsToken.approve(spender, raised).send();
}

/** Approves what a call will take from us, unless as much is approved. Throws E_INSUFFICIENT_ALLOWANCE where `approve` is false. */
export async function ensureAllowance(context: Context, { spender, amount, approve = true }: Payment): Promise<void> {
  const allowance = await context.chain.nkmsToken.allowance(context.address, spender);
  if (allowance < amount) await (approve ? raiseAllowance : requireAllowance)(context, spender, amount);
}

/** Both together; no more than the most there can be, which calls leave as it is. */
export function raisedAllowance(allowance: bigint, amount: bigint): bigint {
  const sum = allowance + amount;
  return sum < UNLIMITED ? sum : UNLIMITED;
}

/** Throws E_INSUFFICIENT_ALLOWANCE {got, required, spender, account} unless we have approved an amount. */
export async function requireAllowance({ address, chain }: Context, spender: Address, required: bigint): Promise<void> {
  const got = await chain.nkmsToken.allowance(address, spender);
  if (got < required) throw insufficientAllowance({ got, required, spender, account: address });
}

/** An error of a call that takes money from `payer`: for want of an allowance it names the payer, which the token's does not. */
export function namingPayer(error: unknown, payer: Address): unknown {
  if (!lacksAllowance(error)) return error;
  const { spender, allowance, needed } = error.data as { spender: Address; allowance: bigint; needed: bigint };
  return insufficientAllowance({ got: allowance, required: needed, spender, account: payer });
}

function insufficientAllowance(data: { got: bigint; required: bigint; spender: Address; account: Address }): NkmsError {
  const { got, required, spender, account } = data;
  return new NkmsError(
    "E_INSUFFICIENT_ALLOWANCE",
    `${required} wei of NKMS are needed; ${account} has approved ${got}.`,
    {
      why: "A contract takes only what its payer approved. Nothing was sent.",
      fix: `${account} approves ${required} to ${spender}; as the sender by leaving out {approve: false}, as a sponsor by a new consent.`,
      data,
    },
  );
}
