import { expect } from "chai";

import type { Client } from "../../src/client/client";
import { listed } from "../../src/protocol/condition";
import { nameId } from "../../src/protocol/conditionForms";
import { rejection } from "../support/errors";
import { chainAs } from "../support/operator";
import { World } from "../support/world";

const HOUR = 3_600;

describe("Alice renews what she shared", () => {
  let world: World;
  let alice: Client;
  let bob: Client;

  before(async () => {
    world = await World.open({ operators: Array(3).fill({}) });
    alice = await world.connect("alice");
    bob = await world.connect("bob");
  });
  after(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await world.close();
  });

  const balanceOf = (account: string) => world.chain.nkmsToken.balanceOf(account);
  const now = async () => BigInt(await world.chain.headTime());

  async function shared(path: string, options: object = {}) {
    await alice.write(path, "secret");
    return alice.share(bob.address, path, { time: HOUR, maxTime: 3 * HOUR, ...options });
  }

  it("and Bob reads on, on the same condition, through the same nodes, for the same rate", async () => {
    const asAlice = await chainAs(await world.identity("alice", 0n), world.chain);
    const { id, path, fee, expires } = await shared("file://renewed", { when: listed(alice.address, "staff") });
    const before = await balanceOf(alice.address);
    const renewed = await alice.renew(id, { time: HOUR });
    expect(renewed.fee).to.equal(fee);
    expect(renewed.expires.getTime()).to.equal(expires.getTime() + HOUR * 1000);
    expect(await balanceOf(alice.address)).to.equal(before - fee);
    await world.pass(BigInt(expires.getTime() / 1000) - (await now()) + 60n);
    expect((await rejection(bob.read(path))).code).to.equal("E_CONDITION");
    await asAlice.allowLists.setListed(nameId("staff"), [bob.address], true).send();
    expect(await bob.read(path, "text")).to.equal("secret");
    const { refund } = await alice.revoke(id);
    expect(refund > 0n).to.equal(true);
    expect((await rejection(bob.read(path))).code).to.equal("E_REVOKED");
  });

  it("no further than maxTime, and nothing that is over", async () => {
    const { id, expires } = await shared("file://bounded");
    const beyond = await rejection(alice.renew(id, { time: 2 * HOUR + 1 }));
    expect(beyond.code).to.equal("E_END_ABOVE_MAXIMUM");
    const maxEnd = BigInt(expires.getTime() / 1000 + 2 * HOUR);
    expect(beyond.data).to.deep.equal({ end: maxEnd + 1n, maxEnd });
    await alice.renew(id, { time: 2 * HOUR });
    await alice.revoke(id);
    expect((await rejection(alice.renew(id, { time: 1 }))).code).to.equal("E_POLICY_CLOSED");
    const short = await shared("file://short", { time: 60 });
    await world.pass(61);
    expect((await rejection(alice.renew(short.id, { time: 1 }))).code).to.equal("E_POLICY_ENDED");
    expect((await rejection(alice.renew("0x" + "77".repeat(32), { time: 1 }))).code).to.equal("E_UNKNOWN_POLICY");
    const never = await rejection(alice.renew(id, { time: 0 }));
    expect(never.data).to.include({ option: "time", got: 0, least: 1 });
  });

  it("all below a path at once, and revokes them at once", async () => {
    const [one, two, other] = [
      await shared("file://team/a"),
      await shared("file://team/b"),
      await shared("file://elsewhere"),
    ];
    const renewed = await alice.updatePolicies({ under: "file://team/" }, { time: 60 });
    expect(renewed.map(({ id }) => id)).to.have.members([one.id, two.id]);
    expect(await alice.updatePolicies({ under: "file://team/", state: "revoked" }, { time: 60 })).to.deep.equal([]);
    const revoked = await alice.deletePolicies({ under: "file://team/", recipient: bob.address });
    expect(revoked.map(({ id }) => id)).to.have.members([one.id, two.id]);
    expect((await rejection(bob.read("file://team/a"))).code).to.equal("E_REVOKED");
    expect(await bob.read("file://elsewhere", "text")).to.equal("secret");
    const soon = await alice.readPolicies({ state: "active", expiresBefore: new Date(other.expires.getTime() + 1) });
    expect(soon.map(({ id }) => id)).to.deep.equal([other.id]);
    expect(await alice.readPolicies({ path: "file://elsewhere", expiresBefore: other.expires })).to.deep.equal([]);
  });

  it("says which were done when one of several cannot be changed", async () => {
    const [one, two] = [
      await shared("file://some/a"),
      await shared("file://some/b", { time: HOUR + 60, maxTime: HOUR + 60 }),
    ];
    const error = await rejection(alice.updatePolicies({ under: "file://some/" }, { time: 60 }));
    expect(error.code).to.equal("E_END_ABOVE_MAXIMUM");
    expect(error.data).to.deep.include({ id: two.id, done: [one.id] });
  });

  it("with her sponsor's money, if a sponsor pays", async () => {
    const carol = await world.connect("carol");
    const payer = carol.sponsor(() => true);
    const { id, fee } = await shared("file://sponsored", { payer });
    const before = await balanceOf(carol.address);
    expect((await rejection(alice.renew(id, { time: HOUR }))).code).to.equal("E_NOT_CONSENTED");
    expect((await alice.renew(id, { time: HOUR, payer })).fee).to.equal(fee);
    expect(await balanceOf(carol.address)).to.equal(before - fee);
    await carol.close();
  });
});
