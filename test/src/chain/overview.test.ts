import { expect } from "chai";

import type { At } from "../../../src/chain/call";
import type { Chain } from "../../../src/chain/connection";
import { drawableLine, listNodes, networkOverview } from "../../../src/chain/overview";
import { StakingEscrowClient } from "../../../src/chain/stakingEscrow";
import type { StakingEscrow } from "../../../typechain-types";

const NODES = 1_000;
const BLOCK = 77;
/** Requests at once; the answer for one node takes eight of them at most. */
const MOST_AT_ONCE = 128;

/** Answers later, and keeps how many were asked at once and after which blocks. */
class Server {
  readonly blocks = new Set<number | undefined>();
  most = 0;
  private open = 0;

  async answer<T>(value: T, { blockTag }: At): Promise<T> {
    this.blocks.add(blockTag);
    this.most = Math.max(this.most, ++this.open);
    await new Promise((resolve) => setImmediate(resolve));
    this.open--;
    return value;
  }
}

const name = (index: number) => `0x${index.toString(16).padStart(40, "0")}`;
const stakers = Array.from({ length: NODES }, (_, index) => name(index));

function world(server: Server): Chain {
  const contract = {
    leafCount: (at: At) => server.answer(BigInt(NODES), at),
    leafAt: (leaf: number, at: At) => server.answer({ node: name(leaf), units: leaf % 2 ? 5n : 0n, since: 1n }, at),
    drawableUnits: (node: string, _until: bigint, at: At) => server.answer(BigInt(node) % 5n, at),
    depositOf: (account: string, at: At) => server.answer(BigInt(account), at),
    currentPeriod: (at: At) => server.answer(9n, at),
    activeNodesAt: (period: bigint, at: At) => server.answer(period, at),
    parameters: () => server.answer({ periodLength: 60n }, { blockTag: BLOCK }),
    ...Object.fromEntries(
      ["reservedOf", "claimable", "provisional", "lockedUntil", "isActive", "isSuspended"].map((view) => [
        view,
        (_account: string, at: At) => server.answer(0n, at),
      ]),
    ),
    ...Object.fromEntries(
      ["totalLocked", "rewardRate", "allocatedSupply", "remainingSupply"].map((view) => [
        view,
        (at: At) => server.answer(0n, at),
      ]),
    ),
  };
  return {
    block: () => Promise.resolve({ number: BLOCK, hash: "0x", timestamp: 600n }),
    stakingEscrow: new StakingEscrowClient(contract as unknown as StakingEscrow, {} as never),
    nodeRegistry: {
      registeredStakers: (at: At) => server.answer(stakers, at),
      nodeOf: (staker: string, at: At) => server.answer({ staker }, at),
    },
    nkmsToken: {
      totalSupply: (at: At) => server.answer(3n, at),
      maxSupply: () => Promise.resolve(4n),
    },
  } as unknown as Chain;
}

describe("overview of the network", () => {
  let server: Server;
  let chain: Chain;

  beforeEach(() => {
    server = new Server();
    chain = world(server);
  });

  afterEach(() => {
    expect(server.most).to.be.within(1, MOST_AT_ONCE);
    expect([...server.blocks]).to.deep.equal([BLOCK]);
  });

  it("reads a thousand nodes in batches, after one block, the highest stake first", async () => {
    const nodes = await listNodes(chain);
    expect(nodes.map(({ staker }) => staker)).to.deep.equal([...stakers].reverse());
  });

  it("reads a thousand leaves in batches, after the block it is told", async () => {
    const line = await drawableLine(chain, 0n, { blockTag: BLOCK });
    expect(line).to.have.length(NODES / 2);
    expect(line[10]).to.deep.equal({ node: name(21), start: 50n, units: 5n, since: 1n, drawable: 1n });
  });

  it("reads supply and nodes after one block", async () => {
    const view = await networkOverview(chain);
    expect(view).to.include({ currentPeriod: 9n, activeNodes: 9n, registeredNodes: NODES, nextPeriodAt: 600n });
  });
});
