/**
 * Gas of what readers pay nodes and sellers, and of the access log. What a figure covers:
 * - all are whole transactions on the real token; allowances are exact, a node and a seller hold some money before;
 * - `channelOpen` and `accessRecord` are a pair's first, `...Again` a later one; `channelRedeem` is a later voucher.
 */
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";

import { FEDERATED, UNIT_NKMS, deployStaking } from "../../test/support/staking";
import { signAccess, signVoucher } from "../../test/support/readerSignatures";
import type { PaidReads } from "../../typechain-types";
import { type GasTable, gasOf, runScenarios } from "./scenario";

const DEPOSIT = 100n * UNIT_NKMS;
const DELAY = 3n * 86_400n;
const PRICE = 10n ** 15n;
const ITEM = ethers.id("file://film");
type Scenarios = Record<string, () => Promise<number>>;

export async function paymentsGas(): Promise<GasTable> {
  return {
    ...(await runScenarios(await channels())),
    ...(await runScenarios({ ...(await sales()), ...(await log()) })),
  };
}

async function channels(): Promise<Scenarios> {
  const [deployer, payer, node, signer] = await ethers.getSigners();
  const { token } = await deployStaking(FEDERATED);
  const reads = await ethers.deployContract("PaidReads", [token, DELAY]);
  for (const party of [payer, node]) await token.connect(deployer).transfer(party, 10n * DEPOSIT);
  const asPayer = reads.connect(payer);
  const allow = (amount: bigint) => token.connect(payer).approve(reads, amount);
  const open = async () => {
    await allow(DEPOSIT);
    return asPayer.open(node, signer, DEPOSIT);
  };
  const redeem = (amount: bigint, by: PaidReads = reads) =>
    signVoucher(reads, signer, { payer: payer.address, node: node.address, epoch: 0n, amount }).then((voucher) =>
      by.redeem(voucher),
    );
  const close = async () => {
    await open();
    await redeem(DEPOSIT / 4n);
    await asPayer.startClose(node);
    await time.increase(DELAY);
    return reads.finishClose(payer, node);
  };
  return {
    channelOpen: () => gasOf(open()),
    channelOpenAgain: async () => {
      await close();
      return gasOf(open());
    },
    channelTopUp: async () => {
      await open();
      await allow(DEPOSIT);
      return gasOf(asPayer.topUp(payer, node, DEPOSIT));
    },
    channelRedeem: async () => {
      await open();
      await redeem(DEPOSIT / 4n);
      return gasOf(redeem(DEPOSIT / 2n));
    },
    channelStartClose: async () => {
      await open();
      return gasOf(asPayer.startClose(node));
    },
    channelFinishClose: () => gasOf(close()),
  };
}

async function sales(): Promise<Scenarios> {
  const [, seller, buyer, reader, former] = await ethers.getSigners();
  const shop = await ethers.deployContract("PayToReadShop");
  await shop.connect(seller).setPrice(ITEM, PRICE);
  await shop.connect(buyer).buy(seller, ITEM, former, { value: PRICE });
  return {
    shopSetPrice: () => gasOf(shop.connect(seller).setPrice(ethers.id("file://new film"), PRICE)),
    shopBuy: () => gasOf(shop.connect(buyer).buy(seller, ITEM, reader, { value: PRICE })),
    shopWithdraw: () => gasOf(shop.connect(seller).withdraw()),
  };
}

async function log(): Promise<Scenarios> {
  const [, reader, sender] = await ethers.getSigners();
  const accessLog = await ethers.deployContract("AccessLog");
  const entry = { policyId: ethers.id("policy"), object: ethers.id("capsule") };
  const record = async (number: bigint) =>
    accessLog.connect(sender).record(...(await signAccess(accessLog, reader, { ...entry, number })));
  return {
    accessRecord: () => gasOf(record(0n)),
    accessRecordAgain: async () => {
      await record(0n);
      return gasOf(record(1n));
    },
  };
}
