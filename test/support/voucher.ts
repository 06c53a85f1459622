/** Vouchers as the contract takes them. */
import { type Signer, ethers } from "ethers";
import { ethers as hardhat } from "hardhat";

import type { PaidReads } from "../../typechain-types";
import type { IPaidReads } from "../../typechain-types/contracts/interfaces/IPaidReads";

const VOUCHER = {
  Voucher: [
    { name: "payer", type: "address" },
    { name: "node", type: "address" },
    { name: "epoch", type: "uint256" },
    { name: "amount", type: "uint256" },
  ],
};

export async function signVoucher(
  channels: PaidReads,
  signer: Pick<Signer, "signTypedData">,
  message: { payer: string; node: string; epoch: bigint; amount: bigint },
): Promise<IPaidReads.VoucherStruct> {
  const { chainId } = await hardhat.provider.getNetwork();
  const verifyingContract = await channels.getAddress();
  const domain = { name: "NKMS PaidReads", version: "1", chainId, verifyingContract };
  const { payer, node, amount } = message;
  return { payer, node, amount, signature: ethers.hexlify(await signer.signTypedData(domain, VOUCHER, message)) };
}
