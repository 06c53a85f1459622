import { time } from "@nomicfoundation/hardhat-network-helpers";
import { Wallet } from "ethers";
import { ethers } from "hardhat";

import { itWithstandsReentrancy, type Question } from "../../support/reentrancy";
import { signVoucher } from "../../support/readerSignatures";

const DELAY = 86_400n;
const DEPOSIT = 1_000n;
const FRESH = "0x" + "11".repeat(20);
const OPEN = "0x" + "22".repeat(20);
const CLOSING = "0x" + "33".repeat(20);

/** The hostile contract is token and payer: one channel is open, one can be closed, one is yet to be opened. */
async function deploy() {
  const [deployer] = await ethers.getSigners();
  const address = ethers.getCreateAddress({ from: deployer.address, nonce: (await deployer.getNonce()) + 1 });
  const hostile = await ethers.deployContract("Hostile__Mock", [address]);
  const channels = await ethers.deployContract("PaidReads", [hostile, DELAY]);
  const signer = new Wallet(ethers.id("voucher signer"));
  const run = (name: string, ...args: unknown[]) =>
    hostile.run(channels.interface.encodeFunctionData(name as never, args as never));
  for (const node of [OPEN, CLOSING]) await run("open", node, signer.address, DEPOSIT);
  await run("startClose", CLOSING);
  await time.increase(DELAY);
  const voucher = async (node: string, amount: bigint) =>
    signVoucher(channels, signer, { payer: hostile.target as string, node, epoch: 0n, amount });
  const vouchers = { open: await voucher(OPEN, 300n), closing: await voucher(CLOSING, 400n) };
  return { hostile, target: channels, signer, vouchers };
}

type System = Awaited<ReturnType<typeof deploy>>;

describe("PaidReads: reentrancy", () => {
  itWithstandsReentrancy<System>({
    contract: "PaidReads",
    deploy,
    calls: {
      finishClose: ({ hostile }) => [hostile.target, CLOSING],
      open: ({ signer }) => [FRESH, signer.address, DEPOSIT],
      redeem: ({ vouchers }) => [vouchers.closing],
      redeemMany: ({ vouchers }) => [[vouchers.open, vouchers.closing]],
      startClose: () => [OPEN],
      topUp: ({ hostile }) => [hostile.target, OPEN, 5n],
    },
    callers: ["finishClose", "open", "redeem", "redeemMany", "topUp"],
    questions: async ({ hostile, target }) =>
      [FRESH, OPEN, CLOSING].map((node): Question => [target, "channelOf", hostile.target, node]),
    movements: ["transfer(address,uint256)", "transferFrom(address,address,uint256)"],
  });
});
