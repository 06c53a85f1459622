/** The end of a policy: revocation, refund, fees, and what Bob is told. */
import { connectChain } from "../../src/chain/connection";
import type { Client } from "../../src/client/client";
import type { NodeFailure } from "../../src/client/nodeOutcome";
import type { Grant } from "../../src/client/share";
import { formatAmount } from "../../src/protocol/amount";
import { nkms } from "../../tasks/support/show";
import { minute, outcomeLine, refused, URI } from "./sharing";
import type { Facts, Telling } from "./story";
import { operatorOf, type World } from "./world";

/** Alice revokes; the fee of the time not served comes back, the nodes claim the rest. */
export async function revokePolicy(world: World, alice: Client, grant: Grant, { line }: Telling): Promise<Facts> {
  const { refund, end } = await alice.revoke(grant.id);
  line(`fees end ${minute(end)}; of ${nkms(grant.fee)} escrowed`);
  line(`  ${nkms(refund)} go back to Alice, ${nkms(grant.fee - refund)} to the nodes:`);
  const fees: { node: string; fee: string }[] = [];
  let paid = 0n;
  for (const [shareIndex, node] of grant.nodes.entries()) {
    const { name, identity } = operatorOf(world, node);
    const chain = await connectChain({
      rpcUrl: world.local.url,
      deployment: world.deployment,
      signer: identity.account,
    });
    const record = (await chain.policyManager.policy(grant.id))!; // created above
    const earned = await chain.policyManager.claim(record, shareIndex).check();
    await chain.policyManager.claim(record, shareIndex).send();
    chain.close();
    paid += earned;
    fees.push({ node: name, fee: formatAmount(earned) });
  }
  for (const { node, fee } of fees) line(`  ${node}  ${fee} NKMS`);
  line(`  left in escrow: ${nkms(grant.fee - refund - paid)}`);
  return { refund: formatAmount(refund), end, fees, leftWei: grant.fee - refund - paid };
}

/** Bob's next read fails, and says why. */
export async function readRevoked(world: World, bob: Client, { line }: Telling): Promise<Facts> {
  const error = await refused(bob.read(URI));
  line(`${error.code}  ${error.message}`);
  const outcomes = error.data.nodes as NodeFailure[];
  for (const outcome of outcomes) line(outcomeLine(world, outcome));
  if (error.fix) line(error.fix);
  return {
    code: error.code,
    message: error.message,
    nodes: outcomes.map(({ node, code }) => ({ node: operatorOf(world, node).name, code })),
  };
}
