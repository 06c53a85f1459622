import { refusal } from "../../src/chain/refusals";
import {
  type LinePart,
  livePosition,
  partOfLine,
  type PlannedPosition,
  previewStake,
  type StakePreview,
} from "../../src/chain/stakePreview";
import { formatAmount, parseAmount, parsePeriods } from "../../src/protocol/amount";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { payingSteps } from "../support/pay";
import { propose } from "../support/propose";
import { grouped, nkms, percent, type Row, utc } from "../support/show";

const PERMIT_SECONDS = 3_600n;
/** The most of stakeIncrease, its variants included, in bench/gas.json, with the margin of an estimate. */
const INCREASE_GAS = 176_000n;
/** True of what `deploy` makes: it wires nobody who could slash. */
const RISK: Row = [
  "risk",
  "no contract of this network can take of it yet; health checks and challenges are not built",
];

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
  const [preview, line] = await Promise.all([previewStake(chain, planned), partOfLine(chain, staker, sum)]);
  const deadline = (await chain.block()).timestamp + PERMIT_SECONDS;
  const permit = await nkmsToken.permit(identity.account, deployment.StakingEscrow, sum, deadline);
  return propose(session, chain, {
    title: "Stake",
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["amount", nkms(sum)],
      ["lock", `${grouped(lock)} periods, anew every period until stake:winddown`],
      ...outlook(planned, preview),
      drawn(line),
      RISK,
    ],
    result: {
      staker,
      amount: formatAmount(sum),
      lockPeriods: Number(lock),
      ...outlookResult(preview),
      ...drawnResult(line),
    },
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
  const [preview, line] = await Promise.all([previewStake(chain, planned), partOfLine(chain, staker, sum)]);
  const taking = { payer: staker, spender: chain.deployment.StakingEscrow, amount: sum };
  return propose(session, chain, {
    title: `Increase position ${index}`,
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["amount", `${nkms(sum)} more, ${nkms(planned.amount)} in all`],
      ...outlook(planned, preview),
      drawn(line),
      RISK,
    ],
    result: {
      staker,
      id: index,
      added: formatAmount(sum),
      amount: formatAmount(planned.amount),
      ...outlookResult(preview),
      ...drawnResult(line),
    },
    steps: await payingSteps(chain, taking, {
      title: "increase",
      call: () => chain.stakingEscrow.increase(index, sum),
      usualGas: INCREASE_GAS,
    }),
  });
}

/** What a position would mean, for people. */
export function outlook(
  { amount, endPeriod }: Pick<PlannedPosition, "amount" | "endPeriod">,
  preview: StakePreview,
): Row[] {
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

/** What of a node's stake is drawn, for people. */
function drawn({ unit, units, rest }: LinePart): Row {
  const over = rest ? `; ${nkms(rest)} over earn, but are too few to be drawn` : "";
  return ["drawn", `with ${grouped(units)} units of ${nkms(unit)} in all${over}`];
}

function drawnResult({ units, rest }: LinePart) {
  return { units: Number(units), undrawn: formatAmount(rest) };
}
