/** The NKMS token: balances, transfers, approvals and permits. All amounts are base units. */
import { type Provider, Signature, type Signer } from "ethers";

import type { NKMSToken } from "../../typechain-types";
import { type At, type Call, prepare } from "./call";
import { explained } from "./refusals";

/** A signed ERC-2612 permit, as contracts take it. */
export interface Permit {
  deadline: bigint;
  v: number;
  r: string;
  s: string;
}

const PERMIT_TYPE = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

export class NKMSTokenClient {
  constructor(
    private readonly contract: NKMSToken,
    private readonly provider: Provider,
  ) {}

  balanceOf(account: string): Promise<bigint> {
    return explained(this.contract.balanceOf(account));
  }

  allowance(owner: string, spender: string): Promise<bigint> {
    return explained(this.contract.allowance(owner, spender));
  }

  totalSupply(at: At = {}): Promise<bigint> {
    return explained(this.contract.totalSupply(at));
  }

  maxSupply(): Promise<bigint> {
    return explained(this.contract.maxSupply());
  }

  transfer(to: string, amount: bigint): Call<boolean> {
    return prepare(this.provider, this.contract.transfer, [to, amount]);
  }

  approve(spender: string, amount: bigint): Call<boolean> {
    return prepare(this.provider, this.contract.approve, [spender, amount]);
  }

  /** Lets `spender` take exactly `amount` from the signer until `deadline` (Unix seconds), without a transaction. */
  async permit(signer: Signer, spender: string, amount: bigint, deadline: bigint): Promise<Permit> {
    const owner = await signer.getAddress();
    const [{ name, version, chainId, verifyingContract }, nonce] = await explained(
      Promise.all([this.contract.eip712Domain(), this.contract.nonces(owner)]),
    );
    const message = { owner, spender, value: amount, nonce, deadline };
    const signature = await signer.signTypedData({ name, version, chainId, verifyingContract }, PERMIT_TYPE, message);
    const { v, r, s } = Signature.from(signature);
    return { deadline, v, r, s };
  }
}
