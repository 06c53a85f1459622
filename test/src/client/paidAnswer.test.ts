import { expect } from "chai";

import { toHex } from "../../../src/bytes";
import type { Context } from "../../../src/client/context";
import { paidAnswer } from "../../../src/client/paidAnswer";
import { NkmsError } from "../../../src/errors";
import { recoverSigner, signTypedData } from "../../../src/protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../../../src/protocol/voucher";
import { rejection } from "../../support/errors";
import { MemoryNetwork } from "../../support/memoryNetwork";

const NODE = "0x" + "0d".repeat(20);
const PRICE = 7n;

describe("paidAnswer", () => {
  let network: MemoryNetwork;
  let bob: Context;
  let sent: (bigint | undefined)[];

  beforeEach(async () => {
    network = await MemoryNetwork.open("paid answer", 1);
    bob = network.publishedPerson("bob");
    sent = [];
    const signer = bob.keys.voucherSigner.address;
    network.setChannel(bob.address, NODE, { deposit: 100n, redeemed: 10n, signer, epoch: 2n });
  });
  afterEach(() => network.close());

  const domain = () => voucherDomain(31_337n, network.paidReads);
  const unpaid = (data: object) => new NkmsError("E_UNPAID", "Unpaid.", { data: { price: `${PRICE}`, ...data } });

  function shown(amount: bigint, key = bob.keys.voucherSigner.secretKey, epoch = 2n) {
    const signature = signTypedData(key, domain(), VOUCHER, { payer: bob.address, node: NODE, epoch, amount });
    return { paid: `${amount}`, signature: toHex(signature) };
  }

  /** Reads from a node that says what `answer` says to a voucher. */
  const read = (answer: (voucher?: Voucher) => NkmsError | "ok", maxPrice = PRICE) =>
    paidAnswer(
      bob,
      NODE,
      async (voucher) => {
        sent.push(voucher?.amount);
        const said = answer(voucher);
        if (said !== "ok") throw said;
        return said;
      },
      maxPrice,
    );

  /** An honest node that has `paid` already. */
  function honest(paid: bigint) {
    let last = paid;
    return (voucher?: Voucher) => {
      if (voucher === undefined) return unpaid({});
      expect(recoverSigner(domain(), VOUCHER, voucher, voucher.signature)).to.equal(bob.keys.voucherSigner.address);
      if (voucher.amount < last + PRICE) return unpaid(shown(last));
      last = voucher.amount;
      return "ok";
    };
  }

  it("learns the price, pays it, and knows it the next time", async () => {
    const node = honest(10n);
    await read(node);
    await read(node);
    expect(sent).to.deep.equal([undefined, 17n, 24n]);
  });

  it("goes on from a voucher of its own that the node shows", async () => {
    await read(honest(50n));
    expect(sent).to.deep.equal([undefined, 17n, 57n]);
  });

  it("pays no more than one price to a node that takes and does not give", async () => {
    const thief = (voucher?: Voucher) => unpaid(voucher ? shown(voucher.amount) : {});
    expect((await rejection(read(thief))).code).to.equal("E_UNPAID");
    expect(sent).to.deep.equal([undefined, 17n]);
  });

  it("believes no claim without its own signature of this channel and epoch", async () => {
    const forgeries = [
      { paid: "90" },
      { ...shown(90n), signature: "0x12" },
      { ...shown(90n), paid: "91" },
      shown(90n, bob.keys.requestSigner.secretKey),
      shown(90n, bob.keys.voucherSigner.secretKey, 1n),
      { ...shown(90n), paid: -1 },
    ];
    for (const forgery of forgeries) {
      sent = [];
      bob = { ...bob, purse: network.person("bob").purse };
      expect((await rejection(read((voucher) => unpaid(voucher ? forgery : {})))).code).to.equal("E_UNPAID");
      expect(sent).to.deep.equal([undefined, 17n]);
    }
  });

  it("stops where the price is not told, is too high, or rises", async () => {
    for (const price of [undefined, "x", "9".repeat(40)]) {
      expect((await rejection(read(() => unpaid({ price })))).code).to.equal("E_UNPAID");
    }
    const dear = await rejection(read(() => unpaid({ price: "8" })));
    expect([dear.code, dear.data]).to.deep.equal(["E_PRICE_TOO_HIGH", { price: 8n, maxPrice: PRICE }]);
    expect(sent.every((amount) => amount === undefined)).to.equal(true);
    const rising = await rejection(read((voucher) => unpaid(voucher ? { ...shown(50n), price: "70" } : {}), 9n));
    expect(rising.code).to.equal("E_PRICE_TOO_HIGH");
  });

  it("never signs beyond the deposit, nor on no channel, nor on one that closes", async () => {
    const over = await rejection(read(honest(94n)));
    expect([over.code, over.data]).to.deep.equal(["E_VOUCHER_OVER_DEPOSIT", { amount: 101n, deposit: 100n }]);
    const channel = network.channels.get(bob.address + NODE)!;
    network.setChannel(bob.address, NODE, { ...channel, closesAt: 99n });
    const closing = await rejection(read(honest(0n)));
    expect([closing.code, closing.data.closesAt]).to.deep.equal(["E_ALREADY_CLOSING", 99n]);
    network.channels.clear();
    const none = await rejection(read(honest(0n)));
    expect([none.code, none.data]).to.deep.equal(["E_UNKNOWN_CHANNEL", { payer: bob.address, node: NODE }]);
  });

  it("pays one read after another, also when they come at once", async () => {
    const node = honest(10n);
    await Promise.all([1, 2, 3].map(() => read(node)));
    expect(sent).to.deep.equal([undefined, 17n, 24n, 31n]);
  });

  it("pays nothing where nothing may be paid", async () => {
    expect((await rejection(read(honest(0n), 0n))).code).to.equal("E_UNPAID");
    expect(sent).to.deep.equal([undefined]);
  });
});
