import { time } from "@nomicfoundation/hardhat-network-helpers";
import { ethers } from "hardhat";

import { creationOf, draft, type DraftOptions, idOf, NO_CONSENT, shown } from "../../support/policyBuilder";
import { makeNodes, PARAMETERS } from "../../support/policySystem";
import { itWithstandsReentrancy, type Question } from "../../support/reentrancy";

const { challengeWindow, revealWindow } = PARAMETERS;

/**
 * The hostile contract is token, escrow, registry, both challenges, owner, payer, and one of two nodes. One of its policies is
 * over, one runs, and four are ready to be created.
 */
async function deploy() {
  const [deployer, recipient] = await ethers.getSigners();
  const address = ethers.getCreateAddress({ from: deployer.address, nonce: (await deployer.getNonce()) + 1 });
  const hostile = await ethers.deployContract("HostilePolicyPeers__Mock", [address]);
  const peers = [hostile, hostile, hostile, hostile, hostile] as const;
  const manager = await ethers.deployContract("PolicyManager", [...peers, PARAMETERS]);
  const [own, other] = makeNodes(2);
  const nodes = [{ ...own, address: hostile.target as string }, other].sort((a, b) =>
    BigInt(a.address) < BigInt(b.address) ? -1 : 1,
  );
  for (const node of nodes) await hostile.setWorker(node.address, node.worker);
  const system = { manager, owner: recipient, recipient, nodes };

  const prepare = async (terms: DraftOptions["terms"]) => {
    const parties = { owner: hostile.target as string, payer: hostile.target as string };
    return draft(system, { shares: 2, terms: { ...parties, bounty: 333n, ...terms } });
  };
  const begin = async (length: bigint) => {
    const start = BigInt(await time.latest());
    const policy = await prepare({ start, end: start + length });
    const { data } = await manager.create.populateTransaction(await creationOf(system, policy));
    await hostile.run(data);
    return policy;
  };
  const over = await begin(200n);
  await time.increase(200n + challengeWindow + revealWindow);
  const running = await begin(1_000n);
  await time.increase(300n);
  const ready = await Promise.all([1n, 2n, 3n, 4n].map(async (rate) => prepare({ feeRate: rate })));
  const creations = await Promise.all(ready.map(async (policy) => creationOf(system, policy)));
  const index = nodes.findIndex((node) => node.address === hostile.target);
  return { hostile, target: manager, over, running, ready, creations, index };
}

type System = Awaited<ReturnType<typeof deploy>>;

/** One call of every function that changes state, which succeeds by itself. */
const CALLS: Record<string, (system: System) => unknown[]> = {
  claim: ({ running, index }) => [shown(running), index],
  claimMany: ({ hostile, running, over, index }) => [hostile.target, [running, over].map(shown), [index, index]],
  create: ({ creations }) => [creations[0]],
  createFor: ({ creations }) => [creations[1], NO_CONSENT, NO_CONSENT],
  createMany: ({ creations }) => [creations.slice(2)],
  disclose: ({ running, index }) => [shown(running), 1 - index],
  expel: ({ running, index }) => [shown(running), 1 - index],
  finalClaim: ({ over, index }) => [shown(over), index],
  leak: ({ hostile, running, index }) => [shown(running), index, hostile.target, 0],
  renew: ({ running }) => [shown(running), running.terms.end + 100n],
  renewFor: ({ running }) => [shown(running), running.terms.end + 200n, NO_CONSENT, NO_CONSENT],
  returnBounty: ({ over }) => [shown(over)],
  revoke: ({ running }) => [shown(running)],
  revokeBySignature: ({ running }) => [shown(running), "0x"],
  revokeNode: ({ running, index }) => [shown(running), index],
};

async function questions({ target, over, running, ready }: System): Promise<Question[]> {
  const states = [over, running, ...ready].map((policy): Question => [target, "policyState", idOf(policy)]);
  const shares = [over, running].flatMap((policy) =>
    [0, 1].flatMap((share): Question[] => [
      [target, "laneOf", idOf(policy), share],
      [target, "feesDue", shown(policy), share],
    ]),
  );
  return [...states, ...shares];
}

describe("PolicyManager: reentrancy", () => {
  itWithstandsReentrancy({
    contract: "PolicyManager",
    deploy,
    calls: CALLS,
    callers: Object.keys(CALLS),
    questions,
    movements: [
      "transfer(address,uint256)",
      "transferFrom(address,address,uint256)",
      "burn(uint256)",
      "reserve(address[],uint256)",
      "release(address,uint256)",
      "returnToReserve(uint256)",
    ],
  });
});
