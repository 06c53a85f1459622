import { expect } from "chai";

import type { Client } from "../../src/client/client";
import type { NodeFailure } from "../../src/client/nodeOutcome";
import { ethereumView } from "../../src/node/ethereumView";
import { dueVouchers } from "../../src/node/redeemVouchers";
import { readVouchers, vouchersFolder } from "../../src/node/voucherStore";
import { rejection } from "../support/errors";
import { chainAs, type Operator } from "../support/operator";
import { NKMS, World } from "../support/world";

const DAY = 86_400;
const PRICE = NKMS / 1_000n;

describe("Readers pay the nodes (VII.C)", () => {
  let world: World;
  let alice: Client;
  let bob: Client;

  beforeEach(async () => {
    world = await World.open({ operators: Array(3).fill({ readPrice: PRICE }) });
    alice = await world.connect("alice");
    bob = await world.connect("bob");
  });
  afterEach(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await world.close();
  });

  async function shared(m = 2, n = 3) {
    const path = await alice.write("file://paid", "secret");
    return { path, grant: await alice.share(bob.address, path, { time: DAY, m, n, payer: "readers" }) };
  }

  const balanceOf = (account: string) => world.chain.nkmsToken.balanceOf(account);

  /** What the node's verb does: redeems the latest voucher of every channel; returns the sum. */
  async function redeem(operator: Operator): Promise<bigint> {
    const view = ethereumView(await chainAs(operator.identity, world.chain), operator.address);
    const held = await readVouchers(vouchersFolder(operator.directory));
    const due = await dueVouchers(view, held, ({ payer }) => expect.fail(`damaged: ${payer}`));
    if (due.length === 0) return 0n;
    const paid = await view.redeem(due.map(({ voucher }) => voucher));
    expect(paid).to.equal(due.reduce((sum, { amount }) => sum + amount, 0n));
    return paid;
  }

  async function openChannels(deposit: bigint): Promise<void> {
    for (const { address } of world.operators) await bob.openChannel(address, deposit);
  }

  it("only as many as are needed, each its price, redeemed once from the channels' deposits", async () => {
    const { path, grant } = await shared();
    expect(grant.fee).to.equal(0n);
    await openChannels(10n * PRICE);
    const before = await balanceOf(bob.address);
    for (let read = 0; read < 4; read++) {
      const { answered } = await bob.read(path, { format: "report", maxPrice: PRICE });
      expect(answered).to.have.length(2);
    }
    expect(await balanceOf(bob.address), "nothing is sent to the chain by reading").to.equal(before);

    const earned = await Promise.all(world.operators.map(redeem));
    expect(earned.reduce((sum, one) => sum + one)).to.equal(8n * PRICE);
    for (const [index, operator] of world.operators.entries()) {
      expect(await balanceOf(operator.address)).to.equal(earned[index]);
      expect(await redeem(operator), "redeems once").to.equal(0n);
      const redemptions = await world.chain.paidReads.redemptions(operator.address);
      expect(redemptions.map(({ paid }) => paid)).to.deep.equal(earned[index] > 0n ? [earned[index]] : []);
      expect((await bob.channel(operator.address))!.redeemed).to.equal(earned[index]);
    }
  });

  it("nothing without being asked to, and nothing above their limit", async () => {
    const { path } = await shared();
    const unpaid = await rejection(bob.read(path));
    expect(unpaid.code).to.equal("E_UNPAID");
    expect(unpaid.fix).to.include(`maxPrice: ${PRICE}n`);
    const reasons = async (maxPrice: bigint) => {
      const error = await rejection(bob.read(path, { maxPrice }));
      expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
      return (error.data.nodes as NodeFailure[]).map(({ code }) => code);
    };
    expect(await reasons(PRICE)).to.deep.equal(Array(3).fill("E_UNKNOWN_CHANNEL"));
    await openChannels(PRICE);
    expect(await reasons(PRICE - 1n)).to.deep.equal(Array(3).fill("E_PRICE_TOO_HIGH"));
    expect(await Promise.all(world.operators.map(redeem))).to.deep.equal([0n, 0n, 0n]);
  });

  it("nothing where the nodes take nothing, whatever they would pay", async () => {
    await Promise.all(world.operators.map((operator) => operator.stop()));
    for (const operator of world.operators) await operator.start({ readPrice: 0n });
    const { path } = await shared();
    expect(await bob.read(path, { format: "text", maxPrice: PRICE })).to.equal("secret");
    expect(await bob.read(path, "text")).to.equal("secret");
  });

  it("no channel to who is no node", async () => {
    const before = await balanceOf(bob.address);
    const error = await rejection(bob.openChannel(alice.address, PRICE));
    expect([error.code, error.data]).to.deep.equal(["E_NOT_REGISTERED", { staker: alice.address }]);
    expect(await balanceOf(bob.address)).to.equal(before);
    const { PaidReads } = world.chain.deployment;
    expect(await world.chain.nkmsToken.allowance(bob.address, PaidReads), "nothing was approved").to.equal(0n);
  });

  it("until the deposit is used up; a top-up goes on", async () => {
    const { path, grant } = await shared(1, 1);
    const [node] = grant.nodes;
    await bob.openChannel(node, 2n * PRICE);
    for (let read = 0; read < 2; read++) await bob.read(path, { maxPrice: PRICE });
    const error = await rejection(bob.read(path, { maxPrice: PRICE }));
    const [failure] = error.data.nodes as NodeFailure[];
    expect(failure.code).to.equal("E_VOUCHER_OVER_DEPOSIT");
    await bob.openChannel(node, PRICE);
    await bob.read(path, { maxPrice: PRICE });
    expect(await redeem(world.operator(node))).to.equal(3n * PRICE);
  });

  for (const earlier of [1, 2]) {
    it(`from another process of theirs, which learns from the node what ${earlier} reads were paid`, async () => {
      const { path, grant } = await shared(1, 1);
      await bob.openChannel(grant.nodes[0], 10n * PRICE);
      for (let read = 0; read < earlier; read++) await bob.read(path, { maxPrice: PRICE });
      const elsewhere = await world.connect("bob");
      expect(await elsewhere.read(path, { format: "text", maxPrice: PRICE })).to.equal("secret");
      await elsewhere.close();
      expect(await redeem(world.operator(grant.nodes[0]))).to.equal(BigInt(earlier + 1) * PRICE);
    });
  }

  it("one price for one read, however many policies it is tried under", async () => {
    const { path, grant } = await shared(3, 3);
    const again = { time: DAY, m: 3, n: 3, payer: "readers" } as const;
    await alice.share(bob.address, path, again);
    await openChannels(10n * PRICE);
    const down = world.operator(grant.nodes[2]);
    await down.stop();
    expect((await rejection(bob.read(path, { maxPrice: PRICE }))).code).to.equal("E_NOT_ENOUGH_SHARES");
    await down.start();
    const earned = await Promise.all(world.operators.map(redeem));
    expect(
      earned.every((one) => one <= PRICE),
      earned.join(),
    ).to.equal(true);
    expect(earned.some((one) => one === PRICE)).to.equal(true);
  });

  it("also a node that was restarted: its vouchers were on disk before it answered", async () => {
    const { path, grant } = await shared(1, 1);
    const operator = world.operator(grant.nodes[0]);
    await bob.openChannel(operator.address, 10n * PRICE);
    await bob.read(path, { maxPrice: PRICE });
    await operator.stop();
    expect(await redeem(operator)).to.equal(PRICE);
    await operator.start();
    await bob.read(path, { maxPrice: PRICE });
    expect(await redeem(operator)).to.equal(PRICE);
  });

  it("get the rest back when they close, after the node's time to redeem", async () => {
    const { path, grant } = await shared(1, 1);
    const operator = world.operator(grant.nodes[0]);
    const before = await balanceOf(bob.address);
    await bob.openChannel(operator.address, 10n * PRICE);
    await bob.read(path, { maxPrice: PRICE });
    const closing = await bob.closeChannel(operator.address);
    expect(closing).to.have.property("closesAt");
    const early = await rejection(bob.closeChannel(operator.address));
    expect(early.code).to.equal("E_CLOSE_NOT_DUE");
    const closed = await rejection(bob.read(path, { maxPrice: PRICE }));
    expect((closed.data.nodes as NodeFailure[])[0].code).to.equal("E_ALREADY_CLOSING");
    expect(await redeem(operator)).to.equal(PRICE);
    expect(await world.chain.paidReads.epochOf(bob.address, operator.address)).to.equal(0n);
    await world.pass(await world.chain.paidReads.closeDelay());
    expect(await bob.closeChannel(operator.address)).to.deep.equal({ refund: 9n * PRICE });
    expect(await balanceOf(bob.address)).to.equal(before - PRICE);
    expect(await bob.channel(operator.address)).to.equal(undefined);
    expect(await world.chain.paidReads.epochOf(bob.address, operator.address)).to.equal(1n);
  });

  it("a node that is down costs nothing: the next is paid instead", async () => {
    const { path, grant } = await shared(1, 3);
    await openChannels(10n * PRICE);
    const down = world.operator(grant.nodes[0]);
    await down.stop();
    const { answered } = await bob.read(path, { format: "report", maxPrice: PRICE });
    await down.start();
    expect(answered).to.deep.equal([grant.nodes[1]]);
    const earned = await Promise.all(world.operators.map(redeem));
    expect(earned.reduce((sum, one) => sum + one)).to.equal(PRICE);
  });

  it("only where a node takes such policies at a price the owner agrees to", async () => {
    const path = await alice.write("file://dear", "secret");
    const tooDear = await rejection(
      alice.share(bob.address, path, { time: DAY, n: 1, payer: "readers", maxReadPrice: PRICE - 1n }),
    );
    expect(tooDear.code).to.equal("E_TOO_FEW_NODES");
    expect((tooDear.data.nodes as NodeFailure[]).every(({ code }) => code === "E_PRICE_TOO_HIGH")).to.equal(true);
  });

  it("or a sponsor pays the fee, and gets the refund", async () => {
    const carol = await world.connect("carol");
    const path = await alice.write("file://sponsored", "secret");
    const [ofAlice, ofCarol] = [await balanceOf(alice.address), await balanceOf(carol.address)];
    const asked: bigint[] = [];
    const payer = carol.sponsor(({ owner, amount }) => {
      expect(owner).to.equal(alice.address);
      asked.push(amount);
      return true;
    });
    const { id, fee } = await alice.share(bob.address, path, { time: DAY, payer });
    expect(asked).to.deep.equal([fee]);
    expect(await balanceOf(alice.address)).to.equal(ofAlice);
    expect(await balanceOf(carol.address)).to.equal(ofCarol - fee);
    expect(await bob.read(path, "text")).to.equal("secret");
    const { refund } = await alice.revoke(id);
    expect(await balanceOf(carol.address)).to.equal(ofCarol - fee + refund);
    const refusing = carol.sponsor(() => false);
    const declined = await rejection(alice.share(bob.address, path, { time: DAY, payer: refusing }));
    expect(declined.code).to.equal("E_DECLINED");
    await carol.close();
  });
});
