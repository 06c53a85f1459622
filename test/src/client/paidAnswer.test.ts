import { expect } from "chai";

import { toHex } from "../../../src/bytes";
import { Budget } from "../../../src/client/budget";
import type { Context } from "../../../src/client/context";
import { paidAnswer } from "../../../src/client/paidAnswer";
import { NkmsError } from "../../../src/errors";
import { recoverSigner, signTypedData } from "../../../src/protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../../../src/protocol/voucher";
import { rejection } from "../../support/errors";
import { MemoryNetwork } from "../../support/memoryNetwork";

const NODE = "0x" + "0d".repeat(20);
const PRICE = 7n;
const POLICY = new Uint8Array(32).fill(1);
type Answer = (voucher?: Voucher) => NkmsError | "ok";

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
  const read = (answer: Answer, maxPrice = PRICE) => buy(answer, new Budget(maxPrice));

  const buy = (answer: Answer, budget: Budget, policyId = POLICY) =>
    paidAnswer(bob, { node: NODE, policyId, budget }, async (voucher) => {
      sent.push(voucher?.amount);
      const said = answer(voucher);
      if (said !== "ok") throw said;
      return said;
    });

  /** Bob as another process of his. */
  const elsewhere = () => ({ ...bob, purse: network.person("bob").purse });

  function redeem(redeemed: bigint): void {
    const channel = network.channels.get(bob.address + NODE)!;
    network.setChannel(bob.address, NODE, { ...channel, redeemed });
  }

  /** An honest node that has a voucher for `paid` already, unless it is what was redeemed. */
  function honest(paid: bigint, price = PRICE) {
    let last = paid;
    return (voucher?: Voucher) => {
      if (voucher === undefined) return unpaid({ price: `${price}` });
      expect(recoverSigner(domain(), VOUCHER, voucher, voucher.signature)).to.equal(bob.keys.voucherSigner.address);
      if (voucher.amount < last + price) {
        const { redeemed } = network.channels.get(bob.address + NODE)!;
        return unpaid({ price: `${price}`, ...(last > redeemed ? shown(last) : { paid: `${redeemed}` }) });
      }
      last = voucher.amount;
      return "ok";
    };
  }

  it("learns the price without a voucher, what was paid by one that pays nothing, and knows both the next time", async () => {
    const node = honest(10n);
    await read(node);
    await read(node);
    expect(sent).to.deep.equal([undefined, 10n, 17n, 24n]);
  });

  it("pays nothing to a node that charges nothing, and needs no channel to it", async () => {
    network.channels.clear();
    for (let index = 0; index < 2; index++) expect(await read(() => "ok")).to.equal("ok");
    expect(sent).to.deep.equal([undefined, undefined]);
  });

  it("says that there is no channel only of a node that charges, and charges no more than may be paid", async () => {
    network.channels.clear();
    expect((await rejection(read(honest(10n)))).code).to.equal("E_UNKNOWN_CHANNEL");
    bob = elsewhere();
    const dear = await rejection(read(honest(10n, PRICE + 1n)));
    expect([dear.code, dear.data]).to.deep.equal(["E_PRICE_TOO_HIGH", { price: 8n, maxPrice: PRICE, paid: 0n }]);
    bob = elsewhere();
    const down = new NkmsError("E_NO_GRANT", "Nothing here.", { data: { price: "1" } });
    expect(await rejection(read(() => down))).to.equal(down);
    expect(sent).to.deep.equal([undefined, undefined, undefined]);
  });

  for (const [earlier, sums] of [
    [0, [undefined, 10n, 17n]],
    [1, [undefined, 10n, 24n]],
    [2, [undefined, 10n, 31n]],
  ] as const) {
    it(`pays one price after ${earlier} reads of another process`, async () => {
      const node = honest(10n);
      for (let index = 0; index < earlier; index++) await read(node);
      bob = elsewhere();
      sent = [];
      await read(node);
      expect(sent).to.deep.equal(sums);
    });
  }

  it("pays one price after another process's read was redeemed", async () => {
    const node = honest(10n);
    await read(node);
    const other = elsewhere();
    redeem(17n);
    await read(node);
    bob = other;
    redeem(24n);
    await read(node);
    expect(sent).to.deep.equal([undefined, 10n, 17n, 24n, undefined, 24n, 31n]);
  });

  for (const arrived of [true, false]) {
    it(`pays one price after an answer was lost, and the voucher ${arrived ? "arrived" : "did not"}`, async () => {
      const node = honest(10n);
      await read(node);
      const lost = new NkmsError("E_TIMEOUT", "Lost.");
      const losing = (voucher?: Voucher) => {
        if (arrived) node(voucher);
        return lost;
      };
      expect(await rejection(read(losing))).to.equal(lost);
      sent = [];
      await read(node);
      await read(node);
      expect(sent).to.deep.equal(arrived ? [24n, 31n, 38n] : [24n, 31n]);
    });
  }

  it("takes turns with another process, and asks first once the two have met", async () => {
    const node = honest(10n);
    const processes = [bob, elsewhere()];
    for (bob of processes) await read(node);
    expect(sent).to.deep.equal([undefined, 10n, 17n, undefined, 10n, 24n]);
    const met = [];
    for (let round = 0; round < 3; round++) {
      for (bob of processes) met.push(await read(node).catch((error: NkmsError) => error.code));
    }
    expect(met.filter((outcome) => outcome !== "ok")).to.have.length.at.most(2);
    expect(met.slice(-2)).to.deep.equal(["ok", "ok"]);
  });

  /** Bob as a process that was away while another paid: it thinks that 10 are paid, and 31 are. */
  async function behind(node: Answer): Promise<void> {
    for (let index = 0; index < 3; index++) await read(node);
    bob = elsewhere();
    bob.purse.note(NODE, { epoch: 2n, paid: 10n, signed: 10n, shared: false });
    bob.purse.notePrice(NODE, POLICY, PRICE);
    sent = [];
  }

  it("counts as spent what it signed where the node shows more than was ever sent from here, and has to read again", async () => {
    const node = honest(10n);
    await behind(node);
    const error = await rejection(read(node));
    expect([error.code, error.data]).to.deep.equal([
      "E_PRICE_TOO_HIGH",
      { price: PRICE, maxPrice: PRICE, paid: PRICE },
    ]);
    expect(error.fix).to.include("Read again");
    await read(node);
    expect(sent).to.deep.equal([17n, 31n, 38n]);
  });

  it("goes on at once where the node shows more and the budget has as much left", async () => {
    const node = honest(10n);
    await behind(node);
    await read(node, 2n * PRICE);
    expect(sent).to.deep.equal([17n, 38n]);
  });

  it("pays one price to a node that answers with vouchers of another process, each higher than ours", async () => {
    const error = await rejection(read((voucher) => unpaid(voucher ? shown(voucher.amount + 5n) : {})));
    expect([error.code, error.data.paid]).to.deep.equal(["E_PRICE_TOO_HIGH", PRICE]);
    expect(sent).to.deep.equal([undefined, 10n, 22n]);
  });

  it("asks no node that is too dear for what was signed for it before", async () => {
    const node = honest(10n, 20n);
    await read(node, 20n);
    const lost = new NkmsError("E_TIMEOUT", "Lost.");
    expect(await rejection(read(() => lost, 20n))).to.equal(lost);
    sent = [];
    const error = await rejection(read(node));
    expect([error.code, error.data]).to.deep.equal(["E_PRICE_TOO_HIGH", { price: 20n, maxPrice: PRICE, paid: 0n }]);
    expect(sent).to.deep.equal([]);
  });

  it("says what the read has paid the node where its next policy is too dear", async () => {
    const budget = new Budget(PRICE);
    const lost = new NkmsError("E_TIMEOUT", "Lost.");
    await read(honest(10n));
    expect(await rejection(buy(() => lost, budget))).to.equal(lost);
    const error = await rejection(buy(honest(10n, PRICE + 1n), budget, new Uint8Array(32).fill(2)));
    expect([error.code, error.data]).to.deep.equal(["E_PRICE_TOO_HIGH", { price: 8n, maxPrice: PRICE, paid: PRICE }]);
  });

  it("pays each policy's own price", async () => {
    let last = 10n;
    const at = (price: bigint) => (voucher?: Voucher) => {
      if (voucher === undefined) return unpaid({ price: `${price}` });
      if (voucher.amount < last + price) return unpaid({ price: `${price}`, ...shown(last) });
      last = voucher.amount;
      return "ok" as const;
    };
    const other = new Uint8Array(32).fill(2);
    for (const [price, policyId] of [[3n, POLICY], [9n, other], [3n, POLICY], [9n, other]] as const) {
      await buy(at(price), new Budget(9n), policyId);
    } // prettier-ignore
    expect(sent).to.deep.equal([undefined, 10n, 13n, undefined, 22n, 25n, 34n]);
  });

  it("pays no more than one price to a node that takes and does not give", async () => {
    const thief = (voucher?: Voucher) => unpaid(voucher ? shown(voucher.amount) : {});
    const error = await rejection(read(thief));
    expect([error.code, error.data]).to.deep.equal([
      "E_PRICE_TOO_HIGH",
      { price: PRICE, maxPrice: PRICE, paid: PRICE },
    ]);
    expect(sent).to.deep.equal([undefined, 10n, 17n]);
  });

  it("pays no more than the budget for one read, whatever policies it is tried under and whatever the node says", async () => {
    const answers: Answer[] = [
      () => new NkmsError("E_TIMEOUT", "Lost."),
      (voucher) => unpaid(shown(voucher!.amount)),
      () => unpaid({ price: `${2n * PRICE}`, ...shown(10n) }),
      () => unpaid({ price: "1", ...shown(90n) }),
    ];
    for (const answer of answers) {
      bob = elsewhere();
      sent = [];
      const budget = new Budget(PRICE);
      await read(honest(10n));
      const before = sent.at(-1)!;
      for (let policy = 1; policy <= 5; policy++) {
        const asking = (voucher?: Voucher) => (voucher ? answer(voucher) : unpaid({}));
        await rejection(buy(asking, budget, new Uint8Array(32).fill(policy)));
      }
      const claims = answer === answers[3] ? 90n : before;
      expect(
        sent.every((amount) => amount === undefined || amount <= claims + PRICE),
        sent.join(),
      ).to.equal(true);
    }
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
      bob = elsewhere();
      expect((await rejection(read(() => unpaid(forgery)))).code).to.equal("E_UNPAID");
      expect(sent).to.deep.equal([undefined, 10n, 17n]);
    }
  });

  it("stops where the price is not told, is too high, or rises", async () => {
    for (const price of [undefined, "x", "9".repeat(40)]) {
      expect((await rejection(read(() => unpaid({ price })))).code).to.equal("E_UNPAID");
    }
    const dear = await rejection(read(() => unpaid({ price: "8" })));
    expect([dear.code, dear.data]).to.deep.equal(["E_PRICE_TOO_HIGH", { price: 8n, maxPrice: PRICE, paid: 0n }]);
    expect(sent).to.deep.equal(Array(4).fill(undefined));
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
    expect(sent).to.deep.equal([undefined, 10n, 17n, 24n, 31n]);
  });

  it("pays nothing where nothing may be paid", async () => {
    expect((await rejection(read(honest(0n), 0n))).code).to.equal("E_UNPAID");
    expect(sent).to.deep.equal([undefined]);
  });
});
