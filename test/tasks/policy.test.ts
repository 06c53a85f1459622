import { expect } from "chai";
import { parseEther } from "ethers";

import { createPolicy } from "../support/taskPolicy";
import { useTaskWorld } from "../support/taskWorld";

const RATE = 10n ** 15n;
/** Per share, by deploy/parameters/local.json. */
const COLLATERAL = parseEther("100");

describe("tasks policy, rewards and emission", () => {
  const world = useTaskWorld();

  /** Bea shares through Ada's node. */
  async function share(): Promise<string> {
    await world().json("node:register", { from: "ada", url: "http://127.0.0.1:9", yes: true });
    await world().json("stake:create", { from: "ada", amount: "20000", lock: "30p", yes: true });
    await world().passPeriods(1);
    const { account } = await world().identity("bea");
    return createPolicy(await world().connect("bea"), account.address, await world().identity("ada"));
  }

  async function later(seconds: number): Promise<void> {
    await world().rpc.send("evm_increaseTime", [seconds]);
    await world().rpc.send("evm_mine", []);
  }

  it("lists and shows policies by owner, reader and phase", async () => {
    const id = await share();
    const ids = async (args: object) =>
      (await world().json("policy:list", { ...args })).value.policies.map(
        (policy: { policyId: string }) => policy.policyId,
      );
    expect(await ids({ owner: "bea" })).to.deep.equal([id]);
    expect(await ids({ owner: "ada" })).to.deep.equal([]);
    expect(await ids({ reader: "0x00000000000000000000000000000000000000b0" })).to.deep.equal([id]);
    expect(await ids({ reader: "ada" })).to.deep.equal([]);
    expect(await ids({ active: true })).to.deep.equal([id]);
    const { value } = await world().json("policy:show", { id });
    expect(value).to.include({ policyId: id, phase: "active", threshold: 1, feeRateWei: RATE.toString() });
    expect(value.end - value.start).to.equal(1_000);
    await later(1_001);
    expect(await ids({ active: true })).to.deep.equal([]);
    expect((await world().json("policy:show", { id })).value.phase).to.equal("ended");
  });

  it("revokes and returns the fee for the time that was not served", async () => {
    const id = await share();
    const start = (await world().json("policy:show", { id })).value.start as number;
    await later(400);
    const { exitCode, value } = await world().json("policy:revoke", { id, from: "bea", yes: true });
    expect(exitCode).to.equal(0);
    const chain = await world().connect("bea");
    const [{ block, hash }] = value.transactions as { block: number; hash: string }[];
    const revocation = chain.policyManager.revocationIn((await chain.provider.getTransactionReceipt(hash))!);
    expect(revocation.policyId).to.equal(id);
    const { timestamp } = await chain.block(block);
    expect(revocation.refund).to.equal(RATE * (BigInt(start) + 1_000n - timestamp));
    const expected = parseEther(value.expectedRefund as string);
    expect(expected - revocation.refund >= 0n && expected - revocation.refund <= 60n * RATE).to.equal(true);
    expect((await world().json("policy:show", { id })).value.phase).to.equal("closed");

    const again = await world().json("policy:revoke", { id, from: "bea", yes: true });
    expect([again.exitCode, again.value.error.code]).to.deep.equal([3, "E_POLICY_CLOSED"]);
  });

  it("refuses to revoke another's policy, an unknown one, and what is no id", async () => {
    const id = await share();
    const other = await world().json("policy:revoke", { id, from: "ada", yes: true });
    expect([other.exitCode, other.value.error.code]).to.deep.equal([3, "E_NOT_OWNER"]);
    const unknown = await world().json("policy:revoke", { id: `0x${"ab".repeat(32)}`, from: "bea", yes: true });
    expect([unknown.exitCode, unknown.value.error.code]).to.deep.equal([3, "E_UNKNOWN_POLICY"]);
    const wrong = await world().json("policy:show", { id: "0x12" });
    expect([wrong.exitCode, wrong.value.error.code]).to.deep.equal([2, "E_USAGE"]);
  });

  it("shows and claims mined rewards and fees in one go", async () => {
    const none = await world().json("rewards:claim", { from: "ada", yes: true });
    expect(none.value).to.deep.include({ ok: true, mined: "0", fees: "0", transactions: [] });
    const id = await share();
    await later(120);
    const due = (await world().json("rewards:show", { of: "ada" })).value;
    expect(due.policies.map(({ policyId }: { policyId: string }) => policyId)).to.deep.equal([id]);
    expect(Number(due.fees)).to.be.within(0.119, 0.18);
    expect(Number(due.mined)).to.be.greaterThan(2_700_000);

    const before = (await world().json("token:balance", { of: "ada" })).value.nkms;
    const { value } = await world().json("rewards:claim", { from: "ada", yes: true });
    expect(value.transactions).to.have.length(2);
    const after = (await world().json("token:balance", { of: "ada" })).value.nkms;
    const gained = parseEther(after as string) - parseEther(before as string);
    const promised = parseEther(value.mined as string) + parseEther(value.fees as string);
    expect(gained >= promised && gained - promised <= 60n * RATE, `${gained} ${promised}`).to.equal(true);
    expect((await world().json("rewards:show", { of: "ada" })).value.mined).to.equal("0");
  });

  it("puts mined rewards into a position", async () => {
    await share();
    await later(60);
    const { value } = await world().json("rewards:claim", { from: "ada", restake: "0", yes: true });
    expect(value.ok, JSON.stringify(value)).to.equal(true);
    const [position] = (await world().json("stake:list", { of: "ada" })).value.positions;
    expect(parseEther(position.amount as string)).to.equal(parseEther("20000") + parseEther(value.mined as string));
  });

  it("frees the collateral of what is over, so that an operator can leave by tasks alone", async () => {
    await share();
    await world().json("stake:winddown", { from: "ada", id: "0", yes: true });
    await world().passPeriods(1_000);
    const behind = await world().json("stake:withdraw", { from: "ada", yes: true });
    expect([behind.exitCode, behind.value.error.code]).to.deep.equal([3, "E_NEEDS_ADVANCE"]);
    expect(behind.value.error.fix).to.include("npx hardhat net:advance");
    expect((await world().json("net:advance", { from: "bea", yes: true })).value).to.include({ ok: true, done: true });
    const held = await world().json("stake:withdraw", { from: "ada", yes: true });
    expect([held.exitCode, held.value.error.code]).to.deep.equal([3, "E_INSUFFICIENT_COLLATERAL"]);
    expect(held.value.error.data).to.include({ available: "0", required: COLLATERAL.toString() });
    expect(held.value.error.fix).to.include("rewards:claim");

    const { value } = await world().json("rewards:claim", { from: "ada", yes: true });
    expect(value.ok, JSON.stringify(value)).to.equal(true);
    expect(parseEther(value.collateralFreed as string)).to.equal(COLLATERAL);
    expect(value.transactions.map(({ title }: { title: string }) => title.slice(0, 18))).to.deep.equal([
      "claim mined reward",
      "free collateral of",
    ]);
    const left = await world().json("stake:withdraw", { from: "ada", yes: true });
    expect(left.value.ok, JSON.stringify(left.value)).to.equal(true);
    const again = (await world().json("rewards:claim", { from: "ada", yes: true })).value;
    expect(again).to.deep.include({ fees: "0", collateralFreed: "0", transactions: [] });
  });

  it("forecasts the supply by eq 31 and 32", async () => {
    const { value } = await world().json("emission", { periods: "24" });
    expect(value).to.include({ decayPeriods: 1053, maxSupply: "3890000000" });
    const rate = (2_890_000_000n * 10n ** 18n) / 1053n; // R / T; the law keeps up to ten base units more in the reserve
    const allocated = parseEther(value.steps[0].allocated as string);
    expect(allocated <= rate && rate - allocated <= 10n, `${allocated} ${rate}`).to.equal(true);
    const last = value.steps.at(-1);
    expect(last.period).to.equal(value.currentPeriod + 23);
    expect(Number(last.supply)).to.be.closeTo(3_890_000_000 - 2_890_000_000 * (1 - 1 / 1053) ** 24, 1);
    const bad = await world().json("emission", { periods: "0" });
    expect([bad.exitCode, bad.value.error.code]).to.deep.equal([2, "E_USAGE"]);
  });
});
