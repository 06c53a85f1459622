/** What readers sign: vouchers for nodes, and entries of the access log. */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import type { Signer } from "ethers";
import { ethers } from "hardhat";

import { ACCESS, accessDomain } from "../../src/protocol/access";
import type { Domain } from "../../src/protocol/typedData";
import { VOUCHER, voucherDomain } from "../../src/protocol/voucher";
import type { AccessLog, PaidReads } from "../../typechain-types";
import type { IPaidReads } from "../../typechain-types/contracts/interfaces/IPaidReads";

type TypedSigner = Pick<Signer, "signTypedData">;

export async function signVoucher(
  channels: PaidReads,
  signer: TypedSigner,
  message: { payer: string; node: string; epoch: bigint; amount: bigint },
): Promise<IPaidReads.VoucherStruct> {
  const types = { [VOUCHER.name]: [...VOUCHER.fields] };
  return {
    ...message,
    signature: await signer.signTypedData(await domainOf(channels, voucherDomain), types, message),
  };
}

/** The arguments of `record` for a reader's entry, valid for ten minutes. */
export async function signAccess(
  log: AccessLog,
  reader: TypedSigner & { readonly address: string },
  entry: { policyId: string; object: string; number: bigint },
): Promise<[policyId: string, requester: string, object: string, deadline: bigint, signature: string]> {
  const deadline = BigInt(await time.latest()) + 600n;
  const types = { [ACCESS.name]: [...ACCESS.fields] };
  const signature = await reader.signTypedData(await domainOf(log, accessDomain), types, { ...entry, deadline });
  return [entry.policyId, reader.address, entry.object, deadline, signature];
}

async function domainOf(
  contract: { getAddress(): Promise<string> },
  domain: (chainId: bigint, contract: string) => Domain,
): Promise<Domain> {
  const { chainId } = await ethers.provider.getNetwork();
  return domain(chainId, await contract.getAddress());
}
