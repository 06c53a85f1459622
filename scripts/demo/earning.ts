/** What nodes earn: minted rewards by the supply law, and policy fees. */
import { connectChain } from "../../src/chain/connection";
import { formatAmount } from "../../src/protocol/amount";
import { nkms } from "../../tasks/support/show";
import { DECAY_PERIODS, INITIAL_SUPPLY, MAX_SUPPLY, PERIOD_SECONDS } from "./parameters";
import type { Facts, Telling } from "./story";
import type { Operator, World } from "./world";

const PERIODS = 24;
const BARS = "▁▂▃▄▅▆▇█";
const SHOWN_OPERATORS = 3;

/** A day passes, period by period; then rewards are claimed and the supply is held against the formula. */
export async function passPeriods(world: World, { line, progress }: Telling): Promise<Facts> {
  const { stakingEscrow } = world.chain;
  const first = await stakingEscrow.supply();
  const curve = [first.allocatedSupply];
  for (let period = 1; period <= PERIODS; period++) {
    progress(`period ${period} of ${PERIODS}`);
    await world.local.pass(PERIOD_SECONDS);
    curve.push((await stakingEscrow.supply()).allocatedSupply);
  }
  const { allocatedSupply, remainingSupply } = await stakingEscrow.supply();
  const formula = MAX_SUPPLY - exactRemaining(first.remainingSupply, PERIODS);
  const minted = curve.slice(1).map((supply, index) => supply - curve[index]);
  line(`supply ${bars(curve.map((supply) => supply - INITIAL_SUPPLY))}   minted ${bars(minted)}`);
  line(`by the contract  ${nkms(allocatedSupply)} after ${PERIODS} periods`);
  line(`by eq 32         ${nkms(formula)}   difference ${formula - allocatedSupply} wei`);
  const claims = await claimAll(world, line);
  return {
    periods: PERIODS,
    allocatedSupply: formatAmount(allocatedSupply),
    formula: formatAmount(formula),
    differenceWei: formula - allocatedSupply,
    remainingSupply: formatAmount(remainingSupply),
    claims,
  };
}

/** floor(R (1 - 1/T)^k), in exact fractions. */
function exactRemaining(remaining: bigint, periods: number): bigint {
  const k = BigInt(periods);
  return (remaining * (DECAY_PERIODS - 1n) ** k) / DECAY_PERIODS ** k;
}

async function claimAll(world: World, line: (text: string) => void): Promise<Facts[]> {
  const claims: Facts[] = [];
  for (const [index, operator] of world.operators.entries()) {
    const reward = await claimReward(world, operator);
    claims.push({ node: operator.name, reward: formatAmount(reward) });
    if (index < SHOWN_OPERATORS) line(`  ${operator.name}  ${nkms(operator.stake)} at stake earned ${nkms(reward)}`);
  }
  const supply = await world.chain.nkmsToken.totalSupply();
  line(`  all ${world.operators.length} claimed, each in one transaction: ${nkms(supply)} now exist`);
  return claims;
}

async function claimReward(world: World, { identity }: Operator): Promise<bigint> {
  const { account } = identity;
  const chain = await connectChain({ rpcUrl: world.local.url, deployment: world.deployment, signer: account });
  try {
    const before = await chain.nkmsToken.balanceOf(account.address);
    await chain.stakingEscrow.claim().send();
    return (await chain.nkmsToken.balanceOf(account.address)) - before;
  } finally {
    chain.close();
  }
}

/** Numbers as bars, the highest full. */
function bars(values: readonly bigint[]): string {
  const most = values.reduce((a, b) => (a > b ? a : b), 1n);
  return values.map((value) => BARS[Number((value * BigInt(BARS.length - 1)) / most)]).join("");
}
