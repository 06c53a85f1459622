import type { Chain } from "../../src/chain/connection";
import type { Position, StakingParameters } from "../../src/chain/stakingEscrow";
import { previewStake } from "../../src/chain/stakePreview";
import { findWithdrawable } from "../../src/chain/withdrawal";
import { formatAmount, parseAmount, parsePeriods } from "../../src/protocol/amount";
import { startOfPeriod } from "../../src/protocol/period";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { propose } from "../support/propose";
import { grouped, nkms, percent, table, utc } from "../support/show";

const PERMIT_SECONDS = 3_600n;

/** Locks NKMS in a new position, which earns and can be drawn from the next period on. */
export async function createStake(session: Session): Promise<Outcome> {
  const text = session.required("amount");
  const parsed = text === "max" ? undefined : parseAmount(text);
  const lock = parsePeriods(session.required("lock"));
  const { chain, identity } = await session.connectAs();
  const { nkmsToken, stakingEscrow, deployment } = chain;
  const staker = identity.account.address;
  const sum = parsed ?? (await nkmsToken.balanceOf(staker));
  const preview = await previewStake(chain, sum, lock);
  const deadline = (await chain.block()).timestamp + PERMIT_SECONDS;
  const permit = await nkmsToken.permit(identity.account, deployment.StakingEscrow, sum, deadline);
  return propose(session, chain, {
    title: "Stake",
    rows: [
      ["staker", `${identity.name} ${staker}`],
      ["amount", nkms(sum)],
      ["lock", `${grouped(lock)} periods, anew every period until stake:winddown`],
      ["free", `${utc(preview.withdrawableAt)} at the earliest, if it winds down now`],
      ["share", `${percent(sum, preview.totalLocked)} of D = ${nkms(preview.totalLocked)}`],
      ["expected", `${nkms(preview.income)} mined in ${grouped(lock)} periods if D stays`],
      ["risk", "a proven wrong answer or leak costs part of it"],
    ],
    result: {
      staker,
      amount: formatAmount(sum),
      lockPeriods: Number(lock),
      withdrawableAt: Number(preview.withdrawableAt),
      totalLocked: formatAmount(preview.totalLocked),
      expectedIncome: formatAmount(preview.income),
    },
    steps: [{ title: "stake", call: () => stakingEscrow.createWithPermit(sum, lock, permit) }],
    next: "register and start your node: npx hardhat node:register, npx hardhat node:run",
  });
}

/** Fixes the end of a position; with --off it locks itself anew again. */
export async function windDown(session: Session): Promise<Outcome> {
  const index = session.wholeNumber("id", 0, 0);
  const { chain } = await session.connectAs();
  const off = session.flag("off");
  return propose(session, chain, {
    title: off ? "Stop winding down" : "Wind down",
    rows: [["position", `${index}`]],
    result: { id: index, windingDown: !off },
    steps: [
      {
        title: off ? "re-lock" : "wind down",
        call: () => (off ? chain.stakingEscrow.stopWindDown(index) : chain.stakingEscrow.startWindDown(index)),
      },
    ],
    next: off ? undefined : "npx hardhat stake:list says when it can be withdrawn",
  });
}

/** Pays out positions whose lock and unbonding time are over. */
export async function withdraw(session: Session): Promise<Outcome> {
  const id = session.optional("id") === undefined ? undefined : session.wholeNumber("id", 0);
  const { chain, identity } = await session.connectAs();
  const due = await findWithdrawable(chain, identity.account.address, id);
  const sum = due.reduce((total, { amount }) => total + amount, 0n);
  return propose(session, chain, {
    title: "Withdraw",
    rows: [
      ["positions", due.map(({ index }) => index).join(", ")],
      ["amount", nkms(sum)],
    ],
    result: { positions: due.map(({ index }) => index), amount: formatAmount(sum) },
    steps: due.map(({ index }) => ({
      title: `withdraw position ${index}`,
      call: () => chain.stakingEscrow.withdraw(index),
    })),
  });
}

/** Lists the positions of a staker. */
export async function listPositions(session: Session): Promise<Outcome> {
  const staker = await session.subject();
  const chain = await session.connect();
  const [positions, parameters] = await Promise.all([
    chain.stakingEscrow.positions(staker),
    chain.stakingEscrow.parameters(),
  ]);
  const listed = positions.map((position) => describe(position, parameters));
  return {
    result: { staker, currentPeriod: await periodNumber(chain), positions: listed },
    text: table(
      ["id", "amount", "lock", "state", "withdrawable"],
      positions.map((position, row) => [
        `${position.index}`,
        nkms(position.amount),
        `${position.lockPeriods}p`,
        listed[row].state,
        position.endPeriod ? utc(BigInt(listed[row].withdrawableAt!)) : "after stake:winddown",
      ]),
      `${staker} has no positions.`,
    ),
  };
}

function describe(position: Position, { periodLength, unbondingPeriods }: StakingParameters) {
  const { index, amount, lockPeriods, endPeriod, retired } = position;
  const free = endPeriod ? startOfPeriod(endPeriod + unbondingPeriods, periodLength) : undefined;
  return {
    id: index,
    amount: formatAmount(amount),
    lockPeriods: Number(lockPeriods),
    state: retired ? "retired" : endPeriod ? "winding down" : "re-locking",
    endPeriod: endPeriod ? Number(endPeriod) : undefined,
    withdrawableAt: free === undefined ? undefined : Number(free),
  };
}

async function periodNumber(chain: Chain): Promise<number> {
  return Number(await chain.stakingEscrow.currentPeriod());
}
