import { id } from "ethers";

import { fromHex, toHex } from "../../src/bytes";
import type { Chain } from "../../src/chain/connection";
import type { Identity } from "../../src/chain/identity";
import { umbral } from "../../src/crypto/umbral";
import { nodeKeys } from "../../src/protocol/keys";
import {
  ACCEPTANCE,
  creationFee,
  optionalHash,
  type Policy,
  policyDomain,
  policyId,
  type Terms,
} from "../../src/protocol/policy";
import { compactSignature, signTypedData } from "../../src/protocol/typedSignature";

const NONE = new Uint8Array();
const SIGNER = "0x00000000000000000000000000000000000000b0";

/** Creates a policy of one node from the next second on, with the acceptance its worker would sign. Returns the policy's id. */
export async function createPolicy(
  owner: Chain,
  ownerAddress: string,
  node: Identity,
  more: Partial<Terms> = {},
): Promise<string> {
  const { timestamp } = await owner.block();
  const terms: Terms = {
    owner: ownerAddress,
    payer: ownerAddress,
    recipientSigner: SIGNER,
    threshold: 1,
    pathKeyId: fromHex(id("path")),
    recipientKeyId: fromHex(id("recipient")),
    start: timestamp + 1n,
    end: timestamp + 1_001n,
    maxEnd: timestamp + 1_001n,
    acceptBy: timestamp + 600n,
    feeRate: 10n ** 15n,
    bounty: 0n,
    conditionHash: optionalHash(NONE),
    noteHash: optionalHash(NONE),
    ...more,
  };
  const policy: Policy = {
    terms,
    nodes: [node.account.address],
    commitments: [{ digest: fromHex(id("share")), point: SIGNER }],
  };
  const { worker } = nodeKeys(node.seed, umbral());
  const domain = policyDomain(BigInt(owner.chainId), owner.deployment.PolicyManager);
  const message = { policyId: policyId(policy), shareIndex: 0n };
  const acceptance = compactSignature(signTypedData(worker.secretKey, domain, ACCEPTANCE, message));
  await owner.nkmsToken.approve(owner.deployment.PolicyManager, creationFee(terms, 1)).send();
  await owner.policyManager.create({ ...policy, condition: NONE, note: NONE, acceptances: [acceptance] }).send();
  return toHex(policyId(policy));
}
