import type { Chain } from "../../src/chain/connection";
import { type DueFee, dueFees } from "../../src/chain/dueFees";
import { formatAmount } from "../../src/protocol/amount";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { propose, type Step } from "../support/propose";
import { nkms, rows } from "../support/show";

/** Prints what a node has earned and not claimed: mined rewards and policy fees. */
export async function showRewards(session: Session): Promise<Outcome> {
  const staker = await session.subject();
  const chain = await session.connect();
  const [{ claimable, provisional }, fees] = await Promise.all([
    chain.stakingEscrow.staker(staker),
    dueFees(chain, staker),
  ]);
  return {
    result: {
      staker,
      mined: formatAmount(claimable),
      provisional: formatAmount(provisional),
      fees: formatAmount(sum(fees)),
      policies: fees.map(({ record, earned }) => ({ policyId: record.policyId, earned: formatAmount(earned) })),
    },
    text: rows([
      ["staker", staker],
      ["mined", `${nkms(claimable)} to claim, ${nkms(provisional)} not yet vested`],
      ["fees", `${nkms(sum(fees))} from ${fees.length} policies`],
    ]),
  };
}

/** Claims mined rewards and policy fees. */
export async function claimRewards(session: Session): Promise<Outcome> {
  const index = session.optional("restake") === undefined ? undefined : session.wholeNumber("restake", 0);
  const { chain, identity } = await session.connectAs();
  const staker = identity.account.address;
  const [{ claimable }, fees] = await Promise.all([chain.stakingEscrow.staker(staker), dueFees(chain, staker)]);
  const steps = claimSteps(chain, staker, claimable, fees, index);
  const result = { staker, mined: formatAmount(claimable), fees: formatAmount(sum(fees)) };
  if (steps.length === 0) return { result: { ...result, transactions: [] }, text: ["  Nothing is due yet."] };
  return propose(session, chain, {
    title: "Claim",
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["mined", `${nkms(claimable)}${index === undefined ? "" : `, into position ${index}`}`],
      ["fees", `${nkms(sum(fees))} from ${fees.length} policies`],
    ],
    result,
    steps,
  });
}

function claimSteps(chain: Chain, staker: string, mined: bigint, fees: DueFee[], restake?: number): Step[] {
  const { stakingEscrow, policyManager } = chain;
  const steps: Step[] = [];
  if (mined > 0n) {
    const call = () => (restake === undefined ? stakingEscrow.claim() : stakingEscrow.claimAndRestake(restake));
    steps.push({ title: "claim mined rewards", call });
  }
  if (fees.length > 0) {
    const records = fees.map(({ record }) => record);
    const indices = fees.map(({ shareIndex }) => shareIndex);
    steps.push({ title: "claim fees", call: () => policyManager.claimMany(staker, records, indices) });
  }
  return steps;
}

function sum(fees: DueFee[]): bigint {
  return fees.reduce((total, { earned }) => total + earned, 0n);
}
