import { expect } from "chai";
import { parseEther } from "ethers";

import { useTaskWorld } from "../support/taskWorld";

describe("task stake", () => {
  const world = useTaskWorld();
  const create = (amount: string, lock = "30p", more = {}) =>
    world().json("stake:create", { amount, lock, from: "ada", yes: true, ...more });

  it("stakes whole tokens with one transaction and no approval", async () => {
    const { exitCode, value } = await create("45000");
    expect(exitCode).to.equal(0);
    expect(value).to.include({ ok: true, amount: "45000", lockPeriods: 30, totalLocked: "45000" });
    expect(value.transactions).to.have.length(1);
    const { address } = (await world().identity("ada")).account;
    const chain = await world().connect("ada");
    expect(await chain.stakingEscrow.positions(address)).to.deep.equal([
      { index: 0, amount: parseEther("45000"), lockPeriods: 30n, endPeriod: 0n, retired: false },
    ]);
    expect(await chain.nkmsToken.allowance(address, chain.deployment.StakingEscrow)).to.equal(0n);
  });

  it("forecasts income by eq 30 to 32 for a sole staker", async () => {
    const { value } = await create("45000", "7p", { dryRun: true });
    let remaining = 2_890_000_000;
    for (let period = 0; period < 7; period++) remaining -= remaining / 1053;
    expect(Number(value.expectedIncome)).to.be.closeTo(2_890_000_000 - remaining, 1e-3);
  });

  it("stakes everything with max", async () => {
    expect((await create("max")).value.amount).to.equal("100000");
    expect((await world().json("token:balance", { of: "ada" })).value.nkms).to.equal("0");
  });

  it("refuses less than the minimum before sending", async () => {
    const small = await create("10");
    expect(small.exitCode).to.equal(3);
    expect(small.value).to.deep.include({ ok: false });
    expect(small.value.error).to.deep.include({
      code: "E_DEPOSIT_BELOW_MINIMUM",
      message: "10 NKMS is below the minimum of 15000 NKMS.",
      data: { amount: parseEther("10").toString(), minimum: parseEther("15000").toString() },
    });
    expect((await world().json("token:balance", { of: "ada" })).value.nkms).to.equal("100000");
  });

  it("refuses input that cannot be read", async () => {
    const amount = await create("many");
    expect([amount.exitCode, amount.value.error.code]).to.deep.equal([2, "E_BAD_AMOUNT"]);
    const lock = await create("15000", "30");
    expect([lock.exitCode, lock.value.error.code]).to.deep.equal([2, "E_BAD_PERIODS"]);
    const missing = await world().json("stake:create", { lock: "30p", from: "ada", yes: true });
    expect([missing.exitCode, missing.value.error.code]).to.deep.equal([2, "E_USAGE"]);
  });

  it("does not send without an answer", async () => {
    const { exitCode, value } = await create("15000", "30p", { yes: false });
    expect([exitCode, value.error.code]).to.deep.equal([2, "E_NOT_CONFIRMED"]);
    const answers = (answer: string) => ({
      interactive: true,
      ask: () => Promise.resolve(answer),
      askHidden: () => Promise.reject(new Error("no password is asked for")),
      note: () => undefined,
    });
    const args = { amount: "15000", lock: "30p", from: "ada" };
    const no = await world().run("stake:create", args, { terminal: answers("n") });
    expect(no.exitCode).to.equal(2);
    expect(no.stderr).to.match(/E_NOT_CONFIRMED .*Nothing was sent/);
    const yes = await world().run("stake:create", args, { terminal: answers("y") });
    expect(yes.exitCode).to.equal(0);
    expect(yes.stdout).to.match(/✓ stake: mined in block/);
  });

  it("says why there is nothing to withdraw, and from when on there will be", async () => {
    const none = await world().json("stake:withdraw", { from: "ada", yes: true });
    expect([none.exitCode, none.value.error.code]).to.deep.equal([3, "E_NOTHING_TO_WITHDRAW"]);

    await create("15000", "7p");
    const locked = await world().json("stake:withdraw", { from: "ada", yes: true });
    expect([locked.exitCode, locked.value.error.code]).to.deep.equal([3, "E_NOT_WINDING_DOWN"]);
    const absent = await world().json("stake:withdraw", { id: "3", from: "ada", yes: true });
    expect([absent.exitCode, absent.value.error.code]).to.deep.equal([3, "E_NO_SUCH_POSITION"]);

    await world().json("stake:winddown", { from: "ada", yes: true });
    const early = await world().json("stake:withdraw", { from: "ada", yes: true });
    expect([early.exitCode, early.value.error.code]).to.deep.equal([3, "E_STILL_LOCKED"]);
    const [position] = (await world().json("stake:list", { of: "ada" })).value.positions;
    expect(position.endPeriod % 7).to.equal(0);
    expect(position.withdrawableAt).to.equal((position.endPeriod + 5) * 60);
    expect(early.value.error.data.withdrawableAt).to.equal(position.withdrawableAt.toString());
  });

  it("pays out after lock and unbonding, and not a period before", async () => {
    await create("15000", "7p");
    await world().json("stake:winddown", { from: "ada", yes: true });
    const { currentPeriod, positions } = (await world().json("stake:list", { of: "ada" })).value;
    await world().passPeriods(positions[0].endPeriod + 4 - currentPeriod);
    expect((await world().json("stake:withdraw", { from: "ada", yes: true })).value.error.code).to.equal(
      "E_STILL_LOCKED",
    );
    await world().passPeriods(1);
    const paid = await world().json("stake:withdraw", { from: "ada", yes: true });
    expect(paid.exitCode).to.equal(0);
    expect(paid.value).to.deep.include({ positions: [0], amount: "15000" });
    expect((await world().json("token:balance", { of: "ada" })).value.nkms).to.equal("100000");
  });

  it("lets a position lock itself anew again", async () => {
    await create("15000", "7p");
    await world().json("stake:winddown", { from: "ada", yes: true });
    const off = await world().json("stake:winddown", { off: true, from: "ada", yes: true });
    expect(off.value).to.include({ id: 0, windingDown: false });
    expect((await world().json("stake:list", { of: "ada" })).value.positions[0].state).to.equal("re-locking");
  });
});
