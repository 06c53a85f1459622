import { expect } from "chai";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { utf8 } from "../../src/bytes";
import { identityFromPhrase } from "../../src/chain/identity";
import type { Client } from "../../src/client/client";
import { rejection } from "../support/errors";
import { inChild, storeIdentity } from "../support/child";
import { World } from "../support/world";

const DAY = 86_400;

describe("Alice shares a file with Bob", () => {
  let world: World;
  let alice: Client;
  let bob: Client;

  before(async () => {
    world = await World.open();
    await storeIdentity(world, "alice");
    alice = await world.connect("alice");
    bob = await world.connect("bob");
  });
  after(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await world.close();
  });

  const balance = () => world.chain.nkmsToken.balanceOf(alice.address);

  it("in ten lines: write, share, read, list, revoke", async () => {
    const path = await alice.write("file://docs/plan.txt", "To the moon!");
    const grant = await alice.share(bob.address, path, { time: 86_400, m: 2, n: 3 });
    expect(await bob.read(path, "text")).to.equal("To the moon!");
    expect(await alice.readPolicies({ path })).to.deep.equal([
      {
        id: grant.id,
        recipient: bob.address.toLowerCase(),
        path,
        expires: grant.expires,
        threshold: 2,
        nodes: grant.nodes.map((node) => node.toLowerCase()),
        state: "active",
      },
    ]);
    await alice.revoke(grant.id);
    const refusal = await rejection(bob.read(path));
    expect(refusal).to.include({ code: "E_REVOKED", fix: "Ask the owner to share again." });
    expect(refusal.data.nodes).to.have.length(3);
    expect((await alice.readPolicies({ path }))[0].state).to.equal("revoked");
  });

  it("pays for the seconds served, and gets the rest back to the wei", async () => {
    const before = await balance();
    const { id, fee, start, expires, nodes } = await alice.share(bob.address, "file://paid.txt", { time: DAY });
    const seconds = BigInt((expires.getTime() - start.getTime()) / 1000);
    const feeRate = fee / seconds / BigInt(nodes.length);
    expect(fee).to.equal(feeRate * seconds * BigInt(nodes.length));
    expect(await balance()).to.equal(before - fee);
    expect(await world.chain.nkmsToken.allowance(alice.address, world.chain.deployment.PolicyManager)).to.equal(0n);

    await world.pass(DAY / 2);
    const { end, refund } = await alice.revoke(id);
    const unserved = BigInt((expires.getTime() - end.getTime()) / 1000);
    expect(refund).to.equal(feeRate * unserved * BigInt(nodes.length));
    expect(await balance()).to.equal(before - fee + refund);
  });

  it("takes out one node for its part of the fee, and ends the policy with those that would not do", async () => {
    const path = await alice.write("file://one-out.txt", "x");
    const { id, nodes, fee, start, expires } = await alice.share(bob.address, path, { time: DAY, m: 2, n: 3 });
    const [first, second, third] = nodes;
    const feeRate = fee / 3n / BigInt(DAY);
    const minPaid = BigInt(world.parameters.policy.minPaid);
    const refundOf = async (node: string) => {
      const before = await balance();
      const { end, refund } = await alice.revoke(id, { node });
      expect(await balance()).to.equal(before + refund);
      return { end, refund };
    };
    const unpaid = (BigInt(expires.getTime() - start.getTime()) / 1000n - minPaid) * feeRate;
    expect(await refundOf(second)).to.deep.equal({ end: expires, refund: unpaid });
    const { answered } = await bob.read(path, "report");
    expect(answered).to.have.members([first, third]);
    expect((await rejection(alice.revoke(id, { node: second }))).code).to.equal("E_NODE_ALREADY_REMOVED");
    const foreign = await rejection(alice.revoke(id, { node: bob.address }));
    expect([foreign.code, foreign.data]).to.deep.equal(["E_NOT_IN_POLICY", { node: bob.address, policyId: id }]);
    const ended = await refundOf(first);
    expect(ended.end.getTime()).to.equal(start.getTime() + Number(minPaid) * 1000);
    expect(ended.refund).to.equal(2n * unpaid);
    expect((await rejection(bob.read(path))).code).to.equal("E_REVOKED");
  });

  it("reads what Dave wrote for her, and knows that it was Dave", async () => {
    const dave = await world.connect("dave", { identity: await world.identity("dave", 0n) });
    const path = "file://inbox/letter.txt";
    await alice.publishPathKey(path);
    await dave.write(path, "Dear Alice", { owner: alice.address });
    await alice.share(bob.address, path, { time: DAY });
    for (const reader of [alice, bob]) {
      const { content, producer } = await reader.read(path, "report");
      expect(content).to.deep.equal(utf8("Dear Alice"));
      expect(producer).to.deep.equal(dave.verifyingKey);
      expect(producer).to.not.deep.equal(alice.verifyingKey);
    }
    expect((await rejection(dave.read(path))).code).to.equal("E_NO_GRANT");
    await dave.close();
  });

  it("revokes from another process", async () => {
    const path = await alice.write("file://elsewhere.txt", "x");
    const { id } = await alice.share(bob.address, path, { time: DAY });
    expect(await bob.read(path, "text")).to.equal("x");
    const { result } = inChild(
      world,
      "alice",
      `console.log(JSON.stringify(await client.revoke("${id}").then((r) => r.id)))`,
    );
    expect(await result).to.deep.equal({ output: JSON.stringify(id) + "\n", exitCode: 0 });
    expect((await rejection(bob.read(path))).code).to.equal("E_REVOKED");
  });

  it("loses nothing when her process is killed between sending and hearing of it", async () => {
    const path = await alice.write("file://crash.txt", "x");
    const script = `await client.share("${bob.address}", "${path}", { time: ${DAY} })`;
    const { child, result } = inChild(world, "alice", script);
    let sent = 0;
    world.rpc.onAnswer = (method) => {
      if (method === "eth_sendRawTransaction" && ++sent === 2) child.kill("SIGKILL");
    };
    expect(await result).to.deep.equal({ output: "", exitCode: null });
    world.rpc.onAnswer = () => undefined;
    expect(await bob.read(path, "text")).to.equal("x");
    const [policy] = await alice.readPolicies({ path });
    expect(policy.state).to.equal("active");
    await alice.revoke(policy.id);
    expect((await rejection(bob.read(path))).code).to.equal("E_REVOKED");
  });

  it("rebuilds her policies from the chain and her seed after losing them", async () => {
    const before = await alice.readPolicies();
    expect(before.length).to.be.at.least(2);
    await rm(join(world.home, "state"), { recursive: true });
    expect(await alice.readPolicies()).to.deep.equal([]);
    expect(await alice.rebuildPolicies()).to.equal(before.length);
    expect(await alice.readPolicies()).to.have.deep.members(
      before.map((policy) => ({ ...policy, recipient: bob.address.toLowerCase() })),
    );
    const open = before.find(({ state }) => state === "active")!;
    await alice.revoke(open.id);
  });

  it("rebuilds them on a new machine that has nothing but her backup words", async () => {
    const { id } = await alice.share(bob.address, await alice.write("file://last.txt", "x"), { time: DAY });
    const before = await alice.readPolicies();
    const { phrase } = (await world.identity("alice", 0n)).account.mnemonic!;
    const home = join(world.home, "new machine");
    const again = await world.connect("alice", { identity: identityFromPhrase(phrase), home });
    expect(await again.readPolicies()).to.deep.equal([]);
    expect(await again.rebuildPolicies()).to.equal(before.length);
    expect(await again.readPolicies()).to.have.deep.members(before);
    await again.revoke(id);
    await again.close();
    expect((await rejection(bob.read("file://last.txt"))).code).to.equal("E_REVOKED");
  });
});
