import { expect } from "chai";

import type { Client } from "../../src/client/client";
import type { NodeFailure } from "../../src/client/nodeOutcome";
import { rejection } from "../support/errors";
import { NKMS, World } from "../support/world";

const HOUR = 3_600;

describe("Nodes whose stake is bound by other policies (III.C)", () => {
  let world: World;
  let alice: Client;
  let bob: Client;

  before(async () => {
    world = await World.open({
      operators: Array(3).fill({ stake: 20_000n * NKMS }),
      change: ({ policy }) => (policy.collateralPerKey = 15_000n * NKMS),
    });
    alice = await world.connect("alice");
    bob = await world.connect("bob");
  });
  after(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await world.close();
  });

  it("are replaced by another draw until none is left, and then named", async () => {
    const path = await alice.write("file://bound", "secret");
    const used = new Set<string>();
    for (let policy = 0; policy < 3; policy++) {
      const { nodes } = await alice.share(bob.address, path, { time: HOUR, m: 1, n: 1 });
      used.add(nodes[0]);
    }
    expect(used.size).to.equal(3);
    expect(await bob.read(path, "text")).to.equal("secret");
    const error = await rejection(alice.share(bob.address, path, { time: HOUR, m: 1, n: 1 }));
    expect(error.code).to.equal("E_TOO_FEW_NODES");
    const failures = error.data.nodes as NodeFailure[];
    expect(failures.map(({ node }) => node)).to.have.members(world.operators.map(({ address }) => address));
    expect(failures.every(({ code }) => code === "E_INSUFFICIENT_COLLATERAL")).to.equal(true);
    expect(await alice.readPolicies({ path })).to.have.length(3);
  });
});
