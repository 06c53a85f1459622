import { expect } from "chai";

import { measureGas } from "../../bench/gas/measure";
import committed from "../../bench/gas.json";

const TOLERANCE = 0.05;

/** What staking and policies may cost at most. */
const MOST: Readonly<Record<string, number>> = {
  stakeCreatePermit: 252_000,
  stakeCreate: 216_000,
  stakeSecondPosition: 137_000,
  stakeIncrease: 121_000,
  stakeWindDownNewEnd: 95_000,
  stakeWindDownSharedEnd: 38_000,
  claimAfter1: 56_000,
  claimAfter1Anchor: 69_000,
  claimAfter1000: 58_000,
  withdraw: 104_000,
  withdrawOverExpiry: 124_000,
  expiryCrossing: 9_500,
  treeUpdate100k: 33_000,
  treeDraw100k: 15_500,
  treeDraw100kLast: 15_500,
  slash1: 172_000,
  slash10: 210_000,
  slash32: 420_000,
  policyCreate1: 111_000,
  policyCreate3: 150_000,
  policyCreate5: 190_000,
  policyCreate10: 290_000,
  policyCreate3Bounty: 182_000,
  policyRevoke1: 53_000,
  policyRevoke3: 55_000,
  policyRevoke5: 57_000,
  policyRevoke10: 63_000,
  feeClaimFirst1: 76_000,
  feeClaimFirst3: 79_000,
  feeClaimFirst10: 86_000,
  feeClaimRepeat1: 60_000,
  feeClaimRepeat3: 62_000,
  feeClaimRepeat10: 70_000,
  feeClaimManyFirst: 44_000,
  feeClaimManyRepeat: 28_000,
  policyFinalClaimRelease3: 80_000,
};

describe("bench/gas.json", function () {
  this.timeout(120_000);

  it("holds every figure within 5%: `npm run bench:gas -- --write` stores new ones", async () => {
    const measured = await measureGas();
    const recorded: Record<string, number> = committed;
    expect(Object.keys(measured).sort()).to.deep.equal(Object.keys(recorded).sort());
    const moved = Object.entries(measured).filter(
      ([name, gas]) => Math.abs(gas - recorded[name]) > TOLERANCE * recorded[name],
    );
    expect(moved.map(([name, gas]) => `${name}: ${recorded[name]} -> ${gas}`)).to.deep.equal([]);
    const over = Object.entries(MOST).filter(([name, most]) => measured[name] > most || recorded[name] > most);
    expect(over.map(([name, most]) => `${name}: ${measured[name]} > ${most}`)).to.deep.equal([]);
  });
});
