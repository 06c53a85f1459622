import { ethers } from "hardhat";

import { POLICY } from "../../support/conditions";
import { signAccess } from "../../support/readerSignatures";
import { itWithstandsReentrancy, type Question } from "../../support/reentrancy";

const PRICE = 1_000n;
const ETHER = 10n ** 18n;
const ITEM = ethers.id("file://film");
const OTHER = ethers.id("file://other film");
const READER = "0x" + "11".repeat(20);

/** A contract without constructor arguments, and a hostile one with some ether beside it. */
async function deployBeside(name: string) {
  const [deployer] = await ethers.getSigners();
  const target = await ethers.deployContract(name);
  const hostile = await ethers.deployContract("Hostile__Mock", [target]);
  await deployer.sendTransaction({ to: hostile, value: ETHER });
  const run = (call: string, args: unknown[], value = 0n) =>
    hostile.run(target.interface.encodeFunctionData(call, args), { value });
  return { deployer, target, hostile, run, self: hostile.target as string };
}

describe("PayToReadShop: reentrancy", () => {
  async function deploy() {
    const system = await deployBeside("PayToReadShop");
    for (const item of [ITEM, OTHER]) await system.run("setPrice", [item, PRICE]);
    await system.run("buy", [system.self, OTHER, READER], PRICE);
    return system;
  }

  itWithstandsReentrancy<Awaited<ReturnType<typeof deploy>>>({
    contract: "PayToReadShop",
    deploy,
    calls: {
      buy: ({ self }) => [self, ITEM, READER],
      setPrice: () => [ITEM, PRICE],
      withdraw: () => [],
    },
    values: { buy: PRICE },
    callers: ["withdraw"],
    questions: async ({ target, self }) => [
      [target, "priceOf", self, ITEM],
      [target, "hasBought", self, ITEM, READER],
      [target, "takingsOf", self],
    ],
  });
});

describe("SellerPayments: reentrancy", () => {
  type System = Awaited<ReturnType<typeof deployBeside>>;
  const saleOf = ({ self }: System) => ({ seller: self, token: self, item: ITEM });

  itWithstandsReentrancy<System>({
    contract: "SellerPayments",
    deploy: () => deployBeside("SellerPayments"),
    calls: { pay: (system) => [saleOf(system), READER, 7n] },
    callers: ["pay"],
    questions: async (system) => [[system.target, "paid", saleOf(system), READER]],
    movements: ["transferFrom(address,address,uint256)"],
  });
});

describe("Subscriptions: reentrancy", () => {
  type System = Awaited<ReturnType<typeof deployBeside>>;
  const planOf = ({ self }: System) => ({ seller: self, token: self, price: 4n, termLength: 100n, item: ITEM });
  const planId = (system: System): string => {
    const plan = "(address seller,address token,uint128 price,uint32 termLength,bytes32 item)";
    return ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode([plan], [planOf(system)]));
  };

  itWithstandsReentrancy<System>({
    contract: "Subscriptions",
    deploy: () => deployBeside("Subscriptions"),
    calls: { subscribe: (system) => [planOf(system), READER, 2] },
    callers: ["subscribe"],
    questions: async (system): Promise<Question[]> => [[system.target, "paidUntil", planId(system), READER]],
    movements: ["transferFrom(address,address,uint256)"],
  });
});

describe("AllowLists: reentrancy", () => {
  itWithstandsReentrancy({
    contract: "AllowLists",
    deploy: () => deployBeside("AllowLists"),
    calls: { setListed: () => [ITEM, [READER], true] },
    callers: [],
    questions: async () => [],
  });
});

describe("AccessLog: reentrancy", () => {
  async function deploy() {
    const system = await deployBeside("AccessLog");
    const log = await ethers.getContractAt("AccessLog", system.target);
    return { ...system, entry: await signAccess(log, system.deployer, { policyId: POLICY, object: ITEM, number: 0n }) };
  }

  itWithstandsReentrancy<Awaited<ReturnType<typeof deploy>>>({
    contract: "AccessLog",
    deploy,
    calls: { record: ({ entry }) => entry },
    callers: [],
    questions: async () => [],
  });
});
