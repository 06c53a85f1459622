import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { abiEncode, hostile, POLICY } from "../../support/conditions";

const SELLER_TYPE = "(address seller,address token,bytes32 item)";
const PLAN_TYPE = "(address seller,address token,uint128 price,uint32 termLength,bytes32 item)";
const ITEM = ethers.id("file://film");
const LATEST = 2n ** 40n - 1n;

describe("Built-in conditions", () => {
  async function deploy() {
    const [reader, account, seller, stranger] = await ethers.getSigners();
    const coin = await ethers.deployContract("ERC20__Mock");
    const tickets = await ethers.deployContract("ERC721__Mock");
    await coin.mint(stranger, 10n ** 6n);
    return { reader, account, seller, stranger, coin, tickets };
  }

  context("TimeWindow", () => {
    async function deployWindow() {
      return { ...(await deploy()), window: await ethers.deployContract("TimeWindow") };
    }

    it("is open from the first to before the last second", async () => {
      const { window, reader } = await loadFixture(deployWindow);
      const from = (await time.latest()) + 10;
      const context = abiEncode(["uint256", "uint256"], [from, from + 5]);
      for (const [second, expected] of [
        [-1, false],
        [0, true],
        [4, true],
        [5, false],
      ] as const) {
        await time.increaseTo(from + second);
        expect(await window.isAllowed(POLICY, reader, context), `${second}`).to.equal(expected);
      }
    });

    it("has no end where the end is the largest number, and never opens where it ends before it begins", async () => {
      const { window, reader } = await loadFixture(deployWindow);
      const now = await time.latest();
      expect(
        await window.isAllowed(POLICY, reader, abiEncode(["uint256", "uint256"], [now, ethers.MaxUint256])),
      ).to.equal(true);
      expect(await window.isAllowed(POLICY, reader, abiEncode(["uint256", "uint256"], [now, now]))).to.equal(false);
    });
  });

  context("TokenBalance", () => {
    async function deployBalance() {
      return { ...(await deploy()), balance: await ethers.deployContract("TokenBalance") };
    }

    it("counts ERC-20 units of the requester, or of the account named", async () => {
      const { balance, coin, reader, account } = await loadFixture(deployBalance);
      const ask = async (holder: string, minimum: bigint) =>
        balance.isAllowed(
          POLICY,
          reader,
          abiEncode(["address", "address", "uint256"], [await coin.getAddress(), holder, minimum]),
        );
      await coin.mint(reader, 5n);
      await coin.mint(account, 7n);
      expect(await ask(ethers.ZeroAddress, 5n)).to.equal(true);
      expect(await ask(ethers.ZeroAddress, 6n)).to.equal(false);
      expect(await ask(account.address, 7n)).to.equal(true);
      expect(await ask(account.address, 8n)).to.equal(false);
      await coin.connect(account).transfer(reader, 1n);
      expect(await ask(account.address, 7n)).to.equal(false);
    });

    it("counts ERC-721 pieces", async () => {
      const { balance, tickets, reader, account } = await loadFixture(deployBalance);
      const context = abiEncode(
        ["address", "address", "uint256"],
        [await tickets.getAddress(), ethers.ZeroAddress, 2n],
      );
      await tickets.mint(reader, 1n);
      expect(await balance.isAllowed(POLICY, reader, context)).to.equal(false);
      await tickets.mint(reader, 2n);
      expect(await balance.isAllowed(POLICY, reader, context)).to.equal(true);
      await tickets.connect(reader).transferFrom(reader, account, 1n);
      expect(await balance.isAllowed(POLICY, reader, context)).to.equal(false);
    });

    it("fails where there is no token", async () => {
      const { balance, reader, stranger } = await loadFixture(deployBalance);
      const context = abiEncode(["address", "address", "uint256"], [stranger.address, ethers.ZeroAddress, 0n]);
      await expect(balance.isAllowed(POLICY, reader, context)).to.be.reverted;
    });
  });

  context("SellerPayments", () => {
    async function deployPayments() {
      const system = await deploy();
      const payments = await ethers.deployContract("SellerPayments");
      await system.coin.connect(system.stranger).approve(payments, ethers.MaxUint256);
      const sale = { seller: system.seller.address, token: await system.coin.getAddress(), item: ITEM };
      return { ...system, payments, sale, asPayer: payments.connect(system.stranger) };
    }

    type Payments = Awaited<ReturnType<typeof deployPayments>>;
    const contextOf = (sale: Payments["sale"], buyer: string, minimum: bigint) =>
      abiEncode([SELLER_TYPE, "address", "uint256"], [sale, buyer, minimum]);

    it("passes payments on and adds them up for the buyer, whoever pays", async () => {
      const { payments, asPayer, coin, sale, seller, account, reader } = await loadFixture(deployPayments);
      const context = contextOf(sale, account.address, 5n);
      expect(await payments.isAllowed(POLICY, reader, context)).to.equal(false);
      await expect(asPayer.pay(sale, account, 3n))
        .to.emit(payments, "Paid")
        .withArgs(seller.address, account.address, ITEM, sale.token, 3, 3);
      expect(await payments.isAllowed(POLICY, reader, context)).to.equal(false);
      await expect(asPayer.pay(sale, account, 2n)).to.emit(payments, "Paid").withArgs(
        seller.address, account.address, ITEM, sale.token, 2, 5,
      ); // prettier-ignore
      expect(await payments.isAllowed(POLICY, reader, context)).to.equal(true);
      expect(await payments.paid(sale, account)).to.equal(5n);
      expect(await coin.balanceOf(seller)).to.equal(5n);
      expect(await coin.balanceOf(payments)).to.equal(0n);
    });

    it("keeps sellers, tokens, items and buyers apart", async () => {
      const { payments, asPayer, sale, stranger, account, reader } = await loadFixture(deployPayments);
      await asPayer.pay(sale, account, 5n);
      const others = [
        { ...sale, seller: stranger.address },
        { ...sale, token: stranger.address },
        { ...sale, item: ethers.ZeroHash },
      ];
      for (const other of others) {
        expect(await payments.isAllowed(POLICY, reader, contextOf(other, account.address, 1n))).to.equal(false);
      }
      expect(await payments.isAllowed(POLICY, reader, contextOf(sale, stranger.address, 1n))).to.equal(false);
      expect(await payments.isAllowed(POLICY, reader, contextOf(sale, ethers.ZeroAddress, 1n))).to.equal(false);
      await asPayer.pay(sale, reader, 1n);
      expect(await payments.isAllowed(POLICY, reader, contextOf(sale, ethers.ZeroAddress, 1n))).to.equal(true);
    });

    it("counts nothing that did not arrive", async () => {
      const { payments, asPayer, coin, sale, account } = await loadFixture(deployPayments);
      await expect(asPayer.pay(sale, ethers.ZeroAddress, 1n))
        .to.be.revertedWithCustomError(payments, "InvalidBuyer")
        .withArgs(ethers.ZeroAddress);
      await expect(payments.connect(account).pay(sale, account, 1n)).to.be.revertedWithCustomError(
        coin,
        "ERC20InsufficientAllowance",
      );
      await coin.setRefuse(true);
      await expect(asPayer.pay(sale, account, 1n))
        .to.be.revertedWithCustomError(payments, "SafeERC20FailedOperation")
        .withArgs(sale.token);
      await expect(asPayer.pay({ ...sale, token: account.address }, account, 1n))
        .to.be.revertedWithCustomError(payments, "SafeERC20FailedOperation")
        .withArgs(account.address);
      expect(await payments.paid(sale, account)).to.equal(0n);
    });
  });

  context("Subscriptions", () => {
    async function deploySubscriptions() {
      const system = await deploy();
      const subscriptions = await ethers.deployContract("Subscriptions");
      await system.coin.connect(system.stranger).approve(subscriptions, ethers.MaxUint256);
      const plan = {
        seller: system.seller.address,
        token: await system.coin.getAddress(),
        price: 4n,
        termLength: 100n,
        item: ITEM,
      };
      return { ...system, subscriptions, plan, asPayer: subscriptions.connect(system.stranger) };
    }

    it("is paid for whole terms, from now or from where it was paid until", async () => {
      const { subscriptions, asPayer, coin, plan, seller, account, reader } = await loadFixture(deploySubscriptions);
      const context = abiEncode([PLAN_TYPE, "address"], [plan, account.address]);
      const planId = ethers.keccak256(abiEncode([PLAN_TYPE], [plan]));
      expect(await subscriptions.planIdOf(plan)).to.equal(planId);
      expect(await subscriptions.isAllowed(POLICY, reader, context)).to.equal(false);

      const first = BigInt(await time.latest()) + 10n;
      await time.setNextBlockTimestamp(first);
      await expect(asPayer.subscribe(plan, account, 2))
        .to.emit(subscriptions, "Subscribed")
        .withArgs(planId, account.address, seller.address, 2, first + 200n);
      await time.setNextBlockTimestamp(first + 50n);
      await asPayer.subscribe(plan, account, 1);
      expect(await subscriptions.paidUntil(planId, account)).to.equal(first + 300n);
      expect(await coin.balanceOf(seller)).to.equal(12n);

      await time.increaseTo(first + 299n);
      expect(await subscriptions.isAllowed(POLICY, reader, context)).to.equal(true);
      await time.increaseTo(first + 300n);
      expect(await subscriptions.isAllowed(POLICY, reader, context)).to.equal(false);

      await time.setNextBlockTimestamp(first + 1_000n);
      await asPayer.subscribe(plan, account, 1);
      expect(await subscriptions.paidUntil(planId, account)).to.equal(first + 1_100n);
    });

    it("is of one plan and one subscriber: the requester, where none is named", async () => {
      const { subscriptions, asPayer, plan, account, reader } = await loadFixture(deploySubscriptions);
      await asPayer.subscribe(plan, reader, 1);
      const ask = (other: object, subscriber: string) =>
        subscriptions.isAllowed(POLICY, reader, abiEncode([PLAN_TYPE, "address"], [{ ...plan, ...other }, subscriber]));
      expect(await ask({}, ethers.ZeroAddress)).to.equal(true);
      expect(await ask({}, account.address)).to.equal(false);
      for (const other of [
        { price: 3n },
        { termLength: 99n },
        { item: ethers.ZeroHash },
        { seller: account.address },
      ]) {
        expect(await ask(other, ethers.ZeroAddress)).to.equal(false);
      }
    });

    it("takes at least one term, nobody's subscription, and no more time than a uint40 holds", async () => {
      const { subscriptions, asPayer, plan, account } = await loadFixture(deploySubscriptions);
      await expect(asPayer.subscribe(plan, ethers.ZeroAddress, 1))
        .to.be.revertedWithCustomError(subscriptions, "InvalidSubscriber")
        .withArgs(ethers.ZeroAddress);
      const now = BigInt(await time.latest()) + 10n;
      await time.setNextBlockTimestamp(now);
      await expect(asPayer.subscribe(plan, account, 0))
        .to.be.revertedWithCustomError(subscriptions, "PaidUntilOutOfRange")
        .withArgs(0, now, LATEST);
      const [terms, termLength] = [2n ** 32n - 1n, 2n ** 32n - 1n];
      await time.setNextBlockTimestamp(now + 1n);
      await expect(asPayer.subscribe({ ...plan, termLength }, account, terms))
        .to.be.revertedWithCustomError(subscriptions, "PaidUntilOutOfRange")
        .withArgs(terms, now + 1n + terms * termLength, LATEST);
    });
  });

  context("AllowLists", () => {
    it("lets those on the keeper's list pass until they are taken off", async () => {
      const { reader, account, seller: keeper, stranger } = await loadFixture(deploy);
      const lists = await ethers.deployContract("AllowLists");
      const ask = (member: string, list = ITEM, whose = keeper.address) =>
        lists.isAllowed(POLICY, reader, abiEncode(["address", "bytes32", "address"], [whose, list, member]));
      expect(await ask(ethers.ZeroAddress)).to.equal(false);
      await expect(lists.connect(keeper).setListed(ITEM, [reader, account], true))
        .to.emit(lists, "Listed")
        .withArgs(keeper.address, ITEM, reader.address, true)
        .and.to.emit(lists, "Listed")
        .withArgs(keeper.address, ITEM, account.address, true);
      expect([await ask(ethers.ZeroAddress), await ask(account.address)]).to.deep.equal([true, true]);
      expect(await ask(ethers.ZeroAddress, ethers.ZeroHash)).to.equal(false);
      expect(await ask(ethers.ZeroAddress, ITEM, stranger.address)).to.equal(false);
      await lists.connect(stranger).setListed(ITEM, [reader], false);
      expect(await ask(ethers.ZeroAddress)).to.equal(true);
      await lists.connect(keeper).setListed(ITEM, [reader], false);
      expect([await ask(ethers.ZeroAddress), await ask(account.address)]).to.deep.equal([false, true]);
      expect(await lists.isListed(keeper, ITEM, account)).to.equal(true);
    });
  });

  context("ViewCall", () => {
    it("says what the call says, if that is a boolean", async () => {
      const { reader } = await loadFixture(deploy);
      const [viewCall, mock] = await Promise.all(
        ["ViewCall", "HostileCondition__Mock"].map((name) => ethers.deployContract(name)),
      );
      const target = await mock.getAddress();
      const ask = (context: string, whom = target) => {
        const data = mock.interface.encodeFunctionData("isAllowed", [POLICY, reader.address, context]);
        const call = abiEncode(["address", "bytes"], [whom, data]);
        return viewCall.getFunction("isAllowed").staticCall(POLICY, reader, call, { gasLimit: 3_000_000n });
      };
      expect(await ask(hostile("yes"))).to.equal(true);
      expect(await ask(hostile("no"))).to.equal(false);
      const failing = [
        hostile("revert"),
        hostile("burnGas"),
        hostile("word", 2n),
        hostile("return", 64n),
        hostile("return", 31n),
        hostile("return", 1_000_000n),
      ];
      for (const context of failing) {
        await expect(ask(context)).to.be.revertedWithCustomError(viewCall, "ViewCallFailed").withArgs(target);
      }
      await expect(ask(hostile("yes"), reader.address))
        .to.be.revertedWithCustomError(viewCall, "ViewCallFailed")
        .withArgs(reader.address);
    });
  });
});
