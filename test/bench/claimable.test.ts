import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { federated, go, MINIMUM, period } from "../support/stakingFixture";

/** Half of what a transaction may use (EIP-7825). */
const MOST_GAS = 2n ** 23n;

describe("claimable", () => {
  it("is answered at 32 own ends behind which nobody has advanced, within half the gas of a transaction", async () => {
    const { escrow, alice } = await loadFixture(federated);
    const own = escrow.connect(alice);
    for (let i = 0n; i < 32n; ++i) await own.create(MINIMUM, 2n + 7n * i);
    for (let i = 0; i < 32; ++i) await own.startWindDown(i);
    const ends = new Set<bigint>();
    for (let i = 0; i < 32; ++i) ends.add((await escrow.position(alice, i)).endPeriod);
    expect(ends.size).to.equal(32);
    await go((await period()) + 400n);
    const due = await escrow.claimable(alice, { gasLimit: MOST_GAS });
    while (!(await escrow.advance.staticCall())) await escrow.advance();
    await escrow.advance();
    expect(await escrow.claimable(alice)).to.equal(due);
  });
});
