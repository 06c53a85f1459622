/**
 * Gas of asking the conditions: the smallest limit with which a node's eth_call from address 0 answers, which is 3,000,000 at most.
 * All say yes. `conditionAll`, `conditionAny` and `conditionNot` ask time windows: three, of which any needs the last, and one.
 */
import { expect } from "chai";
import type { BaseContract } from "ethers";
import { ethers } from "hardhat";

import { abiEncode, type Child, childContext, childrenContext } from "../../test/support/conditions";
import { signAccess } from "../../test/support/readerSignatures";
import { FEDERATED, UNIT_NKMS, deployStaking } from "../../test/support/staking";
import { type GasTable, runScenarios } from "./scenario";

const POLICY = ethers.id("policy");
const ITEM = ethers.id("file://film");
const NOBODY = ethers.ZeroAddress;
const PRICE = 10n ** 15n;
const SALE = "(address seller,address token,bytes32 item)";
const PLAN = "(address seller,address token,uint128 price,uint32 termLength,bytes32 item)";

type Scene = Awaited<ReturnType<typeof setScene>>;
type Asked = readonly [condition: BaseContract, context: string];

/** A reader with a token; a time window that is open, and one that is not. */
async function setScene() {
  const [seller, reader] = await ethers.getSigners();
  const { token } = await deployStaking(FEDERATED);
  await token.transfer(reader, UNIT_NKMS);
  const window = await ethers.deployContract("TimeWindow");
  const [open, shut] = [0n, ethers.MaxUint256].map((from): Child => [
    window.target as string,
    abiEncode(["uint256", "uint256"], [from, ethers.MaxUint256]),
  ]);
  return { seller, reader, token, coin: token.target as string, window, open, shut };
}

const CONDITIONS: Record<string, (scene: Scene) => Promise<Asked>> = {
  conditionTimeWindow: async ({ window, open }) => [window, open[1]],
  conditionTokenBalance: async ({ coin }) => [
    await ethers.deployContract("TokenBalance"),
    abiEncode(["address", "address", "uint256"], [coin, NOBODY, UNIT_NKMS]),
  ],
  async conditionSellerPayments({ seller, reader, token, coin }) {
    const payments = await ethers.deployContract("SellerPayments");
    const sale = { seller: seller.address, token: coin, item: ITEM };
    await token.connect(reader).approve(payments, 1n);
    await payments.connect(reader).pay(sale, reader, 1n);
    return [payments, abiEncode([SALE, "address", "uint256"], [sale, NOBODY, 1n])];
  },
  async conditionSubscriptions({ seller, reader, token, coin }) {
    const subscriptions = await ethers.deployContract("Subscriptions");
    const plan = { seller: seller.address, token: coin, price: 1n, termLength: 1_000n, item: ITEM };
    await token.connect(reader).approve(subscriptions, 1n);
    await subscriptions.connect(reader).subscribe(plan, reader, 1);
    return [subscriptions, abiEncode([PLAN, "address"], [plan, NOBODY])];
  },
  async conditionAllowLists({ seller, reader }) {
    const lists = await ethers.deployContract("AllowLists");
    await lists.setListed(ITEM, [reader], true);
    return [lists, abiEncode(["address", "bytes32", "address"], [seller.address, ITEM, NOBODY])];
  },
  async conditionAccessLog({ reader }) {
    const log = await ethers.deployContract("AccessLog");
    await log.record(...(await signAccess(log, reader, { policyId: POLICY, object: ITEM, number: 0n })));
    return [log, abiEncode(["uint256"], [600n])];
  },
  conditionPayToReadShop: async (scene) => [
    await purchase(scene),
    abiEncode(["address", "bytes32"], [scene.seller.address, ITEM]),
  ],
  async conditionViewCall(scene) {
    const shop = await purchase(scene);
    const data = shop.interface.encodeFunctionData("hasBought", [scene.seller.address, ITEM, scene.reader.address]);
    return [await ethers.deployContract("ViewCall"), abiEncode(["address", "bytes"], [shop.target, data])];
  },
  conditionAll: async ({ open }) => [await ethers.deployContract("AllOf"), childrenContext([open, open, open])],
  conditionAny: async ({ open, shut }) => [await ethers.deployContract("AnyOf"), childrenContext([shut, shut, open])],
  conditionNot: async ({ shut }) => [await ethers.deployContract("Not"), childContext(shut)],
};

export async function conditionsGas(): Promise<GasTable> {
  const scene = await setScene();
  const scenarios = Object.entries(CONDITIONS).map(
    ([name, prepare]) => [name, async () => askGas(await prepare(scene), scene.reader.address)] as const,
  );
  return runScenarios(Object.fromEntries(scenarios));
}

async function purchase({ seller, reader }: Scene) {
  const shop = await ethers.deployContract("PayToReadShop");
  await shop.setPrice(ITEM, PRICE);
  await shop.buy(seller, ITEM, reader, { value: PRICE });
  return shop;
}

async function askGas([condition, context]: Asked, requester: string): Promise<number> {
  const data = condition.interface.encodeFunctionData("isAllowed", [POLICY, requester, context]);
  const call = { from: NOBODY, to: condition.target, data };
  expect(await ethers.provider.call(call)).to.equal(ethers.zeroPadValue("0x01", 32));
  return Number(await ethers.provider.estimateGas(call));
}
