import { expect } from "chai";
import { ethers } from "hardhat";

import { PaidReadsClient } from "../../../src/chain/paidReads";
import { PaidReads__factory } from "../../../typechain-types";

const here = ethers.getAddress("0x" + "ab".repeat(20));
const [elsewhere, payer, node] = [2n, 3n, 4n].map((number) => ethers.toBeHex(number, 20));

describe("PaidReadsClient", () => {
  it("counts what a transaction paid by this contract's events alone, in whatever case its address was given", () => {
    const contract = PaidReads__factory.connect(here.toLowerCase(), ethers.provider);
    const log = (address: string, event: "VoucherRedeemed" | "ChannelToppedUp", values: unknown[]) =>
      ({ address, ...contract.interface.encodeEventLog(event, values) }) as never;
    const redeemed = (address: string, paid: bigint) => log(address, "VoucherRedeemed", [payer, node, paid, 99n]);
    const toppedUp = log(here, "ChannelToppedUp", [payer, node, 700n, 800n]);
    const client = new PaidReadsClient(contract, ethers.provider, 0);
    const foreign = { address: here, topics: [ethers.id("Approval(address,address,uint256)")], data: "0x" } as never;
    const logs = [redeemed(here, 5n), redeemed(elsewhere, 1_000n), foreign, toppedUp, redeemed(here, 8n)];
    expect(client.paidIn({ logs })).to.equal(13n);
    expect(client.paidIn({ logs: [redeemed(elsewhere, 1_000n)] })).to.equal(0n);
  });
});
