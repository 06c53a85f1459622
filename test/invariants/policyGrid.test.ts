import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";

import { creationOf, draft, shown } from "../support/policyBuilder";
import { deploySight, PolicyWatch } from "../support/policySight";
import { deployPolicySystem, PARAMETERS } from "../support/policySystem";
import { fork, nextSecond, play } from "../support/steps";

const MIN_PAID = 2n;
const MOST_SHARES = 32;

interface Grid {
  /** Seconds, counted from the start, at which the first share is revoked alone; by default all. */
  readonly partly?: readonly bigint[];
  readonly rates: readonly bigint[];
  readonly durations: readonly bigint[];
  readonly shares: readonly number[];
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** Every number of shares with few rates and durations, and few shares with more of them; under NKMS_DEEP all with all. */
const GRIDS: readonly Grid[] = process.env.NKMS_DEEP
  ? [{ shares: upTo(MOST_SHARES), rates: [1n, 2n, 3n, 7n], durations: upTo(8).map(BigInt) }]
  : [
      { shares: upTo(MOST_SHARES), rates: [3n], durations: [3n], partly: [1n, 2n] },
      { shares: [1, 2, 3], rates: [1n, 3n], durations: upTo(6).map(BigInt) },
    ];

/** Written down independently of the contract: a second is paid if it is served or among the first MIN_PAID. */
function paidSeconds(duration: bigint, elapsed: bigint): bigint {
  let paid = 0n;
  for (let second = 0n; second < duration; second++) if (second < elapsed || second < MIN_PAID) paid++;
  return paid;
}

/** Each policy is revoked a second before it begins and at every second of its life, as a whole and, to the first share, in part. */
describe("Fees of policies on an exhaustive grid", function () {
  this.timeout(0);

  for (const { shares, rates, durations, partly } of GRIDS) {
    const ranges = `${shares.at(0)} to ${shares.at(-1)} shares, durations ${durations.join()} s, rates ${rates.join()}`;
    it(`are split at every second to the wei: ${ranges}`, async () => {
      const system = await loadFixture(deploy);
      for (const count of shares)
        for (const rate of rates)
          for (const duration of durations) await fork(() => expectPolicySplit(system, count, rate, duration, partly));
    });
  }

  async function deploy() {
    const system = await deployPolicySystem(MOST_SHARES, { ...PARAMETERS, minPaid: MIN_PAID, minFee: 1n });
    return { ...system, sight: await deploySight(system) };
  }

  type System = Awaited<ReturnType<typeof deploy>>;

  async function expectPolicySplit(
    system: System,
    count: number,
    rate: bigint,
    duration: bigint,
    partly?: readonly bigint[],
  ): Promise<void> {
    const { manager, owner, sight } = system;
    const start = BigInt(await time.latest()) + 10n;
    const terms = { start, end: start + duration, maxEnd: start + duration, feeRate: rate };
    const policy = await draft(system, { shares: count, terms });
    const view = shown(policy);
    const [from, to] = [owner.address, manager.target as string];
    const watch = new PolicyWatch(sight, view, [to, from, ...policy.nodes]);
    const before = await watch.see();
    const creation = await creationOf(system, policy);
    await nextSecond(start - 9n);
    await play({ from, to, data: manager.interface.encodeFunctionData("create", [creation]) });
    const calls = {
      revoke: manager.interface.encodeFunctionData("revoke", [view]),
      revokeNode: manager.interface.encodeFunctionData("revokeNode", [view, 0]),
    };

    for (let elapsed = -1n; elapsed < duration; elapsed++) {
      for (const [name, data] of Object.entries(calls)) {
        if (name === "revokeNode" && partly?.includes(elapsed) === false) continue;
        await fork(async () => {
          await nextSecond(start + elapsed);
          await play({ from, to, data });
          const { balances } = await watch.drained(start + duration + 1_000n);
          const changes = balances.map((balance, account) => balance - before.balances[account]);
          const paid = policy.nodes.map((_, share) =>
            paidSeconds(duration, name === "revoke" || share === 0 || count === 1 ? elapsed : duration),
          );
          const earned = paid.map((seconds) => rate * seconds);
          const cost = earned.reduce((sum, amount) => sum + amount, 0n);
          const story = `${name}, ${count} shares, rate ${rate}, ${elapsed} of ${duration} s: I-P1 policy_solvency`;
          expect(changes.map(String), story).to.deep.equal([0n, -cost, ...earned].map(String));
        });
      }
    }
  }
});
