import { loadFixture, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { artifacts, ethers } from "hardhat";

import { INITIAL_SUPPLY, MAX_SUPPLY, REFERENCE, UNIT_NKMS } from "../../support/staking";
import { LENGTH, MINIMUM, go, period } from "../../support/stakingFixture";

const AMOUNT = 50_000n * UNIT_NKMS;
const SIGNATURE = "0x" + "11".repeat(65);
const FOREVER = 2n ** 40n;
const PARAMETERS = {
  ...REFERENCE,
  periodLength: LENGTH,
  decayPeriods: 200n,
  minLockPeriods: 2n,
  maxLockPeriods: 400n,
  unbondingPeriods: 5n,
};

/** The hostile contract is token, registry, policy manager, health check, slasher and a staker; a victim stakes beside it. */
async function deploy() {
  const [deployer, victim] = await ethers.getSigners();
  const address = ethers.getCreateAddress({ from: deployer.address, nonce: (await deployer.getNonce()) + 1 });
  const hostile = await ethers.deployContract("HostileToken__Mock", [address, INITIAL_SUPPLY, MAX_SUPPLY]);
  const roles = [hostile, hostile, hostile, hostile, [hostile], PARAMETERS];
  const escrow = await ethers.deployContract("StakingEscrow", roles as never);
  const run = (name: string, ...args: unknown[]) =>
    hostile.run(escrow.interface.encodeFunctionData(name as never, args as never));
  await go((await period()) + 1n);
  for (const lock of [10, 300, 2, 20]) await run("create", AMOUNT, lock);
  await escrow.connect(victim).create(AMOUNT, 20);
  await go((await period()) + 1n);
  await run("startWindDown", 1);
  await run("startWindDown", 2);
  await run("reserve", [hostile.target], 5n);
  await go((await period()) + 40n);
  return { hostile, escrow, victim, run };
}

/** Suspends the hostile staker and lets its wait pass. */
async function suspend({ run, hostile }: System): Promise<void> {
  await run("convict", hostile.target);
  await go((await period()) + 2n);
}

type System = Awaited<ReturnType<typeof deploy>>;

/** One call of every function that changes state, which succeeds by itself. */
const CALLS: Record<string, (system: System) => unknown[]> = {
  advance: () => [],
  claim: () => [],
  claimAndRestake: () => [0],
  convict: ({ victim }) => [victim.address],
  create: () => [AMOUNT, 10],
  createFor: ({ hostile }) => [hostile.target, AMOUNT, 10, FOREVER, SIGNATURE],
  createWithPermit: () => [AMOUNT, 10, FOREVER, 27, ethers.ZeroHash, ethers.ZeroHash],
  divide: () => [0, MINIMUM],
  forfeit: ({ hostile }) => [hostile.target, 1_000n],
  increase: () => [0, 7n],
  merge: () => [0, 3],
  payCheck: ({ victim }) => [victim.address, 1_000n],
  prolong: () => [0, 30],
  reactivate: () => [],
  release: ({ hostile }) => [hostile.target, 3n],
  reserve: ({ victim }) => [[victim.address], 9n],
  returnToReserve: () => [1_000n],
  slash: ({ hostile, victim }) => [hostile.target, 3n * AMOUNT + 1n, victim.address, 2_500n],
  startWindDown: () => [0],
  stopWindDown: () => [1],
  trim: ({ hostile }) => [hostile.target],
  withdraw: () => [2],
};

/** Who calls a foreign contract on its way; all others give no occasion to strike. */
const CALLERS = [
  ...["claim", "claimAndRestake", "convict", "create", "createFor", "createWithPermit", "increase", "payCheck"],
  ...["reactivate", "returnToReserve", "slash", "withdraw"],
];

const MOVEMENTS = ["transfer", "transferFrom", "mint", "burn", "burnFrom"];

function encode(system: System, name: string): string {
  return system.escrow.interface.encodeFunctionData(name as never, CALLS[name](system) as never);
}

/** A hash of everything that anybody sees of both stakers and of the whole. */
async function digest({ escrow, hostile, victim }: System): Promise<string> {
  const now = await escrow.currentPeriod();
  const ask = (name: string, ...args: unknown[]) => escrow.interface.encodeFunctionData(name as never, args as never);
  const of = (who: string) => [
    ...["claimable", "provisional", "depositOf", "reservedOf", "isSuspended"].map((name) => ask(name, who)),
    ...[now, now + 1n].map((when) => ask("lockedAt", who, when)),
    ask("drawableUnits", who, 0),
    ...Array.from({ length: 6 }, (_, index) => ask("position", who, index)),
  ];
  const whole = ["totalLocked", "remainingSupply", "rewardRate", "checkPot"].map((name) => ask(name));
  const next = ["totalLockedAt", "activeNodesAt"].map((name) => ask(name, now + 1n));
  const seen = await hostile.see([...of(hostile.target as string), ...of(victim.address), ...whole, ...next]);
  const consents = await ethers.getContractAt("StakerConsents", await escrow.stakerConsents());
  const moved = MOVEMENTS.map((name) => hostile.moved(hostile.interface.getFunction(name as never).selector));
  return [seen, await escrow.totalUnits(), await consents.nonceOf(hostile), ...(await Promise.all(moved))].join();
}

/** The state now and twenty periods later, after `calls` one by one; a refused call is skipped. */
async function afterwards(system: System, calls: string[]): Promise<string> {
  const fork = await takeSnapshot();
  for (const call of calls) await system.hostile.run(call).catch(() => undefined);
  const result = await outcome(system);
  await fork.restore();
  return result;
}

async function outcome(system: System): Promise<string> {
  const now = await digest(system);
  await go((await period()) + 20n);
  return `${now}\n${await digest(system)}`;
}

describe("StakingEscrow: reentrancy", function () {
  this.timeout(300_000);

  it("has a call of every function that changes state", async () => {
    const { abi } = await artifacts.readArtifact("StakingEscrow");
    const entries = abi as { type: string; name: string; stateMutability: string }[];
    const names = entries
      .filter(({ type, stateMutability }) => type === "function" && !/view|pure/.test(stateMutability))
      .map(({ name }) => name);
    expect(Object.keys(CALLS)).to.deep.equal(names.sort());
  });

  for (const name of Object.keys(CALLS)) {
    it(`${name}: whatever is called from within comes to the same as called before or after`, async () => {
      const system = await loadFixture(deploy);
      const { hostile } = system;
      const outer = encode(system, name);
      let strikes = 0;
      for (const inner of Object.keys(CALLS)) {
        const strike = encode(system, inner);
        const fork = await takeSnapshot();
        if (name === "reactivate" || inner === "reactivate") await suspend(system);
        const prepared = await takeSnapshot();
        await hostile.arm(strike);
        await hostile.run(outer);
        if (await hostile.struck()) {
          ++strikes;
          const got = await outcome(system);
          await prepared.restore();
          const orders = [await afterwards(system, [outer, strike]), await afterwards(system, [strike, outer])];
          expect(orders, `${inner} within ${name}`).to.include(got);
        }
        await fork.restore();
      }
      expect(strikes, "calls from within").to.equal(CALLERS.includes(name) ? Object.keys(CALLS).length : 0);
    });
  }
});
