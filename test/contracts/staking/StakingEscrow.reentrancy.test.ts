import { ethers } from "hardhat";

import { itWithstandsReentrancy, type Question } from "../../support/reentrancy";
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
  const hostile = await ethers.deployContract("HostileEscrowPeers__Mock", [address, INITIAL_SUPPLY, MAX_SUPPLY]);
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
  const consents = await ethers.getContractAt("StakerConsents", await escrow.stakerConsents());
  return { hostile, target: escrow, consents, victim, run };
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

/** Everything that anybody sees of both stakers and of the whole. */
async function questions({ hostile, target, consents, victim }: System): Promise<Question[]> {
  const now = await period();
  const of = (who: string): Question[] => [
    ...["claimable", "provisional", "depositOf", "reservedOf", "isSuspended"].map((name): Question => [
      target,
      name,
      who,
    ]),
    ...[now, now + 1n].map((when): Question => [target, "lockedAt", who, when]),
    [target, "drawableUnits", who, 0],
    ...Array.from({ length: 6 }, (_, index): Question => [target, "position", who, index]),
    [consents, "nonceOf", who],
  ];
  const whole = ["totalLocked", "remainingSupply", "rewardRate", "checkPot", "totalUnits"];
  const next = ["totalLockedAt", "activeNodesAt"];
  return [
    ...of(hostile.target as string),
    ...of(victim.address),
    ...whole.map((name): Question => [target, name]),
    ...next.map((name): Question => [target, name, now + 1n]),
  ];
}

describe("StakingEscrow: reentrancy", function () {
  this.timeout(300_000);

  itWithstandsReentrancy({
    contract: "StakingEscrow",
    deploy,
    calls: CALLS,
    callers: CALLERS,
    prepare: (system, names) => (names.includes("reactivate") ? suspend(system) : Promise.resolve()),
    questions,
    movements: [
      "transfer(address,uint256)",
      "transferFrom(address,address,uint256)",
      "mint(address,uint256)",
      "burn(uint256)",
      "burnFrom(address,uint256)",
    ],
    later: 20n * LENGTH,
    oneIn: 6,
  });
});
