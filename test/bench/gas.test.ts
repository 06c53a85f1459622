import { expect } from "chai";

import { measureGas } from "../../bench/gas/measure";
import committed from "../../bench/gas.json";

const TOLERANCE = 0.05;

/** What each figure may be at most: a promise of the protocol, or where there is none a few per cent more than was measured. */
const MOST: Readonly<Record<string, number>> = {
  stakeCreatePermit: 252_000,
  stakeCreate: 216_000,
  stakeSecondPosition: 137_000,
  stakeIncrease: 121_000,
  stakeIncreaseAgain: 152_000,
  stakeIncreaseIdle: 129_000,
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
  slash32Ends: 586_000,
  nodeRegister: 236_000,
  workerBond: 63_000,
  keysPublish: 104_000,
  pathKeyPublish: 99_000,
  transferToNewAccount: 53_000,
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
  channelOpen: 106_000,
  channelOpenAgain: 89_000,
  channelTopUp: 51_000,
  channelRedeem: 59_000,
  channelStartClose: 31_000,
  channelFinishClose: 43_000,
  shopSetPrice: 48_000,
  shopBuy: 58_000,
  shopWithdraw: 31_000,
  accessRecord: 56_000,
  accessRecordAgain: 38_000,
  conditionTimeWindow: 27_000,
  conditionTokenBalance: 31_000,
  conditionSellerPayments: 29_000,
  conditionSubscriptions: 30_000,
  conditionAllowLists: 28_000,
  conditionAccessLog: 27_000,
  conditionPayToReadShop: 28_000,
  conditionViewCall: 32_000,
  conditionAll: 49_000,
  conditionAny: 50_000,
  conditionNot: 38_000,
  afghVerify: 142_000,
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
    expect(Object.keys(MOST).sort(), "a figure without a most").to.deep.equal(Object.keys(recorded).sort());
    const over = Object.entries(MOST).filter(([name, most]) => measured[name] > most || recorded[name] > most);
    expect(over.map(([name, most]) => `${name}: ${measured[name]} > ${most}`)).to.deep.equal([]);
  });
});
