/** ERC-2612 permits, signed as a wallet would. */
import { type Signer, Signature } from "ethers";
import { ethers } from "hardhat";

import type { NKMSToken } from "../../typechain-types";

const PERMIT = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

export interface SignedPermit {
  deadline: bigint;
  v: number;
  r: string;
  s: string;
}

export async function signPermit(
  token: NKMSToken,
  owner: Signer,
  spender: string,
  value: bigint,
  deadline: bigint = ethers.MaxUint256,
): Promise<SignedPermit> {
  const address = await owner.getAddress();
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: "NKMS", version: "1", chainId, verifyingContract: await token.getAddress() };
  const message = { owner: address, spender, value, nonce: await token.nonces(address), deadline };
  const { v, r, s } = Signature.from(await owner.signTypedData(domain, PERMIT, message));
  return { deadline, v, r, s };
}
