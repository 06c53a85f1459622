/** The payer's money for a policy: checked before anything secret leaves, approved to the wei right before it is needed. */
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Context, Transaction } from "./context";

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
 * thrown here, before anything is sent; E_INSUFFICIENT_ALLOWANCE as by {@link ensureAllowance}.
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
    await ensureAllowance(context, spender, amount, approve);
  }
}

/** Whether a call failed for want of an allowance. */
export function lacksAllowance(error: unknown): boolean {
  return error instanceof NkmsError && error.code === "E_ERC20_INSUFFICIENT_ALLOWANCE";
}

/**
 * Makes the allowance of a contract cover what it is about to take. With `approve` false nothing is sent: then a smaller allowance throws
 * E_INSUFFICIENT_ALLOWANCE {got, required}.
 */
export async function ensureAllowance(
  { address, chain }: Context,
  spender: Address,
  required: bigint,
  approve: boolean,
): Promise<void> {
  const allowance = await chain.nkmsToken.allowance(address, spender);
  if (allowance >= required) return;
  if (approve) return void (await chain.nkmsToken.approve(spender, required).send());
  throw new NkmsError("E_INSUFFICIENT_ALLOWANCE", `${required} wei of NKMS are needed; ${allowance} are approved.`, {
    why: "A contract may take only what its payer approved, and approving was declined. Nothing was sent.",
    fix: `Approve ${required} to ${spender}, or leave out {approve: false}.`,
    data: { got: allowance, required, spender },
  });
}
