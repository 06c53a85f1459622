import type { Chain } from "../../src/chain/connection";
import { refusal } from "../../src/chain/refusals";
import { livePosition, type PlannedPosition, previewStake, type StakePreview } from "../../src/chain/stakePreview";
import { formatAmount, parseAmount, parsePeriods } from "../../src/protocol/amount";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { propose, type Step } from "../support/propose";
import { grouped, nkms, percent, type Row, utc } from "../support/show";

const PERMIT_SECONDS = 3_600n;
const RISK: Row = ["risk", "a proven wrong answer or leak costs part of it"];

/** Locks NKMS in a new position, which earns and can be drawn from the next period on. */
export async function createStake(session: Session): Promise<Outcome> {
  const text = session.required("amount");
  const parsed = text === "max" ? undefined : parseAmount(text);
  const lock = parsePeriods(session.required("lock"));
  const { chain, identity } = await session.connectAs();
  const { nkmsToken, stakingEscrow, deployment } = chain;
  const staker = identity.account.address;
  const sum = parsed ?? (await nkmsToken.balanceOf(staker));
  const planned = { amount: sum, lockPeriods: lock, endPeriod: 0n, added: sum };
  const preview = await previewStake(chain, planned);
  const deadline = (await chain.block()).timestamp + PERMIT_SECONDS;
  const permit = await nkmsToken.permit(identity.account, deployment.StakingEscrow, sum, deadline);
  return propose(session, chain, {
    title: "Stake",
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["amount", nkms(sum)],
      ["lock", `${grouped(lock)} periods, anew every period until stake:winddown`],
      ...outlook(planned, preview),
      RISK,
    ],
    result: { staker, amount: formatAmount(sum), lockPeriods: Number(lock), ...outlookResult(preview) },
    steps: [{ title: "stake", call: () => stakingEscrow.createWithPermit(sum, lock, permit) }],
    next: "register and start your node: npx hardhat node:register, npx hardhat node:run",
  });
}

/** Adds NKMS to a position; they share its lock and earn from the next period on. */
export async function increaseStake(session: Session): Promise<Outcome> {
  const index = session.wholeNumber("id", 0, 0);
  const text = session.required("amount");
  const parsed = text === "max" ? undefined : parseAmount(text);
  const { chain, identity } = await session.connectAs();
  const staker = identity.account.address;
  const balance = await chain.nkmsToken.balanceOf(staker);
  const sum = parsed ?? balance;
  if (sum === 0n) throw refusal("ZeroAmount", {});
  if (sum > balance) throw refusal("ERC20InsufficientBalance", { sender: staker, balance, needed: sum });
  const held = await livePosition(chain, staker, index);
  const planned = { ...held, amount: held.amount + sum, added: sum };
  const preview = await previewStake(chain, planned);
  return propose(session, chain, {
    title: `Increase position ${index}`,
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["amount", `${nkms(sum)} more, ${nkms(planned.amount)} in all`],
      ...outlook(planned, preview),
      RISK,
    ],
    result: {
      staker,
      id: index,
      added: formatAmount(sum),
      amount: formatAmount(planned.amount),
      ...outlookResult(preview),
    },
    steps: await increaseSteps(chain, staker, index, sum),
  });
}

/** The escrow takes what was approved; an approval that suffices is used as it is. */
async function increaseSteps(
  { nkmsToken, stakingEscrow, deployment }: Chain,
  staker: string,
  index: number,
  sum: bigint,
) {
  const escrow = deployment.StakingEscrow;
  const increase: Step = { title: "increase", call: () => stakingEscrow.increase(index, sum) };
  if ((await nkmsToken.allowance(staker, escrow)) >= sum) return [increase];
  return [{ title: "approve", call: () => nkmsToken.approve(escrow, sum) }, increase];
}

/** What a position would mean, for people. */
export function outlook({ amount, endPeriod }: PlannedPosition, preview: StakePreview): Row[] {
  const when = endPeriod ? "" : " at the earliest, if it winds down now";
  return [
    ["free", `${utc(preview.withdrawableAt)}${when}`],
    ["share", `${percent(amount, preview.totalLocked)} of D = ${nkms(preview.totalLocked)}`],
    ["expected", `${nkms(preview.income)} mined in ${grouped(preview.periods)} periods if D stays`],
  ];
}

/** The same for programs. */
export function outlookResult({ withdrawableAt, totalLocked, income }: StakePreview) {
  return {
    withdrawableAt: Number(withdrawableAt),
    totalLocked: formatAmount(totalLocked),
    expectedIncome: formatAmount(income),
  };
}
