import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readVouchers, vouchersFolder, VoucherStore } from "../../../src/node/voucherStore";
import type { Voucher } from "../../../src/protocol/voucher";

const PAYER = "0x" + "e1".repeat(20);

describe("VoucherStore", () => {
  let home: string;
  let folder: string;
  let store: VoucherStore;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "nkms-vouchers-"));
    folder = vouchersFolder(join(home, "store"));
    store = await VoucherStore.open(folder);
  });
  afterEach(() => rm(home, { recursive: true }));

  const voucher = (epoch: bigint, amount: bigint, payer = PAYER): Voucher => ({
    payer,
    node: "0x" + "55".repeat(20),
    epoch,
    amount,
    signature: new Uint8Array(65).fill(Number(amount)),
  });

  /** What the store holds, which must be what is on disk. */
  async function held(): Promise<Voucher[]> {
    expect(await readVouchers(folder)).to.deep.equal(store.all());
    return store.all();
  }

  it("lies beside the node's store, however that is spelt", () => {
    expect(vouchersFolder("/data/store")).to.equal("/data/store-vouchers");
    expect(vouchersFolder("/data/store/")).to.equal("/data/store-vouchers");
  });

  it("keeps the latest of each payer, also over a restart", async () => {
    const other = voucher(0n, 9n, "0x" + "e2".repeat(20));
    for (const one of [voucher(0n, 7n), other, voucher(0n, 14n)]) await store.put(one);
    expect(await held()).to.have.deep.members([voucher(0n, 14n), other]);
    store = await VoucherStore.open(folder);
    expect(await held()).to.have.deep.members([voucher(0n, 14n), other]);
    expect(store.of(PAYER)).to.deep.equal(voucher(0n, 14n));
  });

  it("forgets a voucher unless a later one has replaced it, in its epoch or the next", async () => {
    await store.put(voucher(1n, 7n));
    for (const former of [voucher(1n, 6n), voucher(0n, 7n), voucher(1n, 7n, "0x" + "e2".repeat(20))]) {
      await store.remove(former);
      expect(await held()).to.deep.equal([voucher(1n, 7n)]);
    }
    await store.remove(voucher(1n, 7n));
    expect(await held()).to.deep.equal([]);
    expect(store.of(PAYER)).to.equal(undefined);
    await store.remove(voucher(1n, 7n));
  });
});
