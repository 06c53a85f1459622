import { expect } from "chai";
import { keccak256 } from "ethers";
import hre from "hardhat";

import { fromHex, toHex } from "../../src/bytes";
import type { Chain } from "../../src/chain/connection";
import type { Client } from "../../src/client/client";
import type { NodeFailure } from "../../src/client/nodeOutcome";
import {
  after as since,
  all,
  any,
  asks,
  between,
  bought,
  holds,
  listed,
  logged,
  not,
  paid,
  returnsTrue,
  subscribed,
  type When,
} from "../../src/protocol/condition";
import { nameId } from "../../src/protocol/conditionForms";
import { decode } from "../../src/protocol/codec";
import { type ReencryptRequest, reencryptRequest } from "../../src/protocol/messages";
import { hostile } from "../support/conditions";
import { rejection } from "../support/errors";
import { chainAs } from "../support/operator";
import { NKMS, World } from "../support/world";

const HOUR = 3_600;
const FILM = "file://film";

/** Real nodes, and conditions of which each denies first and then allows, or the other way round. */
describe("Conditions of access (V.F)", () => {
  let world: World;
  let alice: Client;
  let bob: Client;
  let asBob: Chain;
  let asAlice: Chain;
  let requester: string;

  before(async () => {
    world = await World.open({ operators: Array(3).fill({}) });
    alice = await world.connect("alice");
    bob = await world.connect("bob", { fetch: watched });
    asBob = await chainAs(await world.identity("bob"), world.chain);
    asAlice = await chainAs(await world.identity("alice"), world.chain);
    requester = (await world.chain.keyRegistry.keysOf(bob.address))!.requestSigner;
  });
  after(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await world.close();
  });

  /** What Bob's client sent to nodes for re-encryption. */
  const asked: ReencryptRequest[] = [];
  const watched: typeof fetch = (input, init) => {
    if (new Request(input).url.endsWith("/v1/reencrypt")) asked.push(decode(reencryptRequest, init?.body as string));
    return fetch(input, init);
  };

  let number = 0;
  /** An object shared with Bob on a condition. */
  async function shared(when: When): Promise<string> {
    const path = await alice.write(`file://conditional/${number++}`, "secret");
    await alice.share(bob.address, path, { time: HOUR, m: 2, n: 2, when });
    return path;
  }

  const allowed = async (path: string) => void expect(await bob.read(path, "text")).to.equal("secret");

  async function denied(path: string, reason = "no"): Promise<void> {
    const error = await rejection(bob.read(path));
    expect(error.code).to.equal("E_CONDITION");
    const failures = error.data.nodes as NodeFailure[];
    expect(failures.map(({ code }) => code)).to.deep.equal(["E_CONDITION", "E_CONDITION"]);
    expect(error.why).to.include("The owner's condition: ");
    expect(failures[0].why).to.equal(REASONS[reason]);
  }

  const REASONS: Record<string, string> = {
    no: "The condition's contract says no.",
    notBoolean: "The condition's contract gave an answer that is neither yes nor no, or there is none.",
    reverted: "The condition's contract reverted.",
  };

  it("a time that comes, and one that passes: it turns true later", async () => {
    const now = await world.chain.headTime();
    const path = await shared(between(now + 600, now + 1_200));
    await denied(path);
    await world.pass(600);
    await allowed(path);
    await world.pass(600);
    await denied(path);
  });

  it("an ERC-20 balance of the reader's account", async () => {
    const balance = await asBob.nkmsToken.balanceOf(bob.address);
    const path = await shared(holds(world.chain.deployment.NKMSToken, balance));
    await allowed(path);
    await asBob.nkmsToken.transfer(alice.address, 1n).send();
    await denied(path);
    await asAlice.nkmsToken.transfer(bob.address, 1n).send();
    await allowed(path);
  });

  it("an ERC-721 ticket", async () => {
    const tickets = await hre.ethers.deployContract("ERC721__Mock");
    const path = await shared(holds(await tickets.getAddress(), 1n));
    await denied(path);
    await tickets.mint(bob.address, 1n);
    await allowed(path);
  });

  it("a payment made to the seller, in full", async () => {
    const path = await shared(paid(alice.address, 2n * NKMS, FILM));
    await denied(path);
    const { nkmsToken, sellerPayments, deployment } = asBob;
    const sale = { seller: alice.address, token: deployment.NKMSToken, item: nameId(FILM) };
    await nkmsToken.approve(deployment.SellerPayments, 2n * NKMS).send();
    await sellerPayments.pay(sale, bob.address, 2n * NKMS - 1n).send();
    await denied(path);
    await sellerPayments.pay(sale, bob.address, 1n).send();
    await allowed(path);
    expect(await sellerPayments.paid(sale, bob.address)).to.equal(2n * NKMS);
  });

  it("a subscription while it is paid", async () => {
    const terms = { seller: alice.address, price: NKMS, item: FILM };
    const path = await shared(subscribed({ ...terms, termLength: 600 }));
    await denied(path);
    const { nkmsToken, subscriptions, deployment } = asBob;
    const plan = { ...terms, token: deployment.NKMSToken, termLength: 600n, item: nameId(FILM) };
    await nkmsToken.approve(deployment.Subscriptions, NKMS).send();
    await subscriptions.subscribe(plan, bob.address, 1n).send();
    await allowed(path);
    await world.pass(Number((await subscriptions.paidUntil(plan, bob.address)) - BigInt(await world.chain.headTime())));
    await denied(path);
  });

  it("a place on an allow list, until its keeper takes it away", async () => {
    const path = await shared(listed(alice.address, "staff"));
    await denied(path);
    await asAlice.allowLists.setListed(nameId("staff"), [bob.address], true).send();
    await allowed(path);
    await asAlice.allowLists.setListed(nameId("staff"), [bob.address], false).send();
    await denied(path);
    expect(await asAlice.allowLists.isListed(alice.address, nameId("staff"), bob.address)).to.equal(false);
  });

  it("an access that was recorded before, of the object that the nodes then re-encrypt (VIII.H)", async () => {
    const path = await shared(logged(60));
    await denied(path);
    await bob.recordAccess(path);
    await allowed(path);
    await world.pass(60);
    await denied(path);
    await bob.recordAccess(path);
    await allowed(path);
    const [{ id }] = await alice.readPolicies({ path });
    const entries = await world.chain.accessLog.accesses(fromHex(id));
    expect(entries.map(({ requester: who, number: count }) => [who, count])).to.deep.equal([
      [requester, 0n],
      [requester, 1n],
    ]);
    const ofPolicy = asked.filter(({ request }) => toHex(request.policyId) === id);
    expect(ofPolicy).to.not.have.length(0);
    for (const { request, capsule } of ofPolicy) {
      const objects = [toHex(request.capsuleHash), keccak256(capsule)];
      expect(objects).to.deep.equal([entries[0].object, entries[1].object]);
    }
  });

  it("a purchase in the shop (VIII.D): decentralized rights management", async () => {
    const item = nameId(FILM);
    const path = await shared(bought(alice.address, FILM));
    await denied(path);
    await asAlice.payToReadShop.setPrice(item, 1_000n).send();
    const price = await asBob.payToReadShop.priceOf(alice.address, item);
    await asBob.payToReadShop.buy(alice.address, item, requester, price).send();
    await allowed(path);
    expect(await asBob.payToReadShop.hasBought(alice.address, item, requester)).to.equal(true);
    expect(await asAlice.payToReadShop.takingsOf(alice.address)).to.equal(1_000n);
    await asAlice.payToReadShop.withdraw().send();
    await allowed(path);
  });

  it("any view call that returns true", async () => {
    const { AllowLists } = world.chain.deployment;
    const lists = await hre.ethers.getContractAt("AllowLists", AllowLists);
    const list = nameId("view");
    const call = lists.interface.encodeFunctionData("isListed", [alice.address, list, bob.address]);
    const path = await shared(returnsTrue(AllowLists, fromHex(call)));
    await denied(path);
    await asAlice.allowLists.setListed(list, [bob.address], true).send();
    await allowed(path);
  });

  it("all, any and not, nested", async () => {
    const flag = (name: string) => listed(alice.address, name);
    const set = (name: string, on: boolean) => asAlice.allowLists.setListed(nameId(name), [bob.address], on).send();
    const path = await shared(all(any(flag("a"), flag("b")), not(flag("banned")), since(0)));
    await denied(path);
    await set("b", true);
    await allowed(path);
    await set("banned", true);
    await denied(path);
    await set("banned", false);
    await allowed(path);
  });

  context("Hostile conditions are a no", () => {
    const cases = [
      ["reverts", hostile("revert"), "reverted"],
      ["burns all its gas", hostile("burnGas"), "reverted"],
      ["answers two", hostile("word", 2n), "notBoolean"],
      ["answers 1 MB", hostile("return", 1_000_000n), "notBoolean"],
    ] as const;
    for (const [what, context, reason] of cases) {
      it(`one that ${what}, alone and negated`, async () => {
        const mock = await (await hre.ethers.deployContract("HostileCondition__Mock")).getAddress();
        const bad = asks(mock, fromHex(context));
        await denied(await shared(bad), reason);
        await denied(await shared(not(bad)), "reverted");
        await denied(await shared(all(bad, since(0))), "reverted");
        await allowed(await shared(any(bad, since(0))));
      });
    }
  });

  it("shows the owner her conditions, also after the store was rebuilt", async () => {
    const path = await shared(all(since(1_800_000_000), listed(alice.address, "staff")));
    const expected =
      "all(between(2027-01-15T08:00:00Z, forever), " +
      `listed(${alice.address.toLowerCase()}, 0x${Buffer.from(nameId("staff")).toString("hex")}, ${bob.address.toLowerCase()}))`;
    expect((await alice.readPolicies({ path }))[0].when).to.equal(expected);
    await alice.rebuildPolicies();
    expect((await alice.readPolicies({ path }))[0].when).to.equal(expected);
  });

  it("refuses a revoked reader within two blocks, whatever the condition says", async () => {
    const path = await shared(since(0));
    await allowed(path);
    const [{ id }] = await alice.readPolicies({ path });
    const before = (await world.chain.block()).number;
    await alice.revoke(id);
    expect((await rejection(bob.read(path))).code).to.equal("E_REVOKED");
    expect((await world.chain.block()).number - before).to.be.at.most(2);
  });
});
