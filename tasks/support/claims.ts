/** The transactions that pay a node for its shares of policies. */
import { batchesOf } from "../../src/batches";
import type { Chain } from "../../src/chain/connection";
import type { NodeShare } from "../../src/chain/nodeShares";
import type { Step } from "./propose";
import { short } from "./show";

/** Policies claimed in one transaction: at some 50,000 gas each it stays far below the limit of one, 2^24 (EIP-7825). */
const CLAIMS_AT_ONCE = 100;

/** Shares that go on are claimed together; one that is over for good has a final claim of its own. */
export function feeSteps(
  { policyManager }: Chain,
  node: string,
  shares: readonly NodeShare[],
  atOnce = CLAIMS_AT_ONCE,
): Step[] {
  const running = shares.filter(({ final }) => !final);
  return [
    ...batchesOf(running, atOnce).map((batch) => ({
      title: "claim fees",
      call: () => claimTogether(policyManager, node, batch),
    })),
    ...shares
      .filter(({ final }) => final)
      .map(({ record, shareIndex }) => ({
        title: `free collateral of ${short(record.policyId)}`,
        call: () => policyManager.finalClaim(record, shareIndex),
      })),
  ];
}

/** A node's staker, its worker and the payer claim one share; the payer does not claim several at once. */
function claimTogether(policyManager: Chain["policyManager"], node: string, shares: readonly NodeShare[]) {
  const [{ record, shareIndex }] = shares;
  if (shares.length === 1) return policyManager.claim(record, shareIndex);
  const records = shares.map((share) => share.record);
  const indices = shares.map((share) => share.shareIndex);
  return policyManager.claimMany(node, records, indices);
}
