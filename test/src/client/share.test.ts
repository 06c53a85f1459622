import { expect } from "chai";

import { alice as aliceVerbs } from "../../../src/client/alice";
import { bob as bobVerbs } from "../../../src/client/bob";
import type { Context } from "../../../src/client/context";
import type { NodeFailure } from "../../../src/client/nodeOutcome";
import { refusal } from "../../../src/chain/refusals";
import { NkmsError } from "../../../src/errors";
import { encode } from "../../../src/protocol/codec";
import { offerAnswer } from "../../../src/protocol/messages";
import { rejection } from "../../support/errors";
import { MemoryNetwork } from "../../support/memoryNetwork";

const DAY = 86_400;
const PATH = "memory://docs/plan.txt";

describe("share", () => {
  let network: MemoryNetwork;
  let alice: Context;
  let bob: Context;

  beforeEach(async () => {
    network = await MemoryNetwork.open("share", 6);
    alice = network.publishedPerson("alice");
    bob = network.publishedPerson("bob");
  });
  afterEach(() => network.close());

  const share = (options = {}, path = PATH) => aliceVerbs(alice).share(bob.address, path, { time: DAY, ...options });
  const failuresOf = (error: NkmsError) => error.data.nodes as NodeFailure[];

  it("lets the recipient read, and says what was agreed", async () => {
    await aliceVerbs(alice).write(PATH, "To the moon!");
    const grant = await share({ m: 2, n: 3 });
    expect(grant).to.deep.include({
      path: PATH,
      recipient: bob.address,
      threshold: 2,
      transaction: "0x" + "ab".repeat(32),
    });
    expect(grant.id).to.match(/^0x[0-9a-f]{64}$/);
    expect(grant.expires).to.deep.equal(new Date((network.now + DAY) * 1000));
    expect(grant.fee).to.equal(3n * BigInt(DAY));
    expect(new Set(grant.nodes).size).to.equal(3);
    expect(await bobVerbs(bob).read(PATH, "text")).to.equal("To the moon!");
  });

  it("asks 2 of 3 nodes by default, and m no larger than n", async () => {
    expect(await share())
      .to.include({ threshold: 2 })
      .and.to.have.property("nodes")
      .with.length(3);
    expect(await share({ n: 1 }))
      .to.include({ threshold: 1 })
      .and.to.have.property("nodes")
      .with.length(1);
  });

  it("pays the highest rate among its nodes, and at least the contract's least fee", async () => {
    const [cheap, dear] = network.nodes;
    dear.feeRate = 5n;
    for (const nodes of [[cheap, dear], [dear, cheap]]) {
      const { fee } = await share({ nodes: nodes.map(({ staker }) => staker) });
      expect(fee).to.equal(2n * 5n * BigInt(DAY));
    } // prettier-ignore
    network.minFee = 10n * BigInt(DAY) - 1n;
    expect((await share({ nodes: [cheap.staker, dear.staker] })).fee).to.equal(2n * 10n * BigInt(DAY));
  });

  it("passes over nodes that take no policies so short, or none that may be renewed for so long", async () => {
    const [node] = network.nodes;
    const taken = async (minDuration: number, maxDuration: number) => {
      [node.minDuration, node.maxDuration] = [BigInt(minDuration), BigInt(maxDuration)];
      const sharing = share({ nodes: [node.staker], maxTime: 2 * DAY });
      return sharing.then(
        () => "taken",
        (error: NkmsError) => failuresOf(error)[0].code,
      );
    };
    expect(await taken(DAY, 2 * DAY)).to.equal("taken");
    expect(await taken(DAY + 1, 2 * DAY)).to.equal("E_DURATION");
    expect(await taken(DAY, 2 * DAY - 1)).to.equal("E_DURATION");
  });

  it("passes over a node that asks the readers too, where the owner pays", async () => {
    const [node] = network.nodes;
    node.before["/v1/offers"] = () => new Response(encode(offerAnswer, { accept: true, readPrice: 1n }));
    const error = await rejection(share({ nodes: [node.staker] }));
    expect([error.code, failuresOf(error)[0].code]).to.deep.equal(["E_TOO_FEW_NODES", "E_PRICE_TOO_HIGH"]);
  });

  it("takes no bounty of a whole collateral", async () => {
    const error = await rejection(share({ bounty: 1n }));
    expect([error.code, error.data]).to.deep.equal([
      "E_BOUNTY_OUT_OF_RANGE",
      { bounty: 1n, minimum: 1n, collateral: 1n },
    ]);
  });

  it("draws nodes that are locked for as long as the policy may be renewed", async () => {
    await share({ maxTime: 3 * DAY });
    await share();
    const until = (days: number) => BigInt(network.now + days * DAY);
    expect(network.drawnUntil).to.deep.equal([until(3), until(1)]);
  });

  it("takes the owner's own choice of nodes, in any order and spelling", async () => {
    const chosen = network.nodes.slice(0, 3).map(({ staker }) => "0x" + staker.slice(2).toUpperCase());
    const { nodes } = await share({ nodes: [...chosen].reverse() });
    expect(nodes).to.have.members(chosen.map((node) => node.toLowerCase()));
  });

  it("shares with keys that no account has published", async () => {
    const carol = network.person("carol");
    await aliceVerbs(alice).write(PATH, "hello");
    const keys = { encryptionKey: carol.keys.recipient.publicKey, requestSigner: carol.keys.requestSigner.address };
    await aliceVerbs(alice).share(keys, PATH, { time: DAY });
    expect(await bobVerbs(carol).read(PATH, "text")).to.equal("hello");
  });

  context("Bad input", () => {
    it("knows nobody who published no keys", async () => {
      const carol = network.person("carol");
      const error = await rejection(aliceVerbs(alice).share(carol.address, PATH, { time: DAY }));
      expect(error.code).to.equal("E_UNKNOWN_RECIPIENT");
      expect(error.data).to.deep.equal({ recipient: carol.address, chainId: 31337 });
      expect(error.fix).to.include("publishKeys");
    });

    it("refuses what is no address or no path", async () => {
      const noAddress = await rejection(aliceVerbs(alice).share("bob", PATH, { time: DAY }));
      expect(noAddress).to.include({ code: "E_BAD_ADDRESS" });
      expect(noAddress.data).to.deep.equal({ recipient: "bob" });
      expect((await rejection(share({}, "plan.txt"))).code).to.equal("E_BAD_PATH");
    });

    const longest = DAY * 365;
    const outOfRange: [object, object][] = [
      [{ time: 0 }, { option: "time", got: 0, least: 1, most: longest }],
      [{ time: 1.5 }, { option: "time", got: 1.5, least: 1, most: longest }],
      [{ time: longest + 1 }, { option: "time", got: longest + 1, least: 1, most: longest }],
      [{ n: 0 }, { option: "n", got: 0, least: 1, most: 32 }],
      [{ n: 33 }, { option: "n", got: 33, least: 1, most: 32 }],
      [{ m: 0 }, { option: "m", got: 0, least: 1, most: 3 }],
      [{ m: 4 }, { option: "m", got: 4, least: 1, most: 3 }],
      [{ maxTime: 1 }, { option: "maxTime", got: 1, least: DAY, most: longest }],
      [{ notBefore: 1 }, { option: "notBefore", got: 1, least: 1_800_000_000, most: 1_800_000_000 + longest }],
    ];
    it("refuses a node that is named twice, in whatever spelling", async () => {
      const { staker } = network.nodes[0];
      const again = "0x" + staker.slice(2).toUpperCase();
      const error = await rejection(share({ nodes: [staker, network.nodes[1].staker, again] }));
      expect(error.code).to.equal("E_BAD_OPTION");
      expect(error.data).to.deep.equal({ option: "nodes", got: again });
    });

    for (const [options, data] of outOfRange) {
      it(`refuses ${JSON.stringify(options)}`, async () => {
        const error = await rejection(share(options));
        expect(error.code).to.equal("E_BAD_OPTION");
        expect(error.data).to.deep.equal(data);
      });
    }

    it("says how many nodes it found when the stake line has too few", async () => {
      const error = await rejection(share({ n: 7 }));
      expect(error.code).to.equal("E_TOO_FEW_NODES");
      expect(error.data).to.deep.equal({ needed: 7, got: 6, nodes: [] });
    });

    it("needs the balance before any fraction leaves", async () => {
      network.balances.set(alice.address, 3n * BigInt(DAY) - 1n);
      const error = await rejection(share());
      expect(error.code).to.equal("E_INSUFFICIENT_BALANCE");
      expect(error.data).to.deep.equal({
        got: 3n * BigInt(DAY) - 1n,
        required: 3n * BigInt(DAY),
        account: alice.address,
      });
      expect(network.nodes.every(({ fractions }) => fractions === 0)).to.equal(true);
    });

    it("needs the allowance where approving is declined", async () => {
      network.allowances.set(alice.address, 5n);
      const error = await rejection(share({ approve: false }));
      expect(error.code).to.equal("E_INSUFFICIENT_ALLOWANCE");
      expect(error.data).to.deep.equal({
        got: 5n,
        required: 3n * BigInt(DAY),
        spender: network.policyManager,
        account: alice.address,
      });
      expect(network.log).to.deep.equal([]);
      expect(await alice.store.list()).to.deep.equal([]);
      network.allowances.set(alice.address, 3n * BigInt(DAY));
      await share({ approve: false });
      expect(network.log).to.deep.equal(["create"]);
    });
  });

  context("Nodes that fail", () => {
    it("draws another for each one that is down, refuses, asks too much or answers nonsense", async () => {
      const [down, refusing, dear, babbling, ...good] = network.nodes;
      down.before["/v1/offers"] = () =>
        Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNRESET" } }));
      refusing.before["/v1/offers"] = () => {
        throw new NkmsError("E_FULL", "The node holds all it can.");
      };
      dear.feeRate = 10n ** 18n;
      babbling.before["/v1/offers"] = () => new Response('{"accept":"yes"}');
      expect((await share({ n: 2 })).nodes).to.have.members(good.map(({ staker }) => staker));

      const error = await rejection(share({ n: 3 }));
      expect(error.code).to.equal("E_TOO_FEW_NODES");
      expect(error.data).to.include({ needed: 3, got: 2 });
      const reasons = Object.fromEntries(failuresOf(error).map(({ node, code }) => [node, code]));
      expect(reasons).to.deep.equal({
        [down.staker]: "E_UNREACHABLE",
        [refusing.staker]: "E_FULL",
        [dear.staker]: "E_FEE_TOO_HIGH",
        [babbling.staker]: "E_BAD_ANSWER",
      });
      expect(failuresOf(error).every(({ url }) => url?.startsWith("http://127.0.0.1:"))).to.equal(true);
      expect(error.why).to.include(down.staker);
    });

    it("begins anew with fresh fractions when a node takes its fraction and dies before acknowledging", async () => {
      const victim = network.nodes[0];
      let died = false;
      const others = network.nodes.slice(1).map(({ staker }) => staker);
      victim.before["/v1/grants"] = () => {
        died = true;
        return Promise.reject(new TypeError("fetch failed", { cause: { code: "UND_ERR_SOCKET" } }));
      };
      await aliceVerbs(alice).write(PATH, "hello");
      const { nodes } = await share({ n: 5 });
      while (!died) await share({ n: 5 });
      expect(nodes).to.have.members(others);
      expect(await bobVerbs(bob).read(PATH, "text")).to.equal("hello");
      expect((await aliceVerbs(alice).readPolicies()).every(({ state }) => state === "active")).to.equal(true);
    });

    for (const code of ["E_INSUFFICIENT_COLLATERAL", "E_NODE_INACTIVE"]) {
      it(`draws another for one that the contract refuses by ${code}`, async () => {
        const [poor, ...others] = network.nodes;
        network.refused.set(poor.staker, code);
        const { id, nodes } = await share({ n: 5 });
        expect(nodes).to.have.members(others.map(({ staker }) => staker));
        expect((await alice.store.list()).map((record) => record.id)).to.deep.equal([id]);
        const error = await rejection(share({ nodes: [poor.staker, others[0].staker] }));
        expect(error.code).to.equal("E_TOO_FEW_NODES");
        expect(failuresOf(error).map(({ node, code: why }) => [node, why])).to.deep.equal([[poor.staker, code]]);
      });
    }

    it("passes on a refusal that concerns no node of the policy", async () => {
      network.beforeSend = (name) => {
        if (name === "create")
          throw new NkmsError("E_NODE_INACTIVE", "Another.", { data: { node: "0x" + "00".repeat(20) } });
      };
      expect((await rejection(share())).code).to.equal("E_NODE_INACTIVE");
    });

    it("fails by name when the owner's chosen node dies, and nothing is lost", async () => {
      const [victim, other] = network.nodes;
      victim.before["/v1/grants"] = () => Promise.reject(new TypeError("fetch failed"));
      const balance = network.balances.get(alice.address);
      const error = await rejection(share({ nodes: [victim.staker, other.staker] }));
      expect(error.code).to.equal("E_TOO_FEW_NODES");
      expect(error.data).to.include({ needed: 2, got: 1 });
      expect(failuresOf(error).map(({ node, code }) => [node, code])).to.deep.equal([[victim.staker, "E_UNREACHABLE"]]);
      expect(network.log).to.deep.equal([]);
      expect(network.balances.get(alice.address)).to.equal(balance);
      expect(await alice.store.list()).to.deep.equal([]);
    });

    it("passes over a node whose acceptance another key signed", async () => {
      const [impostor] = network.nodes;
      alice.chain.nodeRegistry.nodeOf = registeredWorker(alice, impostor.staker, "0x" + "11".repeat(20));
      const error = await rejection(share({ nodes: [impostor.staker] }));
      expect(failuresOf(error)[0]).to.include({ node: impostor.staker, code: "E_BAD_SIGNATURE" });
    });

    it("gives up after eight hand-overs", async () => {
      await network.close();
      network = await MemoryNetwork.open("faithless", 12);
      alice = network.publishedPerson("alice");
      bob = network.publishedPerson("bob");
      for (const node of network.nodes) node.before["/v1/grants"] = () => new Response("", { status: 500 });
      const error = await rejection(share({ n: 1 }));
      expect(error.code).to.equal("E_TOO_FEW_NODES");
      expect(failuresOf(error)).to.have.length(8);
    });
  });

  context("Crashes", () => {
    it("has a record on disk before the transaction, and settles it afterwards", async () => {
      let seen: unknown;
      network.beforeSend = async (name) => {
        if (name === "create") seen = await aliceVerbs(network.person("alice")).readPolicies();
      };
      const { id } = await share();
      expect(seen).to.have.length(1);
      expect((seen as { id: string; state: string }[])[0]).to.include({ id, state: "pending" });
      expect((await alice.store.get(id))?.pending).to.equal(false);
    });

    it("keeps the record when the connection breaks after sending, so that another process can revoke", async () => {
      network.beforeSend = (name) => {
        if (name === "create") throw new NkmsError("E_NOT_MINED", "Sent, not yet mined.");
      };
      const error = await rejection(share());
      expect(error.code).to.equal("E_NOT_MINED");
      const id = error.data.policyId as string;
      const restarted = aliceVerbs(network.person("alice"));
      expect((await restarted.readPolicies())[0]).to.include({ id, state: "pending" });

      const record = (await alice.store.get(id))!;
      network.states.set(id, {
        ...(await alice.chain.policyManager.policyState(id)),
        end: record.terms.end,
        exists: true,
      });
      expect((await restarted.readPolicies())[0]).to.include({ id, state: "active" });
      expect((await alice.store.get(id))?.pending).to.equal(false);
      await restarted.revoke(id);
      expect((await restarted.readPolicies())[0]).to.include({ id, state: "revoked" });
    });

    const faults: [string, Error, boolean][] = [
      ["a refusal of the contract", refusal("ZeroAmount", {}), false],
      ["E_NO_ETHER", new NkmsError("E_NO_ETHER", "Nothing was sent."), false],
      ["E_NONCE_TAKEN", new NkmsError("E_NONCE_TAKEN", "This one was not sent."), false],
      ["E_TRANSACTION_FAILED", new NkmsError("E_TRANSACTION_FAILED", "Mined but reverted."), false],
      ["E_NOT_MINED", new NkmsError("E_NOT_MINED", "Sent, not yet mined."), true],
      ["E_RPC_FAILED", new NkmsError("E_RPC_FAILED", "Gone."), true],
      ["E_BAD_ARGUMENT", new NkmsError("E_BAD_ARGUMENT", "Of a receipt."), true],
      ["an untyped error", new Error("Gone."), true],
    ];
    for (const [name, fault, mayCome] of faults) {
      it(`${mayCome ? "keeps" : "drops"} the record where sending fails by ${name}`, async () => {
        network.beforeSend = (what) => {
          if (what === "create") throw fault;
        };
        const error = await share().then(
          () => expect.fail("shared"),
          (thrown: NkmsError) => thrown,
        );
        expect(error.message).to.equal(fault.message);
        const kept = (await alice.store.list()).map(({ id }) => id);
        expect(kept).to.have.length(mayCome ? 1 : 0);
        if (error instanceof NkmsError) expect(error.data.policyId).to.equal(kept[0]);
      });
    }

    it("names who pays where an allowance is gone between check and sending", async () => {
      const args = { spender: network.policyManager, allowance: 1n, needed: 2n };
      network.beforeSend = (what) => {
        if (what === "create") throw refusal("ERC20InsufficientAllowance", args);
      };
      const { code, data } = await rejection(share());
      const expected = { got: 1n, required: 2n, spender: network.policyManager, account: alice.address };
      expect([code, data]).to.deep.equal(["E_INSUFFICIENT_ALLOWANCE", expected]);
    });

    it("drops a record whose transaction can no longer be mined", async () => {
      network.beforeSend = (name) => {
        if (name === "create") throw new NkmsError("E_RPC_FAILED", "Gone.");
      };
      await rejection(share());
      network.now += 599;
      expect(await aliceVerbs(alice).readPolicies()).to.have.length(1);
      network.now += 1;
      expect(await aliceVerbs(alice).readPolicies()).to.deep.equal([]);
      expect(await alice.store.list()).to.deep.equal([]);
    });

    it("sends the transactions of one account one after another", async () => {
      await Promise.all([share(), share(), share()]);
      expect(network.log).to.deep.equal(["approve", "create", "approve", "create", "approve", "create"]);
    });
  });
});

/** The registry with one node's worker changed. */
function registeredWorker({ chain }: Context, staker: string, worker: string) {
  const nodeOf = chain.nodeRegistry.nodeOf.bind(chain.nodeRegistry);
  return async (node: string) => ({ ...(await nodeOf(node)), ...(node === staker ? { worker } : {}) });
}
