import { expect } from "chai";
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { alice as aliceVerbs } from "../../../src/client/alice";
import { bob as bobVerbs } from "../../../src/client/bob";
import type { Context } from "../../../src/client/context";
import { NkmsError } from "../../../src/errors";
import { MAX_NOTED_PATH_BYTES } from "../../../src/protocol/note";
import { rejection } from "../../support/errors";
import { MemoryNetwork, MIN_PAID } from "../../support/memoryNetwork";

const HOUR = 3_600;
/** Seconds in which a policy that was sent must be mined. */
const ACCEPT_WINDOW = 600;
const PATH = "memory://docs/plan.txt";

describe("policies of an owner", () => {
  let network: MemoryNetwork;
  let alice: Context;
  let bob: Context;

  beforeEach(async () => {
    network = await MemoryNetwork.open("policies", 3);
    alice = network.publishedPerson("alice");
    bob = network.publishedPerson("bob");
  });
  afterEach(() => network.close());

  const share = (path = PATH, options = {}) => aliceVerbs(alice).share(bob.address, path, { time: HOUR, ...options });
  const restarted = () => aliceVerbs(network.person("alice"));

  /** Shares by a transaction of which nothing is heard again; returns the policy's id. */
  async function sharePending(path = PATH): Promise<string> {
    network.beforeSend = (name) => {
      if (name === "create") throw new NkmsError("E_NOT_MINED", "Sent, not yet mined.");
    };
    const error = await rejection(share(path));
    network.beforeSend = () => undefined;
    expect(error.code).to.equal("E_NOT_MINED");
    return error.data.policyId as string;
  }

  context("readPolicies", () => {
    it("has none at first", async () => {
      expect(await restarted().readPolicies()).to.deep.equal([]);
    });

    it("lists them as plain data, the first to expire at the top", async () => {
      const late = await share("memory://late", { time: 2 * HOUR });
      const early = await share();
      expect(await restarted().readPolicies()).to.deep.equal(
        [early, late].map(({ id, path, expires, nodes }) => ({
          id,
          recipient: bob.address,
          path,
          expires,
          threshold: 2,
          nodes: nodes.map((node) => node.toLowerCase()),
          state: "active",
        })),
      );
    });

    it("tells upcoming, active, expired and revoked ones apart", async () => {
      const { id } = await share(PATH, { notBefore: network.now + 10 });
      const state = async () => (await restarted().readPolicies())[0].state;
      expect(await state()).to.equal("upcoming");
      network.now += 10;
      expect(await state()).to.equal("active");
      network.now += HOUR - 1;
      expect(await state()).to.equal("active");
      network.now += 1;
      expect(await state()).to.equal("expired");
      const other = await share("memory://other");
      await restarted().revoke(other.id);
      const states = (await restarted().readPolicies()).map((policy) => [policy.id, policy.state]);
      expect(states).to.have.deep.members([
        [id, "expired"],
        [other.id, "revoked"],
      ]);
    });

    it("tells of a pending one from when on it cannot come to exist, and drops it then", async () => {
      const id = await sharePending();
      const [pending] = await restarted().readPolicies();
      expect(pending).to.include({ id, state: "pending" });
      expect(pending.acceptBy).to.deep.equal(new Date((network.now + ACCEPT_WINDOW) * 1000));
      network.now += ACCEPT_WINDOW - 1;
      expect(await restarted().readPolicies()).to.have.length(1);
      network.now += 1;
      expect(await restarted().readPolicies()).to.deep.equal([]);
    });

    it("filters by end: before a moment, not at it", async () => {
      const { id, expires } = await share();
      const ids = async (expiresBefore: Date) =>
        (await restarted().readPolicies({ expiresBefore })).map((one) => one.id);
      expect(await ids(expires)).to.deep.equal([]);
      expect(await ids(new Date(expires.getTime() + 1))).to.deep.equal([id]);
    });

    it("filters by path, recipient and state", async () => {
      const one = await share();
      const two = await share("memory://two");
      await restarted().revoke(two.id);
      const ids = async (filter: object) => (await restarted().readPolicies(filter)).map(({ id }) => id);
      expect(await ids({ path: PATH })).to.deep.equal([one.id]);
      expect(await ids({ state: "revoked" })).to.deep.equal([two.id]);
      expect(await ids({ recipient: bob.address.toUpperCase().replace("0X", "0x") })).to.have.members([one.id, two.id]);
      expect(await ids({ recipient: alice.address })).to.deep.equal([]);
    });
  });

  context("renew", () => {
    it("pays no nodes that do not stand behind the new end, unless told to", async () => {
      const { id, nodes } = await share(PATH, { n: 3, maxTime: 4 * HOUR });
      const end = BigInt(network.now + 2 * HOUR);
      const short = [
        { node: nodes[0], lockedUntil: end - 1n, active: true, suspended: false },
        { node: nodes[1], lockedUntil: end, active: false, suspended: false },
        { node: nodes[2], lockedUntil: end, active: true, suspended: true },
      ];
      for (const { node, ...stake } of short) network.stakes.set(node, stake);
      const error = await rejection(restarted().renew(id, { time: HOUR }));
      expect([error.code, error.data]).to.deep.equal(["E_NODES_FALL_SHORT", { end, nodes: short }]);
      for (const node of nodes) expect(error.why).to.include(node);
      expect(network.log.filter((what) => what === "renew")).to.deep.equal([]);
      expect((await restarted().renew(id, { time: HOUR, anyway: true })).expires).to.deep.equal(
        new Date(Number(end) * 1000),
      );
      for (const { node } of short) network.stakes.set(node, { lockedUntil: end + 1n });
      await restarted().renew(id, { time: 1 });
    });
  });

  context("renew with a sponsor's consent", () => {
    let carol: Context;
    let id: string;

    beforeEach(async () => {
      carol = network.publishedPerson("carol");
      const payer = aliceVerbs(carol).sponsor(() => true);
      ({ id } = await share(PATH, { payer, maxTime: 4 * HOUR }));
    });

    it("holds until the second before its deadline", async () => {
      const consent = await aliceVerbs(carol).consentToRenew(id, { time: 60, validFor: 100 });
      const deadline = BigInt(network.now + 100);
      network.now += 100;
      const late = await rejection(restarted().renew(id, { time: 60, consent }));
      expect([late.code, late.data]).to.deep.equal(["E_CONSENT_EXPIRED", { deadline, timestamp: deadline }]);
      network.now -= 1;
      await restarted().renew(id, { time: 60, consent });
    });

    it("needs the sponsor's money, not the owner's", async () => {
      const consent = await aliceVerbs(carol).consentToRenew(id, { time: 60 });
      const fee = 3n * 60n; // the rate is 1
      network.balances.set(alice.address, 0n);
      network.balances.set(carol.address, fee - 1n);
      const { code, data } = await rejection(restarted().renew(id, { time: 60, consent }));
      const expected = { got: fee - 1n, required: fee, account: carol.address };
      expect([code, data]).to.deep.equal(["E_INSUFFICIENT_BALANCE", expected]);
      network.balances.set(carol.address, fee);
      expect((await restarted().renew(id, { time: 60, consent })).fee).to.equal(fee);
    });
  });

  context("revoke", () => {
    it("ends access from another process, and says what came back", async () => {
      await aliceVerbs(alice).write(PATH, "hello");
      const { id } = await share();
      expect(await restarted().revoke(id)).to.deep.equal({
        id,
        end: new Date((network.now + Number(MIN_PAID)) * 1000),
        refund: 7n,
        transaction: "0x" + "ab".repeat(32),
      });
      expect((await rejection(bobVerbs(bob).read(PATH))).code).to.equal("E_REVOKED");
      expect((await rejection(restarted().revoke(id))).code).to.equal("E_POLICY_CLOSED");
    });

    it("takes nodes out one by one, and ends with those that are too few", async () => {
      const { id, nodes } = await share(PATH, { m: 2, n: 3 });
      await restarted().revoke(id, { node: nodes[0] });
      expect((await restarted().readPolicies())[0].state).to.equal("active");
      expect((await rejection(restarted().revoke(id, { node: nodes[0] }))).code).to.equal("E_NODE_ALREADY_REMOVED");
      await restarted().revoke(id, { node: nodes[2] });
      expect((await restarted().readPolicies())[0].state).to.equal("revoked");
    });

    it("cannot end what is over", async () => {
      const { id } = await share();
      network.now += HOUR;
      expect((await rejection(restarted().revoke(id))).code).to.equal("E_POLICY_ENDED");
    });

    it("knows no policy that is not in the store", async () => {
      const id = "0x" + "00".repeat(32);
      const error = await rejection(restarted().revoke(id));
      expect(error.code).to.equal("E_UNKNOWN_POLICY");
      expect(error.data).to.deep.equal({ id });
    });
  });

  context("rebuildPolicies", () => {
    const loseStore = () => rm(join(network.home, alice.address), { recursive: true });

    it("restores every record from the chain and the seed", async () => {
      await share();
      await share("memory://two", { n: 1 });
      const before = await restarted().readPolicies();
      await loseStore();
      expect(await restarted().readPolicies()).to.deep.equal([]);
      expect(await restarted().rebuildPolicies()).to.equal(2);
      expect(await restarted().readPolicies()).to.have.deep.members(before);
      await restarted().revoke(before[0].id);
    });

    it("knows a path too long for its note by its policy alone, and keeps what the store still knows", async () => {
      const path = "memory://" + "x".repeat(MAX_NOTED_PATH_BYTES);
      const { id } = await share(path);
      await restarted().rebuildPolicies();
      expect((await restarted().readPolicies())[0]).to.include({ id, path });
      await loseStore();
      await restarted().rebuildPolicies();
      expect((await restarted().readPolicies())[0]).to.include({ id, path: undefined, recipient: bob.address });
    });

    it("believes no note that was copied from another policy, and no account that claims another's signer", async () => {
      await share();
      await share("memory://two");
      network.created[1] = { ...network.created[1], note: network.created[0].note };
      await loseStore();
      const mallory = network.person("mallory");
      const claimed = { ...network.published.get(bob.address)!, encryptionKey: mallory.keys.recipient.publicKey };
      const honest = [...network.published];
      network.published.clear();
      network.published.set(mallory.address, claimed);
      honest.forEach(([address, keys]) => network.published.set(address, keys));
      await restarted().rebuildPolicies();
      const paths = (await restarted().readPolicies()).map(({ path, recipient }) => [path, recipient]);
      expect(paths).to.have.deep.members([
        [PATH, bob.address],
        [undefined, bob.address],
      ]);
    });
  });

  context("delete", () => {
    it("revokes what shares the object and removes it", async () => {
      await aliceVerbs(alice).write(PATH, "hello");
      const [one, two] = [await share(), await share()];
      await restarted().revoke(two.id);
      await share("memory://other");
      const revoked = await restarted().delete(PATH);
      expect(revoked.map(({ id }) => id)).to.deep.equal([one.id]);
      expect((await rejection(bobVerbs(bob).read(PATH))).code).to.equal("E_NOT_FOUND");
      expect(await restarted().readPolicies({ state: "active" })).to.have.length(1);
    });
  });

  context("policies that are not seen on the chain yet", () => {
    /** Policies of which nothing is heard, as E_POLICY_PENDING names them. */
    async function pendingOnes(count: number) {
      const acceptBy = new Date((network.now + ACCEPT_WINDOW) * 1000);
      const ids = [];
      for (let index = 0; index < count; index++) ids.push(await sharePending());
      return ids.map((id) => ({ id, acceptBy }));
    }

    /** Expects the refusal, which names each of them and from when on it cannot come to exist. */
    function expectPending(error: NkmsError, pending: { id: string; acceptBy: Date }[]): void {
      expect(error.code).to.equal("E_POLICY_PENDING");
      expect(error.data.pending).to.have.deep.members(pending);
      for (const { id, acceptBy } of pending) expect(error.why).to.include(`${id} until ${acceptBy.toISOString()}`);
    }

    const isStored = () =>
      alice.storage.read(PATH).then(
        () => true,
        () => false,
      );

    const revocations = {
      delete: () => restarted().delete(PATH),
      deletePolicies: () => restarted().deletePolicies({ path: PATH }),
    };
    for (const [name, revokeAll] of Object.entries(revocations)) {
      it(`are named by ${name} once all others are revoked, and need it again`, async () => {
        await aliceVerbs(alice).write(PATH, "hello");
        const seen = [await share(), await share(PATH, { notBefore: network.now + 60 })].map(({ id }) => id);
        const [begins, never] = await pendingOnes(2);
        const error = await rejection(revokeAll());
        expectPending(error, [begins, never]);
        expect(error.data.done).to.have.members(seen);
        expect(error.fix).not.to.include("filter");
        expect(await isStored()).to.equal(true);

        const { end } = (await alice.store.get(begins.id))!.terms;
        network.states.set(begins.id, {
          ...(await alice.chain.policyManager.policyState(begins.id)),
          end,
          exists: true,
        });
        const second = await rejection(revokeAll());
        expectPending(second, [never]);
        expect(second.data.done).to.deep.equal([begins.id]);

        network.now += ACCEPT_WINDOW;
        expect(await revokeAll()).to.deep.equal([]);
        expect(await isStored()).to.equal(name !== "delete");
      });
    }

    for (const count of [1, 2]) {
      it(`stop updatePolicies before anything changes, where there are ${count}`, async () => {
        const { id } = await share(PATH, { maxTime: 2 * HOUR });
        const pending = await pendingOnes(count);
        const update = () => restarted().updatePolicies({ path: PATH }, { time: 60 });
        const error = await rejection(update());
        expectPending(error, pending);
        expect(network.log).not.to.include("renew");
        network.now += ACCEPT_WINDOW;
        expect((await update()).map((one) => one.id)).to.deep.equal([id]);
      });
    }

    it("stop nothing on other paths, nor where the filter leaves them out", async () => {
      const [one, two] = [await share(), await share("memory://two")];
      await sharePending("memory://two");
      const deleted = async (filter: object) => (await restarted().deletePolicies(filter)).map(({ id }) => id);
      expect(await deleted({ path: PATH })).to.deep.equal([one.id]);
      expect(await deleted({ state: "active" })).to.deep.equal([two.id]);
    });
  });

  context("publishKeys", () => {
    it("publishes once, and again only when the registry says otherwise", async () => {
      const carol = network.person("carol");
      expect(await bobVerbs(carol).publishKeys()).to.match(/^0x/);
      expect(await bobVerbs(carol).publishKeys()).to.equal(undefined);
      expect(network.published.get(carol.address)).to.deep.equal({
        encryptionKey: carol.keys.recipient.publicKey,
        verifyingKey: carol.keys.signing.publicKey,
        requestSigner: carol.keys.requestSigner.address,
      });
      network.published.set(carol.address, network.published.get(bob.address)!);
      await bobVerbs(carol).publishKeys();
      await share();
      expect(network.log.filter((name) => name === "publish")).to.have.length(2);
    });
  });
});
