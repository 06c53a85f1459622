import { expect } from "chai";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import type { ChannelState } from "../../../src/node/chainView";
import { readVouchers, vouchersFolder } from "../../../src/node/voucherStore";
import { encodeAddressAndBytes } from "../../../src/protocol/abi";
import { decode, encode } from "../../../src/protocol/codec";
import { nodeInfo, offerAnswer, offerRequest, type GrantRequest } from "../../../src/protocol/messages";
import { signerAddress, signTypedData } from "../../../src/protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../../../src/protocol/voucher";
import { rejection } from "../../support/errors";
import {
  engine,
  engineWith,
  FOLLOWING,
  fractions,
  grantOf,
  NOW,
  random,
  refusal,
  requestOf,
  STAKER,
  World,
} from "../../support/node/world";

const PRICE = 7n;
const PAYER = "0x" + "ee".repeat(20);
const signer = random(32);
const CHANNEL: ChannelState = { deposit: 100n, redeemed: 0n, signer: signerAddress(signer), epoch: 3n };

describe("payment for reads", () => {
  let world: World;
  let grant: GrantRequest;

  beforeEach(async () => {
    world = await World.open({ readPrice: PRICE });
    world.chain.channels.set(PAYER, CHANNEL);
    grant = await world.fund(grantOf({ feeRate: 0n }));
  });
  afterEach(() => world.close());

  function voucher(amount: bigint, change: Partial<Voucher> = {}, key = signer): Voucher {
    const message = { payer: PAYER, node: STAKER, epoch: 3n, amount, ...change };
    const signature = signTypedData(key, voucherDomain(31_337n, world.chain.paidReads), VOUCHER, message);
    return { ...message, signature };
  }

  const read = (paid?: Voucher, of = grant) => world.reencrypt({ ...requestOf(of), voucher: paid });
  const refused = (paid?: Voucher) => refusal(read(paid));
  const stored = () => readVouchers(vouchersFolder(join(world.directory, "store")));

  it("is asked for under policies without a fee only", async () => {
    const fee = await world.fund(grantOf({ feeRate: 5n, acceptBy: NOW + 599n }));
    await read(undefined, fee);
    const unpaid = await refused();
    expect([unpaid.status, unpaid.code, unpaid.data]).to.deep.equal([402, "E_UNPAID", { price: "7" }]);
    expect(await stored()).to.deep.equal([]);
  });

  it("is a voucher for the price more than the last, which is on disk before the answer", async () => {
    await read(voucher(7n));
    expect((await stored()).map(({ amount }) => amount)).to.deep.equal([7n]);
    await read(voucher(20n));
    for (const amount of [0n, 20n, 26n]) {
      const late = await refused(voucher(amount));
      expect([late.code, late.data]).to.deep.equal([
        "E_UNPAID",
        { price: "7", paid: "20", signature: toHex(voucher(20n).signature) },
      ]);
    }
    await read(voucher(27n));
    expect(await stored()).to.deep.equal([voucher(27n)]);
  });

  it("counts from what was redeemed, and anew in the next epoch", async () => {
    world.chain.channels.set(PAYER, { ...CHANNEL, redeemed: 50n });
    world.chain.mine();
    expect((await refused(voucher(56n))).data).to.deep.equal({ price: "7", paid: "50" });
    await read(voucher(57n));
    world.chain.channels.set(PAYER, { ...CHANNEL, epoch: 4n });
    world.chain.mine();
    expect((await refused(voucher(64n))).code).to.equal("E_NO_CHANNEL");
    await read(voucher(7n, { epoch: 4n }));
  });

  it("counts from the larger of what was redeemed and the last voucher", async () => {
    await read(voucher(7n));
    world.chain.channels.set(PAYER, { ...CHANNEL, redeemed: 50n });
    world.chain.mine();
    expect((await refused(voucher(14n))).data, "redeemed by a later voucher").to.deep.equal({ price: "7", paid: "50" });
    expect((await refused(voucher(56n))).code).to.equal("E_UNPAID");
    await read(voucher(57n));
    const late = { price: "7", paid: "57", signature: toHex(voucher(57n).signature) };
    expect((await refused(voucher(63n))).data).to.deep.equal(late);
    await read(voucher(64n));
  });

  it("counts by the channel as of the block policies are read at, not of the head", async () => {
    await world.restart({ following: { ...FOLLOWING, depth: 2 } });
    const change = (channel?: ChannelState) => {
      world.chain.mine(0n);
      if (channel) world.chain.channels.set(PAYER, channel);
    };
    const code = (amount: bigint, epoch = 3n) =>
      read(voucher(amount, { epoch })).then(
        () => "served",
        (error: Error & { code: string }) => error.code,
      );
    for (let block = 0; block < 2; block++) change();
    expect(await code(7n)).to.equal("served");
    change({ ...CHANNEL, deposit: 200n });
    for (let block = 0; block < 2; block++) {
      expect(await code(101n), `topped up ${block} blocks ago`).to.equal("E_VOUCHER_OVER_DEPOSIT");
      change();
    }
    expect(await code(101n)).to.equal("served");
    change({ ...CHANNEL, epoch: 4n });
    for (let block = 0; block < 2; block++) {
      expect(await code(7n, 4n), `opened ${block} blocks ago`).to.equal("E_NO_CHANNEL");
      change();
    }
    expect(await code(7n, 4n)).to.equal("served");
  });

  it("may use the deposit up, to the last base unit", async () => {
    await read(voucher(100n));
    expect((await stored()).map(({ amount }) => amount)).to.deep.equal([100n]);
  });

  it("is one price per read, however many come at once", async () => {
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => read(voucher(7n))));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
  });

  it("is remembered over a restart", async () => {
    await read(voucher(7n));
    await world.restart();
    expect((await refused(voucher(7n))).data).to.include({ paid: "7" });
    await read(voucher(14n));
  });

  it("stays at the price of the grant", async () => {
    await world.restart({ readPrice: 1_000n });
    await read(voucher(7n));
    const later = await world.fund(grantOf({ feeRate: 0n, acceptBy: NOW + 598n }));
    expect((await refusal(read(voucher(21n), later))).data).to.include({ price: "1000" });
  });

  it("is refused beyond the deposit, on a closing channel, on none, for another node, by another key", async () => {
    const over = await refused(voucher(101n));
    expect([over.status, over.code, over.data]).to.deep.equal([
      402,
      "E_VOUCHER_OVER_DEPOSIT",
      { amount: "101", deposit: "100" },
    ]);
    const other = "0x" + "11".repeat(20);
    const elsewhere = await refused(voucher(7n, { node: other }));
    expect([elsewhere.code, elsewhere.data]).to.deep.equal([
      "E_BAD_VOUCHER",
      { field: "node", got: other, expected: STAKER },
    ]);
    const key = random(32);
    const foreign = await refused(voucher(7n, {}, key));
    expect([foreign.code, foreign.data]).to.deep.equal([
      "E_BAD_VOUCHER",
      { field: "signature", got: signerAddress(key), expected: CHANNEL.signer },
    ]);
    const stranger = await refused(voucher(7n, { payer: other }));
    expect([stranger.code, stranger.data]).to.deep.equal(["E_NO_CHANNEL", { payer: other, epoch: "3" }]);
    world.chain.channels.set(PAYER, { ...CHANNEL, closesAt: NOW + 86_400n });
    world.chain.mine();
    const closing = await refused(voucher(7n));
    expect([closing.code, closing.data]).to.deep.equal([
      "E_CHANNEL_CLOSING",
      { payer: PAYER, closesAt: `${NOW + 86_400n}` },
    ]);
    expect(await stored()).to.deep.equal([]);
  });

  it("is asked for before the condition, which costs the node a call, and before the request counts as used", async () => {
    const condition = encodeAddressAndBytes("0x" + "c0".repeat(20), new Uint8Array());
    const conditional = await world.fund(grantOf({ feeRate: 0n, acceptBy: NOW + 597n }, { condition }));
    world.chain.condition = () => Promise.resolve(false);
    const request = requestOf(conditional);
    const ask = (paid?: Voucher) => refusal(world.reencrypt({ ...request, voucher: paid }));
    const unpaid = [undefined, voucher(6n), voucher(101n), voucher(7n, { epoch: 4n }), voucher(7n, {}, random(32))];
    const codes = ["E_UNPAID", "E_UNPAID", "E_VOUCHER_OVER_DEPOSIT", "E_NO_CHANNEL", "E_BAD_VOUCHER"];
    for (const [index, code] of codes.entries()) expect((await ask(unpaid[index])).code).to.equal(code);
    expect(world.chain.calls).not.to.include("isAllowed");
    expect((await ask(voucher(7n))).code).to.equal("E_CONDITION");
    expect(await stored(), "a no is not paid for").to.deep.equal([]);
    world.chain.condition = () => Promise.resolve(true);
    await world.reencrypt({ ...request, voucher: voucher(7n) });
    expect((await ask(voucher(14n))).code).to.equal("E_REPLAY");
  });

  it("is not taken for a read that is refused for another reason", async () => {
    world.chain.mine(86_400n);
    const late = await refusal(
      world.reencrypt({ ...requestOf(grant, { requestTime: world.chain.now }), voucher: voucher(7n) }),
    );
    expect(late.code).to.equal("E_EXPIRED");
    expect(await stored()).to.deep.equal([]);
  });

  it("is not taken where the node has no correct answer", async () => {
    const wrong = engineWith({ reencrypt: (_, capsule) => engine.reencrypt(fractions[0].kfrag, capsule, random) });
    await world.restart({ engine: wrong });
    expect((await refused(voucher(7n))).code).to.equal("E_INTERNAL");
    expect(await stored()).to.deep.equal([]);
    await world.restart({ engine });
    await read(voucher(7n));
    expect((await stored()).map(({ amount }) => amount)).to.deep.equal([7n]);
  });

  it("does not start over with a voucher that was changed on disk", async () => {
    await read(voucher(7n));
    await writeFile(join(vouchersFolder(join(world.directory, "store")), `${PAYER}.json`), "{}");
    expect((await rejection(world.restart())).code).to.equal("E_STORE_CORRUPT");
    await writeFile(join(vouchersFolder(join(world.directory, "store")), `${PAYER}.json`), "");
    expect((await rejection(world.start())).code).to.equal("E_STORE_CORRUPT");
    world.node = (await World.open()).node;
  });

  it("is announced in offers and in what the node says of itself", async () => {
    const offer = {
      chainId: 31_337n,
      policyManager: "0x" + "ab".repeat(20),
      engine: "umbral",
      start: NOW,
      end: NOW + 86_400n,
      maxEnd: NOW + 86_400n,
      feeRate: 0n,
      conditional: false,
    };
    const ask = async (feeRate: bigint) =>
      decode(offerAnswer, (await world.post("/v1/offers", encode(offerRequest, { ...offer, feeRate }))).text);
    expect(await ask(0n)).to.deep.equal({ accept: true, readPrice: PRICE });
    expect(await ask(5n)).to.deep.equal({ accept: true, readPrice: undefined });
    expect(decode(nodeInfo, (await world.get("/v1/info")).text).readPrice).to.equal(PRICE);
    await world.restart({ readPrice: undefined });
    const { status, text } = await world.post("/v1/offers", encode(offerRequest, offer));
    expect([status, (JSON.parse(text) as { code: string }).code]).to.deep.equal([403, "E_FEE_TOO_LOW"]);
    expect((await refused()).code, "the grant keeps its price").to.equal("E_UNPAID");
  });
});
