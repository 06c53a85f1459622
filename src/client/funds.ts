/** The payer's money for a policy: checked before anything secret leaves, approved to the wei right before it is needed. */
import { NkmsError } from "../errors";
import type { Address } from "../protocol/abi";
import type { Context } from "./context";

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
