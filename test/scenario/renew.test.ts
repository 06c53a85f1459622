import { expect } from "chai";

import type { Client } from "../../src/client/client";
import { listed } from "../../src/protocol/condition";
import { nameId } from "../../src/protocol/conditionForms";
import { rejection } from "../support/errors";
import { chainAs } from "../support/operator";
import { World } from "../support/world";

const HOUR = 3_600;

/** A consent whose signature begins with another byte. */
function forged(line: string): string {
  return line.replace(/0x([0-9a-f]{2})(?=[0-9a-f]{128}")/, (_, byte) => (byte === "00" ? "0x01" : "0x00"));
}

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
    const alone = await rejection(alice.renew(id, { time: HOUR }));
    expect([alone.code, alone.data]).to.deep.equal([
      "E_NOT_CONSENTED",
      { party: carol.address.toLowerCase(), caller: alice.address },
    ]);
    expect((await alice.renew(id, { time: HOUR, payer })).fee).to.equal(fee);
    expect(await balanceOf(carol.address)).to.equal(before - fee);
    await carol.close();
  });

  context("with a consent that was sent", () => {
    let carol: Client;
    let id: string;
    let fee: bigint;
    let expires: Date;

    beforeEach(async () => {
      carol = await world.connect("carol");
      ({ id, fee, expires } = await shared("file://apart", { payer: carol.sponsor(() => true) }));
    });
    afterEach(() => carol.close());

    const later = () => new Date(expires.getTime() + HOUR * 1_000);

    it("by the sponsor she renews, and by her the sponsor renews, who pays each time", async () => {
      const before = await balanceOf(carol.address);
      const byCarol = await carol.consentToRenew(id, { time: HOUR });
      expect(await alice.renew(id, { time: HOUR, consent: byCarol })).to.deep.include({ expires: later(), fee });
      expect(await balanceOf(carol.address)).to.equal(before - fee);
      const byAlice = await alice.consentToRenew(id, { time: 60 });
      const again = await carol.renew(id, { time: 60, consent: byAlice });
      expect(again.expires.getTime()).to.equal(later().getTime() + 60_000);
      expect(await balanceOf(carol.address)).to.equal(before - fee - again.fee);
      expect(again.fee * BigInt(HOUR)).to.equal(fee * 60n);
    });

    it("several of which may be out at once, at one sponsor, for several owners", async () => {
      const dave = await world.connect("dave");
      await dave.write("file://daves", "secret");
      const shares = { payer: carol.sponsor(() => true), time: HOUR, maxTime: 3 * HOUR };
      const [other] = await Promise.all([
        dave.share(bob.address, "file://daves", shares),
        shared("file://at-once", shares),
      ]);
      const consents = [
        await carol.consentToRenew(id, { time: HOUR }),
        await carol.consentToRenew(other.id, { time: HOUR }),
      ];
      expect((await alice.renew(id, { time: HOUR, consent: consents[0] })).fee).to.equal(fee);
      expect((await dave.renew(other.id, { time: HOUR, consent: consents[1] })).fee).to.equal(other.fee);
      await dave.close();
    });

    it("which names the sponsor where its allowance is gone", async () => {
      const { PolicyManager: spender } = world.chain.deployment;
      const consent = await carol.consentToRenew(id, { time: HOUR });
      const asCarol = await chainAs(await world.identity("carol"), world.chain);
      await asCarol.nkmsToken.approve(spender, fee - 1n).send();
      const { code, data } = await rejection(alice.renew(id, { time: HOUR, consent }));
      expect(data).to.deep.equal({ got: fee - 1n, required: fee, spender, account: carol.address.toLowerCase() });
      expect(code).to.equal("E_INSUFFICIENT_ALLOWANCE");
      const unable = { address: carol.address, consent: carol.sponsor(() => true).consent };
      const payer = {
        ...unable,
        async consent(request: Parameters<typeof unable.consent>[0]) {
          const given = await unable.consent(request);
          await asCarol.nkmsToken.approve(spender, 1n).send();
          return given;
        },
      };
      const refused = await rejection(shared("file://unable", { payer }));
      expect([refused.code, refused.data]).to.deep.equal([
        "E_INSUFFICIENT_ALLOWANCE",
        { got: 1n, required: fee, spender, account: carol.address },
      ]);
    });

    it("which counts for one renewal, one party and its time only", async () => {
      const consent = await carol.consentToRenew(id, { time: HOUR, validFor: 600 });
      const refused = async (who: Client, options: { time: number; consent?: string }) => {
        const { code, data } = await rejection(who.renew(id, options));
        return { code, data };
      };
      const end = BigInt(expires.getTime() / 1000 + HOUR);
      expect(await refused(alice, { time: HOUR + 1, consent })).to.deep.equal({
        code: "E_CONSENT_MISMATCH",
        data: { field: "end", got: end, expected: end + 1n },
      });
      const [own, others] = [carol.address.toLowerCase(), alice.address.toLowerCase()];
      expect(await refused(carol, { time: HOUR, consent })).to.deep.equal({
        code: "E_CONSENT_MISMATCH",
        data: { field: "party", got: own, expected: others },
      });
      expect(await refused(alice, { time: HOUR, consent: forged(consent) })).to.deep.equal({
        code: "E_NOT_CONSENTED",
        data: { party: carol.address, caller: alice.address },
      });
      const low = consent.replace(/"maximum":"\d+"/, `"maximum":"${fee - 1n}"`);
      expect(await refused(alice, { time: HOUR, consent: low })).to.deep.equal({
        code: "E_CONSENT_EXCEEDED",
        data: { required: fee, maximum: fee - 1n },
      });
      expect((await refused(alice, { time: HOUR, consent: "{}" })).code).to.equal("E_BAD_CONSENT");
      await world.pass(600);
      const late = await refused(alice, { time: HOUR, consent });
      expect(late.code).to.equal("E_CONSENT_EXPIRED");
      expect((late.data.timestamp as bigint) >= (late.data.deadline as bigint)).to.equal(true);
    });

    it("which only its two parties give and use", async () => {
      const stranger = await rejection(bob.consentToRenew(id, { time: HOUR }));
      const parties = { party: alice.address.toLowerCase(), caller: bob.address };
      expect([stranger.code, stranger.data]).to.deep.equal(["E_NOT_CONSENTED", parties]);
      const sent = await rejection(
        bob.renew(id, { time: HOUR, consent: await alice.consentToRenew(id, { time: HOUR }) }),
      );
      expect([sent.code, sent.data]).to.deep.equal(["E_NOT_CONSENTED", parties]);
      const own = await shared("file://own");
      expect((await rejection(alice.consentToRenew(own.id, { time: HOUR }))).code).to.equal("E_SAME_PARTY");
      const beyond = await rejection(carol.consentToRenew(id, { time: 2 * HOUR + 1 }));
      expect(beyond.code).to.equal("E_END_ABOVE_MAXIMUM");
    });

    it("and approves nothing before all else is known to be right", async () => {
      const { PolicyManager: spender } = world.chain.deployment;
      const allowance = () => world.chain.nkmsToken.allowance(carol.address, spender);
      const asCarol = await chainAs(await world.identity("carol"), world.chain);
      await asCarol.nkmsToken.approve(spender, 0n).send();
      const wrong = forged(await alice.consentToRenew(id, { time: HOUR }));
      expect((await rejection(carol.renew(id, { time: HOUR, consent: wrong }))).code).to.equal("E_NOT_CONSENTED");
      expect(await allowance()).to.equal(0n);
      const consent = await alice.consentToRenew(id, { time: HOUR });
      const unapproved = await rejection(carol.renew(id, { time: HOUR, consent, approve: false }));
      expect([unapproved.code, unapproved.data.required]).to.deep.equal(["E_INSUFFICIENT_ALLOWANCE", fee]);
    });
  });

  it("and without ether ends it by a line of text that anybody sends", async () => {
    const { id, path, nodes, fee } = await shared("file://by-text");
    const other = await shared("file://other-text");
    const line = await alice.consentToRevoke(id);
    const refused = async (consent: string, which = id, more = {}) => {
      const { code, data } = await rejection(bob.revoke(which, { consent, ...more }));
      return { code, data };
    };
    expect(await refused(line, other.id)).to.deep.equal({
      code: "E_CONSENT_MISMATCH",
      data: { field: "policyId", got: id, expected: other.id },
    });
    expect((await refused(forged(line))).code).to.equal("E_NOT_CONSENTED");
    expect((await refused("{}")).code).to.equal("E_BAD_CONSENT");
    expect((await refused(line, id, { node: nodes[0] })).data).to.deep.equal({ option: "node", got: nodes[0] });
    const stranger = await rejection(bob.consentToRevoke(id));
    expect([stranger.code, stranger.data]).to.deep.equal([
      "E_NOT_OWNER",
      { caller: bob.address, owner: alice.address.toLowerCase() },
    ]);

    await world.setEther(alice.address, 0n);
    expect((await rejection(alice.revoke(id))).code).to.equal("E_NO_ETHER");
    const [before, due] = [await balanceOf(alice.address), await rejection(bob.revoke(id))];
    expect(due.code).to.equal("E_UNKNOWN_POLICY");
    const { refund } = await bob.revoke(id, { consent: line });
    expect(refund > fee / 2n && refund < fee).to.equal(true);
    expect(await balanceOf(alice.address)).to.equal(before + refund);
    expect((await rejection(bob.read(path))).code).to.equal("E_REVOKED");
    expect((await refused(line)).code).to.equal("E_POLICY_CLOSED");
    await world.fund(alice.address, 0n);
  });

  it("and puts up a bounty per node, which comes back when no leak can be proven any more", async () => {
    const { collateralPerKey, challengeWindow, revealWindow } = await world.chain.policyManager.parameters();
    const bounty = (collateralPerKey + 9n) / 10n;
    const low = await rejection(shared("file://low", { bounty: bounty - 1n }));
    expect([low.code, low.data]).to.deep.equal([
      "E_BOUNTY_OUT_OF_RANGE",
      { bounty: bounty - 1n, minimum: bounty, collateral: collateralPerKey },
    ]);
    const high = await rejection(shared("file://high", { bounty: collateralPerKey }));
    expect(high.data).to.deep.include({ bounty: collateralPerKey, minimum: bounty });
    const [dave, carol] = [
      await world.connect("poor", { identity: await world.identity("poor", 0n) }),
      await world.connect("carol"),
    ];
    await world.chain.nkmsToken.transfer(alice.address, 6n * bounty).send();
    const [owned, sponsored] = [await balanceOf(alice.address), await balanceOf(carol.address)];
    const own = await shared("file://bounty", { bounty });
    expect(own.bounties).to.equal(3n * bounty);
    expect(await balanceOf(alice.address)).to.equal(owned - own.fee - 3n * bounty);
    const theirs = await shared("file://bounty-apart", { bounty, payer: carol.sponsor(() => true) });
    expect(await balanceOf(alice.address)).to.equal(owned - own.fee - 6n * bounty);
    expect(await balanceOf(carol.address)).to.equal(sponsored - theirs.fee);
    const most = collateralPerKey - 1n;
    const poor = await rejection(
      dave.share(bob.address, "file://poor", { time: HOUR, bounty: most, payer: carol.sponsor(() => true) }),
    );
    expect([poor.code, poor.data]).to.deep.equal([
      "E_INSUFFICIENT_BALANCE",
      { got: 0n, required: 3n * most, account: dave.address },
    ]);

    const early = await rejection(bob.returnBounty(own.id));
    const opensAt = BigInt(own.expires.getTime() / 1000) + challengeWindow + revealWindow;
    expect([early.code, early.data.opensAt]).to.deep.equal(["E_TOO_EARLY", opensAt]);
    await world.pass(opensAt - (await now()));
    const before = await balanceOf(alice.address);
    expect((await bob.returnBounty(own.id)).amount).to.equal(3n * bounty);
    expect(await balanceOf(alice.address)).to.equal(before + 3n * bounty);
    expect((await rejection(bob.returnBounty(own.id))).code).to.equal("E_NOTHING_TO_RETURN");
    await Promise.all([dave.close(), carol.close()]);
  });
});
