/** The policy fees that a node has earned and not claimed. */
import type { Chain } from "./connection";
import type { PolicyRecord } from "./policyManager";

/** One share of a policy with what a claim would pay now, in base units: to the staker, and back to the payer. */
export interface DueFee {
  record: PolicyRecord;
  shareIndex: number;
  earned: bigint;
  refund: bigint;
}

/** All shares of a node that a claim would pay for. */
export async function dueFees({ policyManager }: Chain, staker: string): Promise<DueFee[]> {
  const records = (await policyManager.policies()).filter(({ nodes }) => nodes.includes(staker));
  const fees = await Promise.all(
    records.map(async (record) => {
      const shareIndex = record.nodes.indexOf(staker);
      return { record, shareIndex, ...(await policyManager.feesDue(record, shareIndex)) };
    }),
  );
  return fees.filter(({ earned }) => earned > 0n);
}
