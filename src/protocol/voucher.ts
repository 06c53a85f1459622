/**
 * Vouchers (design of contracts/interfaces/IPaidReads.sol, whose names these are): a user of data pays a node for all reads so far by one
 * signature. A later voucher replaces the earlier ones.
 */
import type { Address } from "./abi";
import { address, bytes, record, uint, type Codec } from "./codec";
import { type Domain, messageType } from "./typedData";

/** By a channel's signer: `amount` NKMS wei for all reads of this channel in this epoch. */
export const VOUCHER = messageType("Voucher", [
  { name: "payer", type: "address" },
  { name: "node", type: "address" },
  { name: "epoch", type: "uint256" },
  { name: "amount", type: "uint256" },
]);

/** A signed voucher. The channel is that of `payer` to `node`; `epoch` counts how often it was closed before. */
export interface Voucher {
  readonly payer: Address;
  /** The node's staker. */
  readonly node: Address;
  readonly epoch: bigint;
  readonly amount: bigint;
  /** r ‖ s ‖ v, 65 bytes. */
  readonly signature: Uint8Array;
}

export const voucher: Codec<Voucher> = record<Voucher>({
  payer: address,
  node: address,
  epoch: uint(32),
  amount: uint(128),
  signature: bytes(65),
});

/** Domain of VOUCHER. */
export function voucherDomain(chainId: bigint, paidReads: Address): Domain {
  return { name: "NKMS PaidReads", version: "1", chainId, verifyingContract: paidReads };
}
