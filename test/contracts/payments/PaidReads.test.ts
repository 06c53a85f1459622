import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { Wallet } from "ethers";
import { ethers } from "hardhat";

import type { IPaidReads } from "../../../typechain-types/contracts/interfaces/IPaidReads";
import { Random } from "../../support/random";

const DAY = 86_400n;
const DELAY = 2n * DAY;
const FUNDS = 10n ** 24n;
const DEPOSIT = 1_000n;
const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const TYPES = {
  Voucher: [
    { name: "payer", type: "address" },
    { name: "node", type: "address" },
    { name: "epoch", type: "uint256" },
    { name: "amount", type: "uint256" },
  ],
};
const random = new Random(0xca5cn);

describe(`PaidReads (seed ${random.seed})`, () => {
  async function deploy() {
    const [deployer, payer, stranger, other] = await ethers.getSigners();
    const node = new Wallet(ethers.id("node"), ethers.provider);
    const signer = new Wallet(ethers.id("voucher signer"));
    const token = await ethers.deployContract("NKMSToken", [deployer, deployer, 4n * FUNDS, 4n * FUNDS]);
    const [channels, twin] = [
      await ethers.deployContract("PaidReads", [token, DELAY]),
      await ethers.deployContract("PaidReads", [token, DELAY]),
    ];
    for (const party of [payer, stranger]) {
      await token.transfer(party, FUNDS);
      for (const contract of [channels, twin]) await token.connect(party).approve(contract, ethers.MaxUint256);
    }
    const domain = {
      name: "NKMS PaidReads",
      version: "1",
      chainId: 31337n,
      verifyingContract: await channels.getAddress(),
    };
    const sign = async (amount: bigint, change: object = {}, where: object = {}, by = signer) => ({
      payer: payer.address,
      node: node.address,
      epoch: 0n,
      amount,
      signature: await by.signTypedData({ ...domain, ...where }, TYPES, {
        payer: payer.address,
        node: node.address,
        epoch: 0n,
        amount,
        ...change,
      }),
    });
    const asPayer = channels.connect(payer);
    return { deployer, payer, stranger, other, node, signer, token, channels, twin, sign, asPayer };
  }

  async function opened() {
    const system = await deploy();
    await system.asPayer.open(system.node, system.signer, DEPOSIT);
    return system;
  }

  async function closing() {
    const system = await opened();
    await system.asPayer.startClose(system.node);
    return { ...system, closesAt: BigInt(await time.latest()) + DELAY };
  }

  const plain = ({ deposit, redeemed, signer, closesAt, epoch }: IPaidReads.ChannelStructOutput) => ({
    deposit, redeemed, signer, closesAt, epoch,
  }); // prettier-ignore

  it("closes within 1 to 30 days", async () => {
    const { token, channels } = await loadFixture(deploy);
    for (const delay of [0n, DAY - 1n, 30n * DAY + 1n]) {
      await expect(ethers.deployContract("PaidReads", [token, delay]))
        .to.be.revertedWithCustomError(channels, "CloseDelayOutOfRange")
        .withArgs(delay, DAY, 30n * DAY);
    }
    expect(await channels.closeDelay()).to.equal(DELAY);
    for (const delay of [DAY, 30n * DAY]) {
      expect(await (await ethers.deployContract("PaidReads", [token, delay])).closeDelay()).to.equal(delay);
    }
  });

  context("open and topUp", () => {
    it("refuse no node, no signer, no deposit, a second channel, and an unknown one", async () => {
      const { channels, asPayer, payer, node, signer, other } = await loadFixture(opened);
      await expect(asPayer.open(ethers.ZeroAddress, signer, 1n))
        .to.be.revertedWithCustomError(channels, "InvalidNode")
        .withArgs(ethers.ZeroAddress);
      await expect(asPayer.open(other, ethers.ZeroAddress, 1n))
        .to.be.revertedWithCustomError(channels, "InvalidVoucherSigner")
        .withArgs(ethers.ZeroAddress);
      await expect(asPayer.open(other, signer, 0n))
        .to.be.revertedWithCustomError(channels, "DepositTooSmall")
        .withArgs(0, 1);
      await expect(asPayer.open(node, signer, 1n))
        .to.be.revertedWithCustomError(channels, "ChannelExists")
        .withArgs(payer.address, node.address);
      await expect(asPayer.topUp(payer, node, 0n))
        .to.be.revertedWithCustomError(channels, "DepositTooSmall")
        .withArgs(0, 1);
      await expect(asPayer.topUp(payer, other, 1n))
        .to.be.revertedWithCustomError(channels, "UnknownChannel")
        .withArgs(payer.address, other.address);
    });

    it("need the payer's allowance", async () => {
      const { channels, token, other, node, signer } = await loadFixture(deploy);
      await expect(channels.connect(other).open(node, signer, 1n))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(await channels.getAddress(), 0, 1);
    });

    it("take the deposit in, from the payer or from anybody for it", async () => {
      const { channels, asPayer, token, payer, stranger, node, signer } = await loadFixture(deploy);
      await expect(asPayer.open(node, signer, DEPOSIT))
        .to.emit(channels, "ChannelOpened")
        .withArgs(payer.address, node.address, signer.address, 0, DEPOSIT);
      await expect(channels.connect(stranger).topUp(payer, node, 5n))
        .to.emit(channels, "ChannelToppedUp")
        .withArgs(payer.address, node.address, 5, DEPOSIT + 5n);
      expect(plain(await channels.channelOf(payer, node))).to.deep.equal({
        deposit: DEPOSIT + 5n, redeemed: 0n, signer: signer.address, closesAt: 0n, epoch: 0n,
      }); // prettier-ignore
      expect(await token.balanceOf(channels)).to.equal(DEPOSIT + 5n);
      expect(await token.balanceOf(stranger)).to.equal(FUNDS - 5n);
    });
  });

  context("redeem", () => {
    it("pays the node what is new in the latest voucher, whoever shows it", async () => {
      const { channels, token, payer, stranger, node, sign } = await loadFixture(opened);
      await expect(channels.connect(stranger).redeem(await sign(300n)))
        .to.emit(channels, "VoucherRedeemed")
        .withArgs(payer.address, node.address, 300, 300);
      await expect(channels.redeem(await sign(1_000n)))
        .to.emit(channels, "VoucherRedeemed")
        .withArgs(payer.address, node.address, 700, 1_000);
      expect(await token.balanceOf(node)).to.equal(1_000n);
      expect(await token.balanceOf(channels)).to.equal(0n);
    });

    it("pays nothing for an older voucher, or the same again", async () => {
      const { channels, sign } = await loadFixture(opened);
      await channels.redeem(await sign(300n));
      for (const amount of [0n, 299n, 300n]) {
        await expect(channels.redeem(await sign(amount)))
          .to.be.revertedWithCustomError(channels, "VoucherNotNewer")
          .withArgs(amount, 300);
      }
    });

    it("pays no more than the deposit", async () => {
      const { channels, asPayer, payer, node, sign } = await loadFixture(opened);
      const tooMuch = await sign(DEPOSIT + 1n);
      await expect(channels.redeem(tooMuch))
        .to.be.revertedWithCustomError(channels, "VoucherOverDeposit")
        .withArgs(DEPOSIT + 1n, DEPOSIT);
      await asPayer.topUp(payer, node, 1n);
      await channels.redeem(tooMuch);
    });

    it("refuses who is not the signer, another channel, epoch, chain or contract (I-X6)", async () => {
      const { channels, twin, payer, stranger, other, node, signer, sign } = await loadFixture(opened);
      const refused = async (voucher: Awaited<ReturnType<typeof sign>>, by = channels, epoch = 0n) => {
        const domain = {
          name: "NKMS PaidReads",
          version: "1",
          chainId: 31337n,
          verifyingContract: await by.getAddress(),
        };
        const { payer: from, node: to, amount, signature } = voucher;
        const recovered = ethers.verifyTypedData(domain, TYPES, { payer: from, node: to, epoch, amount }, signature);
        expect(recovered).not.to.equal(signer.address);
        await expect(by.redeem(voucher))
          .to.be.revertedWithCustomError(by, "WrongVoucherSigner")
          .withArgs(recovered, signer.address);
      };
      await refused(await sign(1n, {}, {}, new Wallet(ethers.id("somebody"))));
      await refused(await sign(1n, { payer: stranger.address }));
      await refused(await sign(1n, { node: other.address }));
      await refused(await sign(1n, { epoch: 1n }));
      await refused(await sign(1n, { amount: 2n }));
      await refused(await sign(1n, {}, { chainId: 1n }));
      await refused(await sign(1n, {}, { version: "2" }));
      await twin.connect(payer).open(node, signer, DEPOSIT);
      await refused(await sign(1n), twin);
      await channels.connect(payer).open(other, signer, DEPOSIT);
      await refused({ ...(await sign(1n)), node: other.address });
    });

    it("refuses a signature in another form: malleable, short, empty", async () => {
      const { channels, signer, sign } = await loadFixture(opened);
      const voucher = await sign(1n);
      const { r, s, v } = ethers.Signature.from(voucher.signature);
      const highS = ethers.toBeHex(CURVE_ORDER - BigInt(s), 32);
      const malleable = ethers.concat([r, highS, ethers.toBeHex(v === 27 ? 28 : 27)]);
      for (const signature of [malleable, ethers.dataSlice(voucher.signature, 0, 64), "0x"]) {
        await expect(channels.redeem({ ...voucher, signature }))
          .to.be.revertedWithCustomError(channels, "WrongVoucherSigner")
          .withArgs(ethers.ZeroAddress, signer.address);
      }
    });

    it("knows no channel that was never opened", async () => {
      const { channels, payer, node, sign } = await loadFixture(deploy);
      await expect(channels.redeem(await sign(1n)))
        .to.be.revertedWithCustomError(channels, "UnknownChannel")
        .withArgs(payer.address, node.address);
    });

    it("redeems many at once, none if one has a fault of its own", async () => {
      const { channels, token, payer, stranger, other, node, signer, sign } = await loadFixture(opened);
      await channels.connect(stranger).open(node, signer, 500n);
      const [good, from] = [await sign(10n), stranger.address];
      const ofStranger = async (amount: bigint, change: object = {}) => ({
        ...(await sign(amount, { payer: from, ...change })),
        ...{ payer: from, ...change },
      });
      const faults: [Awaited<ReturnType<typeof sign>>, string, unknown[]][] = [
        [await ofStranger(501n), "VoucherOverDeposit", [501, 500]],
        [{ ...good, payer: from, signature: "0x" }, "WrongVoucherSigner", [ethers.ZeroAddress, signer.address]],
        [await ofStranger(20n, { epoch: 1n }), "WrongEpoch", [1, 0]],
        [await ofStranger(0n, { epoch: 1n }), "WrongEpoch", [1, 0]],
        [await ofStranger(20n, { node: other.address }), "UnknownChannel", [from, other.address]],
      ];
      for (const [faulty, name, args] of faults) {
        for (const batch of [[good, faulty], [faulty, good]]) {
          await expect(channels.redeemMany(batch))
            .to.be.revertedWithCustomError(channels, name)
            .withArgs(...args);
        }
      } // prettier-ignore
      expect((await channels.channelOf(payer, node)).redeemed).to.equal(0n);
      const both = [good, await ofStranger(20n)];
      expect(await channels.redeemMany.staticCall(both)).to.equal(30n);
      await channels.redeemMany(both);
      expect(await token.balanceOf(node)).to.equal(30n);
      expect(await channels.redeemMany.staticCall([])).to.equal(0n);
    });

    it("passes over vouchers in a batch that somebody redeemed a moment before, or that are older than another", async () => {
      const { channels, token, stranger, other, node, signer, sign } = await loadFixture(opened);
      await channels.connect(stranger).open(node, signer, 500n);
      const theirs = { ...(await sign(20n, { payer: stranger.address })), payer: stranger.address };
      const [older, latest] = [await sign(9n), await sign(10n)];
      await channels.connect(other).redeem(latest);
      const batch = [older, latest, theirs, theirs, await sign(0n)];
      expect(await channels.redeemMany.staticCall(batch)).to.equal(20n);
      const mined = await (await channels.redeemMany(batch)).wait();
      const events = await channels.queryFilter(channels.filters.VoucherRedeemed, mined!.blockNumber);
      expect(events.map(({ args }) => [...args])).to.deep.equal([[stranger.address, node.address, 20n, 20n]]);
      expect(await token.balanceOf(node)).to.equal(30n);
      expect(await channels.redeemMany.staticCall(batch)).to.equal(0n);
      await channels.redeemMany(batch);
      expect(await token.balanceOf(node)).to.equal(30n);
    });

    it("passes over vouchers in a batch whose channel somebody closed a moment before, opened anew or not", async () => {
      const { channels, asPayer, token, payer, stranger, other, node, signer, sign, closesAt } =
        await loadFixture(closing);
      await channels.connect(stranger).open(node, signer, 500n);
      const theirs = async (amount: bigint) => ({
        ...(await sign(amount, { payer: stranger.address })),
        payer: stranger.address,
      });
      const late = await sign(DEPOSIT);
      await time.increaseTo(closesAt);
      await channels.connect(other).finishClose(payer, node);
      await channels.redeemMany([late, await theirs(20n)]);
      expect(await token.balanceOf(node)).to.equal(20n);
      await asPayer.open(node, new Wallet(ethers.id("another signer")), 1n);
      await channels.redeemMany([late, await theirs(50n)]);
      expect(await token.balanceOf(node)).to.equal(50n);
      expect((await channels.channelOf(payer, node)).redeemed).to.equal(0n);
    });
  });

  context("close", () => {
    it("starts by the payer, once, and stops top-ups", async () => {
      const { channels, asPayer, payer, stranger, node } = await loadFixture(opened);
      await expect(channels.connect(stranger).startClose(node))
        .to.be.revertedWithCustomError(channels, "UnknownChannel")
        .withArgs(stranger.address, node.address);
      await expect(channels.finishClose(payer, node))
        .to.be.revertedWithCustomError(channels, "NotClosing")
        .withArgs(payer.address, node.address);
      const at = BigInt(await time.latest()) + 10n;
      await time.setNextBlockTimestamp(at);
      await expect(asPayer.startClose(node))
        .to.emit(channels, "ChannelClosing")
        .withArgs(payer.address, node.address, at + DELAY);
      await time.setNextBlockTimestamp(at + 1n);
      await expect(asPayer.startClose(node))
        .to.be.revertedWithCustomError(channels, "AlreadyClosing")
        .withArgs(at + DELAY, at + 1n);
      await time.setNextBlockTimestamp(at + 2n);
      await expect(asPayer.topUp(payer, node, 1n))
        .to.be.revertedWithCustomError(channels, "AlreadyClosing")
        .withArgs(at + DELAY, at + 2n);
    });

    it("ends after the delay and not a second before, and pays the rest to the payer, whoever calls", async () => {
      const { channels, token, payer, stranger, node, sign, closesAt } = await loadFixture(closing);
      await channels.redeem(await sign(400n));
      await time.setNextBlockTimestamp(closesAt - 1n);
      await expect(channels.finishClose(payer, node))
        .to.be.revertedWithCustomError(channels, "CloseNotDue")
        .withArgs(closesAt, closesAt - 1n);
      await expect(channels.connect(stranger).finishClose(payer, node))
        .to.emit(channels, "ChannelClosed")
        .withArgs(payer.address, node.address, 0, 600);
      expect(await token.balanceOf(payer)).to.equal(FUNDS - 400n);
      expect(await token.balanceOf(channels)).to.equal(0n);
      await expect(channels.finishClose(payer, node))
        .to.be.revertedWithCustomError(channels, "UnknownChannel")
        .withArgs(payer.address, node.address);
    });

    it("lets the node redeem while it closes, and after the delay as long as nobody finished it", async () => {
      const { channels, token, payer, node, sign, closesAt } = await loadFixture(closing);
      await channels.redeem(await sign(400n));
      await time.increaseTo(closesAt + 5n);
      await channels.redeem(await sign(1_000n));
      expect(await token.balanceOf(node)).to.equal(1_000n);
      await channels.finishClose(payer, node);
      expect(await token.balanceOf(payer)).to.equal(FUNDS - 1_000n);
    });

    it("in the same block as a redemption: whichever is first, nothing is paid twice", async () => {
      for (const redeemFirst of [true, false]) {
        const { channels, token, payer, stranger, node, sign, closesAt } = await loadFixture(closing);
        const voucher = await sign(400n);
        await ethers.provider.send("evm_setAutomine", [false]);
        const tip = (first: boolean) => ({ maxPriorityFeePerGas: first ? 2_000_000_000n : 1_000_000_000n });
        await time.setNextBlockTimestamp(closesAt);
        await channels.connect(stranger).redeem(voucher, { gasLimit: 300_000n, ...tip(redeemFirst) });
        await channels.finishClose(payer, node, { gasLimit: 300_000n, ...tip(!redeemFirst) });
        await ethers.provider.send("evm_mine", []);
        await ethers.provider.send("evm_setAutomine", [true]);
        const paid = redeemFirst ? 400n : 0n;
        expect(await token.balanceOf(node), `redeem first: ${redeemFirst}`).to.equal(paid);
        expect(await token.balanceOf(payer)).to.equal(FUNDS - paid);
        expect(await token.balanceOf(channels)).to.equal(0n);
      }
    });

    it("makes vouchers of the closed channel worthless in the next", async () => {
      const { channels, asPayer, payer, node, signer, sign, closesAt } = await loadFixture(closing);
      const unredeemed = await sign(900n);
      await time.increaseTo(closesAt);
      await channels.finishClose(payer, node);
      await asPayer.open(node, signer, DEPOSIT);
      expect(plain(await channels.channelOf(payer, node))).to.deep.equal({
        deposit: DEPOSIT, redeemed: 0n, signer: signer.address, closesAt: 0n, epoch: 1n,
      }); // prettier-ignore
      await expect(channels.redeem(unredeemed)).to.be.revertedWithCustomError(channels, "WrongEpoch").withArgs(0, 1);
      const domain = { name: "NKMS PaidReads", version: "1", chainId: 31337n, verifyingContract: channels.target };
      const message = { payer: payer.address, node: node.address, epoch: 1n, amount: 900n };
      const recovered = ethers.verifyTypedData(domain as object, TYPES, message, unredeemed.signature);
      await expect(channels.redeem({ ...unredeemed, epoch: 1n }))
        .to.be.revertedWithCustomError(channels, "WrongVoucherSigner")
        .withArgs(recovered, signer.address);
      await channels.redeem({ ...(await sign(900n, { epoch: 1n })), epoch: 1n });
    });
  });

  it("pays hostile payers and nodes without calling them, whatever they would do (I-P7)", async () => {
    const { channels, token, deployer, payer, node, signer, sign } = await loadFixture(deploy);
    const hostile = await ethers.deployContract("HostileParty__Mock");
    const address = await hostile.getAddress();
    const run = (name: string, ...args: unknown[]) =>
      hostile.run(channels, channels.interface.encodeFunctionData(name as never, args as never), 0);
    await token.connect(deployer).transfer(hostile, DEPOSIT);
    await hostile.approve(token, channels);
    await run("open", node.address, signer.address, DEPOSIT);
    await channels.connect(payer).open(hostile, signer, DEPOSIT);
    await run("startClose", node.address);
    const closesAt = BigInt(await time.latest()) + DELAY;
    const fromHostile = { ...(await sign(300n, { payer: address })), payer: address };
    const toHostile = { ...(await sign(400n, { node: address })), node: address };
    const outcomes = new Set<string>();
    for (const mode of [0, 1, 2, 3, 4, 5, 6]) {
      const snapshot = await ethers.provider.send("evm_snapshot");
      await hostile.setMode(mode);
      const redeemed = await channels.redeemMany([fromHostile, toHostile]);
      await time.setNextBlockTimestamp(closesAt);
      const finished = await channels.finishClose(hostile, node);
      const gas = await Promise.all([redeemed, finished].map(async (sent) => (await sent.wait())!.gasUsed));
      const held = [await token.balanceOf(hostile), await token.balanceOf(node)];
      expect(held).to.deep.equal([700n + 400n, 300n]);
      outcomes.add(gas.join());
      await ethers.provider.send("evm_revert", [snapshot]);
    }
    expect(outcomes.size).to.equal(1);
  });

  it("holds exactly deposit minus redeemed of every channel, in any order of calls (I-P9 channel_solvency)", async () => {
    const { channels, token, payer, stranger, node, other, signer, sign } = await loadFixture(deploy);
    const pairs = [payer, stranger].flatMap((from) => [node.address, other.address].map((to) => ({ from, to })));
    const model = new Map(
      pairs.map((pair) => [pair, { deposit: 0n, redeemed: 0n, open: false, closesAt: 0n, epoch: 0n }]),
    );
    await token.transfer(channels, 77n);
    for (let step = 0; step < 120; step++) {
      const pair = pairs[Number(random.below(4n))];
      const state = model.get(pair)!;
      const now = BigInt(await time.latest()) + 1n + random.below(DELAY);
      await time.setNextBlockTimestamp(now);
      const amount = 1n + random.below(50n);
      const asFrom = channels.connect(pair.from);
      const action = random.below(5n);
      const isClosing = state.closesAt > 0n;
      if (action === 0n) {
        await settle(asFrom.open(pair.to, signer, amount), !state.open);
        if (!state.open) Object.assign(state, { open: true, deposit: amount, redeemed: 0n });
      } else if (action === 1n) {
        await settle(asFrom.topUp(pair.from, pair.to, amount), state.open && !isClosing);
        if (state.open && !isClosing) state.deposit += amount;
      } else if (action === 2n) {
        const total = random.below(100n);
        const message = { payer: pair.from.address, node: pair.to, epoch: state.epoch };
        const voucher = { ...(await sign(total, message)), ...message };
        const valid = state.open && total > state.redeemed && total <= state.deposit;
        await settle(channels.redeem(voucher), valid);
        if (valid) state.redeemed = total;
      } else if (action === 3n) {
        await settle(asFrom.startClose(pair.to), state.open && !isClosing);
        if (state.open && !isClosing) state.closesAt = now + DELAY;
      } else {
        const due = state.open && isClosing && now >= state.closesAt;
        await settle(channels.finishClose(pair.from, pair.to), due);
        if (due)
          Object.assign(state, { open: false, deposit: 0n, redeemed: 0n, closesAt: 0n, epoch: state.epoch + 1n });
      }
      const held = [...model.values()].reduce((sum, { deposit, redeemed }) => sum + deposit - redeemed, 0n);
      expect(await token.balanceOf(channels), `step ${step}`).to.equal(77n + held);
    }
  });

  async function settle(call: Promise<unknown>, succeeds: boolean): Promise<void> {
    if (succeeds) await call;
    else await expect(call).to.be.reverted;
  }
});
