import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { fromHex } from "../../../src/bytes";
import { connectChain } from "../../../src/chain/connection";
import { ethereumView } from "../../../src/node/ethereumView";
import { encodeAddressAndBytes } from "../../../src/protocol/abi";
import { openRealChain } from "../../support/node/realChain";

const POLICY = new Uint8Array(32);

describe("ethereumView", () => {
  async function opened() {
    const { chain, account } = await openRealChain();
    const [, payer] = await ethers.getSigners();
    const { deployment, provider } = chain;
    const paying = await connectChain({ provider, deployment, signer: payer });
    await chain.nkmsToken.transfer(payer.address, 100n).send();
    await paying.nkmsToken.approve(deployment.PaidReads, 100n).send();
    return { chain, paying, payer: payer.address, account, view: ethereumView(chain, account) };
  }

  const newest = () => time.latestBlock();

  it("reads channels, and how many were closed, as of a block, or of the newest", async () => {
    const { paying, payer, account, view } = await loadFixture(opened);
    await paying.paidReads.open(account, payer, 60n).send();
    const open = await newest();
    await paying.paidReads.topUp(payer, account, 40n).send();
    const full = await newest();
    await paying.paidReads.startClose(account).send();
    const closing = await newest();
    await time.increase(await paying.paidReads.closeDelay());
    await paying.paidReads.finishClose(payer, account).send();
    const closed = await newest();

    const channel = async (block?: number) => {
      const { deposit, closesAt } = (await view.channelOf(payer, block)) ?? {};
      return [deposit, closesAt !== undefined, await view.closedChannels(payer, block ?? (await newest()))];
    };
    expect(await channel(open - 1)).to.deep.equal([undefined, false, 0n]);
    expect(await channel(open)).to.deep.equal([60n, false, 0n]);
    expect(await channel(full)).to.deep.equal([100n, false, 0n]);
    expect(await channel(closing)).to.deep.equal([100n, true, 0n]);
    expect(await channel(closed - 1)).to.deep.equal([100n, true, 0n]);
    expect(await channel(closed)).to.deep.equal([undefined, false, 1n]);
    expect(await channel()).to.deep.equal([undefined, false, 1n]);
  });

  it("asks a condition as of a block", async () => {
    const { chain, view } = await loadFixture(opened);
    const [signer, member] = await ethers.getSigners();
    const { AllowLists } = chain.deployment;
    const lists = await ethers.getContractAt("AllowLists", AllowLists, signer);
    const listId = ethers.id("staff");
    const encoded = ethers.AbiCoder.defaultAbiCoder().encode(
      ["address", "bytes32", "address"],
      [signer.address, listId, member.address],
    );
    const condition = encodeAddressAndBytes(AllowLists, fromHex(encoded));
    await lists.setListed(listId, [member.address], true);
    const added = await newest();
    await lists.setListed(listId, [member.address], false);
    const isAllowed = (block: number) => view.isAllowed(condition, POLICY, member.address, block);
    expect(await isAllowed(added - 1)).to.equal(false);
    expect(await isAllowed(added)).to.equal(true);
    expect(await isAllowed(await newest())).to.equal(false);
  });
});
