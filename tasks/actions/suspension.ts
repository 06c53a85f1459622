import type { Outcome } from "../support/run";
import { propose } from "../support/propose";
import type { Session } from "../support/session";

/** Ends a node's suspension; it takes part again from the next period on. */
export async function reactivate(session: Session): Promise<Outcome> {
  const { chain, identity } = await session.connectAs();
  const staker = identity.account.address;
  return propose(session, chain, {
    title: "Reactivate",
    rows: [
      ["node", `${identity.name} ${staker}`],
      ["from", "the next period on; what it would have earned since its suspension stays lost"],
    ],
    result: { staker },
    steps: [{ title: "reactivate", call: () => chain.stakingEscrow.reactivate() }],
    next: "npx hardhat node:status",
  });
}
