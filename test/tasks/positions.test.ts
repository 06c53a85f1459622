import { expect } from "chai";
import { formatEther, parseEther } from "ethers";

import { useTaskWorld } from "../support/taskWorld";

const PERIOD = 60;
const UNBONDING = 5;

/** The first multiple of 7 at or after `period`, by counting. */
function grid(period: number): number {
  while (period % 7 !== 0) ++period;
  return period;
}

describe("tasks on positions", () => {
  const world = useTaskWorld();
  const json = (name: string, args = {}) => world().json(name, { from: "ada", yes: true, ...args });
  const create = (amount = "30000", lock = "7p") => json("stake:create", { amount, lock });
  const list = async () => (await world().json("stake:list", { of: "ada" })).value;

  it("increases a position, and approves exactly what it takes", async () => {
    await create();
    const { exitCode, value } = await json("stake:increase", { amount: "5000" });
    expect(exitCode).to.equal(0);
    expect(value).to.include({ id: 0, added: "5000", amount: "35000", totalLocked: "35000" });
    expect(value.transactions.map(({ title }: { title: string }) => title)).to.deep.equal(["approve", "increase"]);
    expect((await list()).positions[0].amount).to.equal("35000");
    const chain = await world().connect("ada");
    const { address } = (await world().identity("ada")).account;
    expect(await chain.nkmsToken.allowance(address, chain.deployment.StakingEscrow)).to.equal(0n);
  });

  it("increases by everything with max, and shows cost, date, share and income before", async () => {
    await create();
    const { stdout } = await world().run("stake:increase", { from: "ada", amount: "max", dryRun: true });
    for (const label of ["free", "share", "expected", "cost"])
      expect(stdout).to.match(new RegExp(`^ +${label} +\\S`, "m"));
    expect(stdout).to.match(/70 000 NKMS more, 100 000 NKMS in all/);
    expect(stdout).to.match(/Nothing was sent \(--dry-run\)/);
    expect((await json("stake:increase", { amount: "max" })).value.amount).to.equal("100000");
  });

  it("prolongs a re-locking and a winding-down position", async () => {
    await create();
    const longer = await json("stake:prolong", { lock: "20p" });
    expect(longer.value).to.include({ ok: true, id: 0, lockPeriods: 20 });
    await json("stake:winddown");
    const { currentPeriod, positions } = await list();
    expect(positions[0].endPeriod).to.equal(grid(currentPeriod + 1 + 20));
    const moved = await json("stake:prolong", { lock: "23p" });
    const end = grid(positions[0].endPeriod + 3);
    expect(moved.value).to.include({ endPeriod: end, withdrawableAt: (end + UNBONDING) * PERIOD });
    expect(moved.value.lockPeriods).to.equal(20 + end - positions[0].endPeriod);
    expect((await list()).positions[0]).to.include({ lockPeriods: moved.value.lockPeriods, endPeriod: end });
  });

  it("divides a position and merges the parts", async () => {
    await create("45000", "9p");
    const parts = await json("stake:divide", { amount: "15000" });
    expect(parts.value).to.include({ id: 0, amount: "30000", newId: 1, newAmount: "15000" });
    await json("stake:prolong", { id: "1", lock: "12p" });
    const whole = await json("stake:merge", { id: "0", with: "1" });
    expect(whole.value).to.include({ id: 0, merged: 1, amount: "45000", lockPeriods: 12 });
    expect((await list()).positions).to.have.length(1);
    expect((await list()).positions[0]).to.include({ id: 0, amount: "45000", lockPeriods: 12 });
  });

  it("winds down with the dates it says", async () => {
    await create();
    const { value } = await json("stake:winddown");
    const [position] = (await list()).positions;
    expect(value).to.include({ id: 0, windingDown: true, withdrawableAt: position.withdrawableAt });
  });

  it("tells what of a stake is too little for a unit of the line: it earns, and is not drawn", async () => {
    const unit = parseEther("3890000000") / (2n ** 32n - 1n) + 1n;
    const { value } = await create("15000.5");
    const stake = parseEther("15000.5");
    expect(value).to.include({ units: Number(stake / unit), undrawn: formatEther(stake % unit) });
    const { stdout } = await world().run("stake:increase", { from: "ada", amount: "1", dryRun: true });
    expect(stdout).to.match(
      /^ +drawn +with [\d ]+ units of 0[.\d]+ NKMS in all; 0[.\d]+ NKMS over earn, but are too few/m,
    );
  });

  it("simulates by eq 30 to 32 for a given D, as a table and a curve", async () => {
    const args = { amount: "45000", lock: "30p", periods: "100", total: "450000" };
    const { value } = await world().json("stake:simulate", args);
    const mined = (periods: number) => 0.1 * 2_890_000_000 * (1 - (1 - 1 / 1053) ** periods);
    expect(value).to.include({ amount: "45000", totalLocked: "450000", lockPeriods: 30 });
    expect(value.steps.at(-1).periods).to.equal(100);
    for (const step of value.steps) {
      expect(Number(step.mined)).to.be.closeTo(mined(step.periods), mined(step.periods) * 1e-9);
    }
    const { stdout } = await world().run("stake:simulate", args);
    expect(stdout).to.match(/10 % of D = 450 000 NKMS/);
    expect(stdout).to.match(/halves in 730 periods \(T ln 2\)/);
    expect(stdout).to.match(/^ {2}▁[▁▂▃▄▅▆▇█]{58}█ {2}mined/m);
  });

  it("simulates beside what is locked now, until lock and unbonding are over", async () => {
    await create("15000");
    const { currentPeriod } = await list();
    const { value } = await world().json("stake:simulate", { amount: "45000", lock: "30p" });
    expect(value.totalLocked).to.equal("60000");
    expect(value.withdrawableAt).to.equal((grid(currentPeriod + 1 + 30) + UNBONDING) * PERIOD);
    expect(value.steps.at(-1).periods).to.equal(360);
  });
});
