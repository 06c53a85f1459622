import type { Chain } from "../../src/chain/connection";
import { type NodeShare, nodeShares } from "../../src/chain/nodeShares";
import { livePosition, previewStake } from "../../src/chain/stakePreview";
import { formatAmount } from "../../src/protocol/amount";
import { feeSteps } from "../support/claims";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { propose, type Step } from "../support/propose";
import { nkms, rows } from "../support/show";
import { outlook, outlookResult } from "./stake";

/** Final claims of one run, a transaction each; the rest is left to the next. */
const FINAL_CLAIMS_AT_ONCE = 50;

/** Prints what a node has earned and not claimed: mined rewards and policy fees. */
export async function showRewards(session: Session): Promise<Outcome> {
  const staker = await session.subject();
  const chain = await session.connect();
  const [{ claimable, provisional }, shares] = await Promise.all([
    chain.stakingEscrow.staker(staker),
    nodeShares(chain, staker),
  ]);
  return {
    result: {
      staker,
      mined: formatAmount(claimable),
      provisional: formatAmount(provisional),
      fees: formatAmount(sum(shares)),
      policies: shares.map(({ record, earned, final }) => ({
        policyId: record.policyId,
        earned: formatAmount(earned),
        final,
      })),
    },
    text: rows([
      ["staker", staker],
      ["mined", `${nkms(claimable)} to claim, ${nkms(provisional)} not yet vested`],
      ["fees", `${nkms(sum(shares))} from ${shares.length} policies`],
    ]),
  };
}

/** Claims mined rewards and policy fees, and frees the collateral of policies that are over for good. */
export async function claimRewards(session: Session): Promise<Outcome> {
  const index = session.optional("restake") === undefined ? undefined : session.wholeNumber("restake", 0);
  const { chain, identity } = await session.connectAs();
  const staker = identity.account.address;
  const [{ claimable }, found, { collateralPerKey }] = await Promise.all([
    chain.stakingEscrow.staker(staker),
    nodeShares(chain, staker),
    chain.policyManager.parameters(),
  ]);
  const { shares, left } = sharesOfOneRun(found);
  const restaking = index === undefined ? undefined : await planRestake(chain, staker, index, claimable);
  const freed = BigInt(shares.filter(({ final }) => final).length) * collateralPerKey;
  const steps = [...minedSteps(chain, claimable, index), ...feeSteps(chain, staker, shares)];
  const result = {
    staker,
    mined: formatAmount(claimable),
    fees: formatAmount(sum(shares)),
    collateralFreed: formatAmount(freed),
    ...restaking?.result,
  };
  if (steps.length === 0) return { result: { ...result, transactions: [] }, text: ["  Nothing is due yet."] };
  return propose(session, chain, {
    title: "Claim",
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["mined", `${nkms(claimable)}${index === undefined ? "" : `, into position ${index}`}`],
      ...(restaking?.rows ?? []),
      ["fees", `${nkms(sum(shares))} from ${shares.length} policies`],
      ["freed", `${nkms(freed)} of collateral`],
    ],
    result,
    steps,
    next: left > 0 ? `run rewards:claim again; ${left} more policies can be settled for good.` : undefined,
  });
}

/** What the position would be with its rewards. Throws as `livePosition`. */
async function planRestake(chain: Chain, staker: string, index: number, added: bigint) {
  const held = await livePosition(chain, staker, index);
  const planned = { ...held, amount: held.amount + added, added };
  const preview = await previewStake(chain, planned);
  return {
    rows: [["position", `${nkms(planned.amount)} in all`] as const, ...outlook(planned, preview)],
    result: { id: index, amount: formatAmount(planned.amount), ...outlookResult(preview) },
  };
}

function sharesOfOneRun(found: NodeShare[]): { shares: NodeShare[]; left: number } {
  const final = found.filter((share) => share.final);
  const shares = [...found.filter((share) => !share.final), ...final.slice(0, FINAL_CLAIMS_AT_ONCE)];
  return { shares, left: found.length - shares.length };
}

function minedSteps({ stakingEscrow }: Chain, mined: bigint, restake?: number): Step[] {
  if (mined === 0n) return [];
  const call = () => (restake === undefined ? stakingEscrow.claim() : stakingEscrow.claimAndRestake(restake));
  return [{ title: "claim mined rewards", call }];
}

function sum(shares: NodeShare[]): bigint {
  return shares.reduce((total, { earned }) => total + earned, 0n);
}
