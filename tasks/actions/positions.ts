import { checkDivision, checkProlongation, livePosition, previewStake } from "../../src/chain/stakePreview";
import type { Position } from "../../src/chain/stakingEscrow";
import { findWithdrawable } from "../../src/chain/withdrawal";
import { formatAmount, parseAmount, parsePeriods } from "../../src/protocol/amount";
import { alignUp, endOfLock } from "../../src/protocol/period";
import type { Outcome } from "../support/run";
import type { Session } from "../support/session";
import { propose } from "../support/propose";
import { grouped, nkms } from "../support/show";
import { outlook, outlookResult } from "./stake";

/** Makes the lock of a position longer. */
export async function prolong(session: Session): Promise<Outcome> {
  const index = session.wholeNumber("id", 0, 0);
  const wanted = parsePeriods(session.required("lock"));
  const { chain, identity } = await session.connectAs();
  const held = await livePosition(chain, identity.account.address, index);
  const { minLockPeriods: minimum, maxLockPeriods: maximum } = await chain.stakingEscrow.parameters();
  checkProlongation(wanted, { ...held, index: BigInt(index) }, { minimum, maximum });
  const endPeriod = held.endPeriod && alignUp(held.endPeriod + wanted - held.lockPeriods);
  const lockPeriods = endPeriod ? held.lockPeriods + endPeriod - held.endPeriod : wanted;
  const planned = { ...held, lockPeriods, endPeriod, added: 0n };
  const preview = await previewStake(chain, planned);
  return propose(session, chain, {
    title: `Prolong position ${index}`,
    rows: [
      ["amount", nkms(held.amount)],
      [
        "lock",
        `${grouped(lockPeriods)} periods instead of ${grouped(held.lockPeriods)}; it never becomes shorter again`,
      ],
      ...outlook(planned, preview),
    ],
    result: {
      id: index,
      lockPeriods: Number(lockPeriods),
      endPeriod: endPeriod ? Number(endPeriod) : undefined,
      ...outlookResult(preview),
    },
    steps: [{ title: "prolong", call: () => chain.stakingEscrow.prolong(index, wanted) }],
  });
}

/** Splits an amount off a position; both parts keep lock and end. */
export async function divide(session: Session): Promise<Outcome> {
  const index = session.wholeNumber("id", 0, 0);
  const amount = parseAmount(session.required("amount"));
  const { chain, identity } = await session.connectAs();
  const held = await livePosition(chain, identity.account.address, index);
  const { minDeposit: minimum } = await chain.stakingEscrow.parameters();
  checkDivision(amount, held.amount, minimum);
  const preview = await previewStake(chain, { ...held, added: 0n });
  const call = chain.stakingEscrow.divide(index, amount);
  const newIndex = Number(await call.check());
  return propose(session, chain, {
    title: `Divide position ${index}`,
    rows: [
      [`position ${index}`, nkms(held.amount - amount)],
      [`position ${newIndex}`, nkms(amount)],
      ["both", `${lockOf(held)}; weight, income and dates stay as they are:`],
      ...outlook(held, preview),
    ],
    result: {
      id: index,
      amount: formatAmount(held.amount - amount),
      newId: newIndex,
      newAmount: formatAmount(amount),
      ...outlookResult(preview),
    },
    steps: [{ title: "divide", call: () => call }],
  });
}

/** Joins a position to another one; the later end and the longer lock stay. */
export async function merge(session: Session): Promise<Outcome> {
  const [into, from] = [session.wholeNumber("id", 0), session.wholeNumber("with", 0)];
  const { chain, identity } = await session.connectAs();
  const staker = identity.account.address;
  const [kept, joined] = [await livePosition(chain, staker, into), await livePosition(chain, staker, from)];
  const lockPeriods = kept.lockPeriods > joined.lockPeriods ? kept.lockPeriods : joined.lockPeriods;
  const endPeriod = kept.endPeriod > joined.endPeriod ? kept.endPeriod : joined.endPeriod;
  const planned = { amount: kept.amount + joined.amount, lockPeriods, endPeriod, added: 0n };
  const call = chain.stakingEscrow.merge(into, from);
  await call.check();
  const preview = await previewStake(chain, planned);
  return propose(session, chain, {
    title: `Merge position ${from} into ${into}`,
    rows: [["amount", nkms(planned.amount)], ["lock", lockOf(planned)], ...outlook(planned, preview)],
    result: {
      id: into,
      merged: from,
      amount: formatAmount(planned.amount),
      lockPeriods: Number(lockPeriods),
      ...outlookResult(preview),
    },
    steps: [{ title: "merge", call: () => call }],
  });
}

/** Fixes the end of a position; with --off it locks itself anew again. */
export async function windDown(session: Session): Promise<Outcome> {
  const index = session.wholeNumber("id", 0, 0);
  const off = session.flag("off");
  const { chain, identity } = await session.connectAs();
  const held = await livePosition(chain, identity.account.address, index);
  const end = endOfLock(await chain.stakingEscrow.currentPeriod(), held.lockPeriods);
  const planned = { ...held, endPeriod: off ? 0n : held.endPeriod || end, added: 0n };
  const preview = await previewStake(chain, planned);
  return propose(session, chain, {
    title: off ? "Stop winding down" : "Wind down",
    rows: [
      ["position", `${index}, ${nkms(held.amount)}`],
      ["ends", off ? "no more: it locks itself anew every period" : `with period ${grouped(planned.endPeriod - 1n)}`],
      ...outlook(planned, preview),
    ],
    result: { id: index, windingDown: !off, ...outlookResult(preview) },
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

function lockOf({ lockPeriods, endPeriod }: Pick<Position, "lockPeriods" | "endPeriod">): string {
  return `${grouped(lockPeriods)} periods, ${endPeriod ? `ends with period ${grouped(endPeriod - 1n)}` : "re-locking"}`;
}
