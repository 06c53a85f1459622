import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { NkmsError } from "../../../src/errors";
import type { ChannelState } from "../../../src/node/chainView";
import { dueVouchers, VoucherRedeemer } from "../../../src/node/redeemVouchers";
import { readVouchers, vouchersFolder, type VoucherStore } from "../../../src/node/voucherStore";
import { encode } from "../../../src/protocol/codec";
import { signerAddress, signTypedData } from "../../../src/protocol/typedSignature";
import { voucher as codec, VOUCHER, voucherDomain, type Voucher } from "../../../src/protocol/voucher";
import { serial } from "../../../src/serial";
import { FOLLOWING, grantOf, NOW, random, requestOf, STAKER, World } from "../../support/node/world";

const PRICE = 7n;
const EVERY = 100;
const payers = ["0x" + "e1".repeat(20), "0x" + "e2".repeat(20)];
const signer = random(32);
const CHANNEL: ChannelState = { deposit: 100n, redeemed: 0n, signer: signerAddress(signer), epoch: 0n };

describe("redeeming vouchers", () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open({ readPrice: PRICE, redeeming: { everySeconds: EVERY, atLeast: 10n } });
    for (const payer of payers) world.chain.channels.set(payer, CHANNEL);
    world.chain.mine();
  });
  afterEach(() => world.close());

  async function pay(payer: string, amount: bigint): Promise<void> {
    const grant = await world.fund(grantOf({ feeRate: 0n, acceptBy: NOW + amount }));
    await world.reencrypt({ ...requestOf(grant), voucher: signed(payer, amount) });
  }

  function signed(payer: string, amount: bigint, epoch = 0n): Voucher {
    const message = { payer, node: STAKER, epoch, amount };
    return {
      ...message,
      signature: signTypedData(signer, voucherDomain(31_337n, world.chain.paidReads), VOUCHER, message),
    };
  }

  const folder = () => vouchersFolder(join(world.directory, "store"));

  /** Lets the time to the node's next look pass. */
  async function look(): Promise<void> {
    const looked = world.clock.nextSchedule(EVERY * 1_000);
    world.clock.advance(EVERY * 1_000);
    await looked;
  }

  it("takes the latest of each channel in one transaction, once", async () => {
    await pay(payers[0], 7n);
    await pay(payers[0], 14n);
    await pay(payers[1], 20n);
    await look();
    expect(world.chain.redeemed).to.have.members([14n, 20n]);
    expect(world.chain.calls.filter((call) => call === "redeem")).to.have.length(1);
    expect(world.logged("vouchers_redeemed")[0]).to.include({ channels: 2, amount: "34" });
    await look();
    expect(world.chain.redeemed).to.have.length(2);
    await pay(payers[0], 30n);
    await look();
    expect(world.chain.redeemed.slice(2)).to.deep.equal([30n]);
  });

  it("takes a whole deposit", async () => {
    await pay(payers[0], 100n);
    await look();
    expect(world.chain.redeemed).to.deep.equal([100n]);
  });

  it("waits until enough is due, but not on a channel that closes", async () => {
    await pay(payers[0], 7n);
    await look();
    expect(world.chain.redeemed).to.deep.equal([]);
    world.chain.channels.set(payers[0], { ...CHANNEL, closesAt: NOW + 86_400n });
    await look();
    expect(world.chain.redeemed).to.deep.equal([7n]);
  });

  it("leaves vouchers of a channel that is gone, or in its next epoch", async () => {
    await pay(payers[0], 20n);
    await pay(payers[1], 21n);
    world.chain.channels.delete(payers[0]);
    world.chain.channels.set(payers[1], { ...CHANNEL, epoch: 1n });
    await look();
    expect(world.chain.redeemed).to.deep.equal([]);
  });

  it("redeems what it still has when it has no price any more", async () => {
    await pay(payers[0], 20n);
    await world.restart({ readPrice: undefined });
    await look();
    expect(world.chain.redeemed).to.deep.equal([20n]);
  });

  it("forgets vouchers of closed channels when the close is deep enough, and no others", async () => {
    await world.restart({ following: { ...FOLLOWING, deletionDepth: 3 } });
    const held = async () => (await readVouchers(folder())).map(({ payer, epoch }) => [payer, epoch]).sort();
    await pay(payers[0], 20n);
    await pay(payers[1], 21n);
    world.chain.close(payers[0]);
    for (let depth = 0; depth < 3; depth++) {
      await look();
      expect(await held(), `${depth} blocks deep`).to.deep.equal([
        [payers[0], 0n],
        [payers[1], 0n],
      ]);
      world.chain.mine();
    }
    await look();
    expect(await held()).to.deep.equal([[payers[1], 0n]]);
    expect(world.logged("vouchers_forgotten").map(({ channels }) => channels)).to.deep.equal([1]);
    await look();
    expect(world.logged("vouchers_forgotten")).to.have.length(1);
  });

  it("keeps the voucher of the next channel when it forgets the one before", async () => {
    await pay(payers[0], 20n);
    world.chain.close(payers[0]);
    world.chain.channels.set(payers[0], { ...CHANNEL, epoch: 1n });
    const grant = await world.fund(grantOf({ feeRate: 0n, acceptBy: NOW + 500n }));
    const next = signed(payers[0], 8n, 1n);
    world.chain.closedChannels = async () => {
      await world.reencrypt({ ...requestOf(grant), voucher: next });
      return 1n;
    };
    await look();
    expect(await readVouchers(folder())).to.deep.equal([next]);
  });

  it("says when it cannot, and tries again", async () => {
    await pay(payers[0], 20n);
    world.chain.failing = true;
    await look();
    expect(world.logged("redeem_failed")[0]).to.include({ code: "E_RPC_FAILED", level: "warn" });
    expect(world.logged("forget_failed")[0]).to.include({ code: "E_RPC_FAILED", level: "warn" });
    world.chain.failing = false;
    await look();
    expect(world.chain.redeemed).to.deep.equal([20n]);
  });

  it("redeems when it cannot forget, and forgets when it cannot redeem", async () => {
    await world.restart({ following: { ...FOLLOWING, deletionDepth: 0 } });
    const failed = () => [world.logged("redeem_failed").length, world.logged("forget_failed").length];
    const broken = () => Promise.reject(new NkmsError("E_RPC_FAILED", "no answer"));
    const closedChannels = world.chain.closedChannels.bind(world.chain);
    await pay(payers[0], 20n);
    await pay(payers[1], 21n);
    world.chain.closedChannels = broken;
    await look();
    expect(world.chain.redeemed).to.have.members([20n, 21n]);
    expect(failed()).to.deep.equal([0, 1]);
    world.chain.closedChannels = closedChannels;
    await pay(payers[0], 30n);
    world.chain.close(payers[1]);
    world.chain.redeem = broken;
    await look();
    expect((await readVouchers(folder())).map(({ payer }) => payer)).to.deep.equal([payers[0]]);
    expect(failed()).to.deep.equal([1, 1]);
  });

  it("redeems a closing channel first, however many small ones there are, a hundred in a transaction", async () => {
    const tiny = Array.from({ length: 100 }, (_, index) => "0x" + (index + 1).toString(16).padStart(40, "0"));
    await world.node.close();
    for (const payer of [...tiny, payers[0]]) {
      const amount = payer === payers[0] ? 90n : 7n;
      const closesAt = payer === payers[0] ? NOW + 86_400n : undefined;
      world.chain.channels.set(payer, { ...CHANNEL, closesAt });
      await writeFile(join(folder(), `${payer}.json`), encode(codec, signed(payer, amount)));
    }
    await world.start({ redeeming: { everySeconds: EVERY, atLeast: 1_000n } });
    await look();
    expect(world.chain.redeemed).to.deep.equal([90n, ...Array<bigint>(100).fill(7n)]);
    expect(world.chain.calls.filter((call) => call === "redeem")).to.have.length(2);
  });

  it("names those first whose channels close first, then those for the most, each for what is new in it", async () => {
    const plan: [amount: bigint, redeemed: bigint, closesAt?: bigint][] = [
      [30n, 0n],
      [90n, 80n],
      [10n, 0n, NOW + 200n],
      [50n, 0n],
      [20n, 0n, NOW + 200n],
      [7n, 0n, NOW + 100n],
      [8n, 8n],
    ];
    const vouchers = plan.map(([amount, redeemed, closesAt], index) => {
      const payer = "0x" + (index + 1).toString(16).padStart(40, "0");
      world.chain.channels.set(payer, { ...CHANNEL, redeemed, closesAt });
      return signed(payer, amount);
    });
    const order = [[7n, NOW + 100n], [20n, NOW + 200n], [10n, NOW + 200n], [50n, undefined], [30n, undefined], [10n, undefined]]; // prettier-ignore
    for (const held of [vouchers, [...vouchers].reverse()]) {
      const due = await dueVouchers(world.chain, held, ({ payer }) => expect.fail(payer));
      expect(due.map(({ amount, closesAt }) => [amount, closesAt])).to.deep.equal(order);
    }
  });

  it("forgets a voucher in turn with the payments, which may replace it", async () => {
    const turn = serial();
    const events: string[] = [];
    const held = signed(payers[0], 20n);
    const vouchers = { all: () => [held], remove: async () => void events.push("forgotten") };
    world.chain.close(payers[0]);
    let pay = () => {};
    const payment = turn(() => new Promise<void>((resolve) => (pay = resolve))).then(() => void events.push("paid"));
    const asked = new Promise<void>((resolve) => {
      const inTurn = <T>(task: () => Promise<T>) => {
        resolve();
        return turn(task);
      };
      const { chain, clock } = world;
      const redeeming = { everySeconds: EVERY + 1, atLeast: 1_000n };
      const options = { chain, clock, redeeming, inTurn, following: FOLLOWING, log: () => undefined };
      const redeemer = new VoucherRedeemer({ ...options, vouchers: vouchers as unknown as VoucherStore });
      void clock.nextSchedule((EVERY + 1) * 1_000).then(resolve);
      redeemer.start();
    });
    await asked;
    pay();
    await payment;
    await turn(async () => undefined);
    expect(events).to.deep.equal(["paid", "forgotten"]);
  });

  it("passes over a voucher that was damaged on disk, and names its payer", async () => {
    await pay(payers[0], 20n);
    const damaged = { ...signed(payers[1], 21n), signature: new Uint8Array(65) };
    await world.node.close();
    await writeFile(join(folder(), `${payers[1]}.json`), encode(codec, damaged));
    await world.start();
    await look();
    expect(world.chain.redeemed).to.deep.equal([20n]);
    expect(world.logged("redeem_failed")).to.deep.equal([]);
    const [line] = world.logged("voucher_unsigned");
    expect(line).to.deep.equal({ time: line.time, level: "error", event: "voucher_unsigned", payer: payers[1] });
  });

  it("leaves a voucher that its channel no longer covers or signs for", async () => {
    await pay(payers[0], 20n);
    await pay(payers[1], 21n);
    world.chain.channels.set(payers[0], { ...CHANNEL, deposit: 19n });
    world.chain.channels.set(payers[1], { ...CHANNEL, signer: signerAddress(random(32)) });
    await look();
    expect(world.chain.redeemed).to.deep.equal([]);
  });
});
