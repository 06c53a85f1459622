/** Consents of stakers to positions that others fund: what `createFor` takes. */
import type { Signer } from "ethers";

import { StakerConsents__factory } from "../../typechain-types/factories/contracts/staking/StakerConsents__factory";
import type { Chain } from "./connection";
import { explained } from "./refusals";
import type { StakerConsent } from "./stakingEscrow";

const CREATE_FOR = {
  CreateFor: [
    { name: "staker", type: "address" },
    { name: "funder", type: "address" },
    { name: "amount", type: "uint256" },
    { name: "lockPeriods", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

/** What a staker agrees to: whose tokens, base units, periods, and the Unix second from which the consent is void. */
export interface FundedPosition {
  funder: string;
  amount: bigint;
  lockPeriods: bigint;
  deadline: bigint;
}

/** Signs, as the staker, that somebody else may lock tokens for it. It counts once, and only while no other consent of the staker was used. */
export async function consentToPosition(
  chain: Chain,
  staker: Signer,
  position: FundedPosition,
): Promise<StakerConsent> {
  const contract = StakerConsents__factory.connect(await chain.stakingEscrow.stakerConsents(), chain.provider);
  const account = await staker.getAddress();
  const [{ name, version, chainId, verifyingContract }, nonce] = await explained(
    Promise.all([contract.eip712Domain(), contract.nonceOf(account)]),
  );
  const message = { staker: account, ...position, nonce };
  const signature = await staker.signTypedData({ name, version, chainId, verifyingContract }, CREATE_FOR, message);
  return { deadline: position.deadline, signature };
}
