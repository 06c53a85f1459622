import { expect } from "chai";
import { parseEther } from "ethers";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fromHex } from "../../src/bytes";
import { alice as aliceVerbs } from "../../src/client/alice";
import { bob as bobVerbs } from "../../src/client/bob";
import { contextOf } from "../../src/client/connect";
import { umbral } from "../../src/crypto/umbral";
import { vouchersFolder } from "../../src/node/voucherStore";
import { BOND, nodeRegistryDomain } from "../../src/protocol/policy";
import { signTypedData } from "../../src/protocol/typedSignature";
import { Operator } from "../support/operator";
import { type JsonReport, useTaskWorld } from "../support/taskWorld";

const PATH = "file://tasks/plan.txt";
const PRICE = parseEther("0.001");

describe("tasks for sharing, conditions and vouchers", () => {
  const world = useTaskWorld();
  let folder: string;
  let node: Operator;

  /** Ada's node runs, is registered and has stake; Ada shares, Bea reads. */
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nkms-sharing-"));
    node = new Operator("ada", await world().identity("ada"), await world().connect("ada"), folder, PRICE);
    await node.start();
    await world().json("node:register", { from: "ada", url: node.url, fee: "0.0864", yes: true });
    await world().json("stake:create", { from: "ada", amount: "20000", lock: "10000p", yes: true });
    await bobVerbs(await person("bea")).publishKeys();
    await world().passPeriods(1);
  });
  afterEach(async () => {
    await node.stop();
    await rm(folder, { recursive: true });
  });

  async function person(name: string) {
    const settings = { storageRoot: join(folder, "objects"), home: join(folder, "home") };
    return contextOf(settings, await world().identity(name), await world().connect(name), umbral());
  }

  const share = (more = {}) =>
    world().json("policy:create", {
      from: "ada", reader: "bea", path: PATH, time: "86400", maxTime: "172800", m: "1", n: "1", yes: true, ...more,
    }); // prettier-ignore

  const later = async (seconds: number) => {
    await world().rpc.send("evm_increaseTime", [seconds]);
    await world().rpc.send("evm_mine", []);
  };

  /** A task as it is meant to be sent: a dry run before says what it would do, and sends nothing. */
  async function rehearsed(task: string, args: object): Promise<JsonReport> {
    const senders = await Promise.all(["ada", "bea"].map((name) => world().identity(name)));
    const state = () => Promise.all(senders.map(({ account }) => world().rpc.getTransactionCount(account.address)));
    const before = await state();
    const dry = await world().json(task, { ...args, yes: true, dryRun: true });
    expect([dry.exitCode, dry.value.dryRun, dry.value.transactions], JSON.stringify(dry.value)).to.deep.equal([
      0,
      true,
      undefined,
    ]);
    expect(Number(dry.value.estimate.gas)).to.be.greaterThan(21_000);
    expect(await state(), task).to.deep.equal(before);
    const report = await world().json(task, { ...args, yes: true });
    expect(report.value.transactions, JSON.stringify(report.value)).to.have.length(dry.value.estimate.transactions);
    expect(await state(), task).not.to.deep.equal(before);
    return report;
  }

  it("create, show, check, renew and claim a policy on a condition", async () => {
    const when = "holds(NKMS, reader, 1)";
    const preview = await share({ dryRun: true, when, nodes: "ada" });
    expect([preview.exitCode, preview.value.dryRun, preview.value.policyId]).to.deep.equal([0, true, undefined]);
    const { exitCode, value } = await share({ when, nodes: "ada" });
    expect(exitCode, JSON.stringify(value)).to.equal(0);
    expect(value).to.include({ path: PATH, threshold: 1, fee: "0.0864" });
    expect(value.nodes).to.deep.equal([node.address.toLowerCase()]);
    const id = value.policyId as string;
    const { account } = await world().identity("bea");
    const shown = (await world().json("policy:show", { id })).value;
    expect(shown.when).to.equal(`holds(NKMS, ${account.address.toLowerCase()}, 1)`);

    const check = async (args: object) => (await world().json("condition:check", { ...args })).value;
    expect(await check({ id })).to.include({ allowed: true, condition: shown.when });
    const bea = await world().connect("bea");
    const { address: ada } = (await world().identity("ada")).account;
    await bea.nkmsToken.transfer(ada, await bea.nkmsToken.balanceOf(account.address)).send();
    expect(await check({ id })).to.include({ allowed: false });
    expect(await check({ when: "not(holds(NKMS, reader, 1))", reader: "bea" })).to.include({ allowed: true });
    const failing = await check({ when: `not(asks(${ada}, 0x))`, reader: "bea" });
    expect([failing.allowed, failing.error.code]).to.deep.equal([false, "E_CONDITION_REVERTED"]);

    const renewed = await world().json("policy:renew", { id, time: "86400", from: "ada", yes: true });
    expect(renewed.value).to.include({ end: value.end + 86_400, fee: "0.0864" });
    const beyond = await world().json("policy:renew", { id, time: "1", from: "ada", yes: true });
    expect([beyond.exitCode, beyond.value.error.code]).to.deep.equal([3, "E_END_ABOVE_MAXIMUM"]);

    await later(86_400);
    const claimed = await rehearsed("policy:claim", { id, from: "ada" });
    expect(claimed.value).to.include({ final: false, node: node.address });
    expect(Number(claimed.value.expected)).to.be.within(0.0863, 0.0866);
    await later(86_400 + 180);
    const final = await world().json("policy:claim", { id, of: "ada", from: "bea", yes: true });
    expect([final.exitCode, final.value.final]).to.deep.equal([0, true]);
    expect(Number(final.value.expected) + Number(claimed.value.expected)).to.be.closeTo(0.1728, 0.0003);
  });

  it("renew what a sponsor pays, sent by the owner or by the sponsor, with the other's consent", async () => {
    const { account } = await world().identity("bea");
    const created = (await share({ payer: "bea", maxTime: "345600" })).value;
    expect(created, JSON.stringify(created)).to.include({ ok: true, fee: "0.0864" });
    const id = created.policyId as string;
    const titles = ({ value }: JsonReport) => value.transactions?.map(({ title }: { title: string }) => title);
    const run = (task: string, from: string, more = {}) =>
      world().json(task, { id, time: "86400", from, yes: true, ...more });
    const [bySponsor, byOwner] = [join(folder, "sponsor.json"), join(folder, "owner.json")];

    const alone = await run("policy:renew", "ada");
    expect([alone.exitCode, alone.value.error.code]).to.deep.equal([3, "E_NOT_CONSENTED"]);
    const meant = (await run("policy:consent", "bea", { dryRun: true })).value;
    expect(meant)
      .to.include({ dryRun: true, maximum: "0.0864", end: created.end + 86_400 })
      .and.not.have.property("consent");
    expect(titles(await run("policy:consent", "bea", { out: bySponsor }))).to.deep.equal(["approve"]);
    const preview = await run("policy:renew", "ada", { consent: bySponsor, dryRun: true });
    expect(preview.value).to.include({ dryRun: true, fee: "0.0864", payer: account.address.toLowerCase() });
    const renewed = await run("policy:renew", "ada", { consent: bySponsor });
    expect(titles(renewed)).to.deep.equal(["renew"]);
    expect(renewed.value).to.include({ end: created.end + 86_400 });

    expect((await run("policy:consent", "ada", { out: byOwner })).value).to.deep.include({
      maximum: "0",
      transactions: [],
    });
    expect(titles(await run("policy:renew", "bea", { consent: byOwner }))).to.deep.equal(["approve", "renew"]);
    for (const [task, from, more, exitCode, code] of [
      ["policy:renew", "ada", { consent: bySponsor }, 3, "E_CONSENT_MISMATCH"],
      ["policy:renew", "ada", { consent: join(folder, "absent") }, 2, "E_USAGE"],
      ["policy:renew", "ada", { consent: join(world().home, "keys", "ada.json") }, 2, "E_BAD_CONSENT"],
      ["policy:consent", "bea", { out: bySponsor }, 2, "E_USAGE"],
    ] as const) {
      const refused = await run(task, from, more);
      expect([refused.exitCode, refused.value.error.code]).to.deep.equal([exitCode, code]);
    }
  });

  it("revoke by the owner's consent, claim several policies at once, and return bounties", async () => {
    const run = (task: string, from: string, more = {}) => world().json(task, { from, yes: true, ...more });
    const titles = ({ value }: JsonReport) => value.transactions?.map(({ title }: { title: string }) => title);
    const [one, two] = [(await share({ bounty: "10" })).value, (await share({ bounty: "10" })).value];
    expect([one.bounties, two.bounties], JSON.stringify(one)).to.deep.equal(["10", "10"]);
    const [id, both, out] = [one.policyId, `${one.policyId},${two.policyId}`, join(folder, "end.json")];

    const stranger = await run("policy:consent", "bea", { id, revoke: true });
    expect([stranger.exitCode, stranger.value.error.code]).to.deep.equal([3, "E_NOT_OWNER"]);
    expect((await run("policy:consent", "ada", { id, revoke: true, out })).value.transactions).to.deep.equal([]);
    const withNode = await run("policy:revoke", "bea", { id, consent: out, node: "ada" });
    expect([withNode.exitCode, withNode.value.error.code]).to.deep.equal([2, "E_USAGE"]);
    const other = await run("policy:revoke", "bea", { id: two.policyId, consent: out });
    expect([other.exitCode, other.value.error.code]).to.deep.equal([3, "E_CONSENT_MISMATCH"]);
    await later(3_600);
    expect(titles(await run("policy:claim", "ada", { id: both }))).to.deep.equal(["claim"]);
    expect(titles(await rehearsed("policy:revoke", { id, consent: out, from: "bea" }))).to.deep.equal(["revoke"]);
    expect((await world().json("policy:show", { id })).value.phase).to.equal("closed");

    const early = await run("policy:claim", "bea", { id: both, bounty: true });
    expect([early.exitCode, early.value.error.code]).to.deep.equal([3, "E_TOO_EARLY"]);
    await later(86_400 + 180);
    const claimed = await rehearsed("policy:claim", { id: both, from: "ada" });
    expect([claimed.value.final, titles(claimed)]).to.deep.equal([true, ["claim", "claim"]]);
    const returned = await rehearsed("policy:claim", { id: both, bounty: true, from: "bea" });
    expect([returned.value.expected, titles(returned)]).to.deep.equal(["20", ["return", "return"]]);
  });

  it("settle several policies of a node one by one where its payer claims, and tell who is nobody there", async () => {
    const payer = { payer: "bea", maxTime: "86400" };
    const ids = [(await share(payer)).value.policyId, (await share(payer)).value.policyId];
    const id = ids.join();
    await later(3_600);
    const notNode = await world().json("policy:claim", { id, from: "bea", yes: true });
    expect([notNode.exitCode, notNode.value.error.code]).to.deep.equal([2, "E_NOT_IN_POLICY"]);
    expect(notNode.value.error.fix).to.include("policy:claim --of");
    const settled = await rehearsed("policy:claim", { id, of: "ada", from: "bea" });
    expect(settled.value.transactions).to.have.length(2);
    expect(Number(settled.value.expected)).to.be.closeTo(0.0072, 0.0001);
    const again = await world().json("policy:claim", { id, from: "ada", yes: true });
    expect(Number(again.value.expected)).to.be.lessThan(0.0001);
  });

  it("let a node's worker claim several policies at once, each once", async () => {
    const ids = [(await share()).value.policyId, (await share()).value.policyId] as string[];
    const [ada, { account: worker }] = [await world().connect("ada"), await world().identity("bea")];
    const bond = {
      staker: node.address,
      worker: worker.address,
      nonce: await ada.nodeRegistry.bondNonce(node.address),
    };
    const domain = nodeRegistryDomain(BigInt(ada.chainId), ada.deployment.NodeRegistry);
    const consent = signTypedData(fromHex(worker.privateKey), domain, BOND, bond);
    await ada.nodeRegistry.bondWorker(worker.address, consent).send();
    await later(3_600);
    const id = [...ids, ids[0].toUpperCase().replace("0X", "0x")].join();
    const claimed = await rehearsed("policy:claim", { id, of: "ada", from: "bea" });
    expect(claimed.value.policyIds).to.deep.equal(ids);
    expect(claimed.value.transactions).to.have.length(1);
    expect(Number(claimed.value.expected)).to.be.closeTo(0.0072, 0.0001);
  });

  it("show before it is sent what a policy costs, on what condition, and for how long", async () => {
    const preview = async (more: object) => {
      const own = { from: "ada", reader: "bea", path: PATH, time: "3600", m: "1", n: "1", dryRun: true };
      return (await world().run("policy:create", { ...own, ...more })).stdout;
    };
    const when = "holds(NKMS, reader, 1)";
    const text = await preview({ when, maxTime: "7200", payer: "readers", maxReadPrice: "0.002", bounty: "10" });
    for (const part of [when, "up to 7200 s", "at most 0.002 NKMS to each node", "10 NKMS until"]) {
      expect(text).to.include(part);
    }
    expect(await preview({ payer: "readers" }))
      .to.include("at most 0.01 NKMS to each node")
      .and.match(/condition +none/)
      .and.match(/renewable +no/);
  });

  it("open a channel, pay reads from it, redeem them once, and close it", async () => {
    const paid = await share({ payer: "readers" });
    expect(paid.value.fee, JSON.stringify(paid.value)).to.equal("0");
    const open = (amount: string, more = {}) =>
      world().json("voucher:open", { node: "ada", amount, from: "bea", yes: true, ...more });
    expect((await open("1", { dryRun: true })).value).to.include({ dryRun: true, deposit: "1" });
    expect((await open("1")).value.transactions.map(({ title }: { title: string }) => title)).to.deep.equal([
      "approve",
      "open",
    ]);
    expect((await open("0.5")).value).to.include({ deposit: "1.5" });

    const bea = bobVerbs(await person("bea"));
    await aliceVerbs(await person("ada")).write(PATH, "hello");
    for (let read = 0; read < 3; read++) {
      expect(await bea.read(PATH, { format: "text", maxPrice: PRICE })).to.equal("hello");
    }
    const data = node.directory;
    const redeem = (from: string) => world().json("voucher:redeem", { from, data, yes: true });
    const others = await redeem("bea");
    expect([others.exitCode, others.value.error.code]).to.deep.equal([2, "E_USAGE"]);
    expect(others.value.error.fix).to.include(`--of ${node.address.toLowerCase()}`);
    const byDefault = join(world().home, "nodes", "31337", node.address.toLowerCase());
    await cp(vouchersFolder(data), vouchersFolder(byDefault), { recursive: true });
    const dry = await world().json("voucher:redeem", { from: "bea", of: "ada", data, dryRun: true });
    expect(dry.value).to.include({ channels: 1, amount: "0.003", node: node.address });
    const { value } = await rehearsed("voucher:redeem", { from: "bea", of: "ada" });
    expect(value).to.include({ channels: 1, amount: "0.003", node: node.address });
    expect((await redeem("ada")).value).to.deep.include({ channels: 0, transactions: [] });
    expect((await bea.channel(node.address))!.redeemed).to.equal(3n * PRICE);

    const closing = { node: "ada", from: "bea" };
    const close = () => world().json("voucher:close", { ...closing, yes: true });
    expect((await rehearsed("voucher:close", closing)).value).to.include({ final: false, rest: "1.497" });
    const early = await close();
    expect([early.exitCode, early.value.error.code]).to.deep.equal([3, "E_CLOSE_NOT_DUE"]);
    await later(86_400);
    expect((await rehearsed("voucher:close", closing)).value).to.include({ final: true, rest: "1.497" });
    const gone = await close();
    expect([gone.exitCode, gone.value.error.code]).to.deep.equal([3, "E_UNKNOWN_CHANNEL"]);
  });

  it("change what a node asks, and leave the rest as it is", async () => {
    const { value } = await rehearsed("node:fee", { fee: "0.1728", from: "ada" });
    expect(value.former.feePerDay).to.equal("0.0864");
    expect(value.terms).to.deep.equal({
      ...value.former,
      feePerDay: "0.1728",
      feeRateWei: (2n * 10n ** 12n).toString(),
    });
    const { terms } = (await world().json("node:status", { of: "ada" })).value;
    expect(terms.feePerDay).to.equal("0.1728");
    const stranger = await world().json("node:fee", { fee: "1", from: "bea", yes: true });
    expect([stranger.exitCode, stranger.value.error.code]).to.deep.equal([3, "E_NOT_REGISTERED"]);
  });

  it("refuse what they cannot use, and say where", async () => {
    const [file, circle] = ["file", "circle"].map((name) => join(folder, name));
    await writeFile(vouchersFolder(file), "");
    await symlink(vouchersFolder(circle), vouchersFolder(circle));
    const cases: [string, object, number, string][] = [
      ["policy:create", { when: "soon()" }, 2, "E_BAD_CONDITION"],
      ["policy:create", { payer: "nobody" }, 5, "E_KEY_MISSING"],
      ["policy:create", { m: "3", n: "2", dryRun: true }, 2, "E_BAD_OPTION"],
      ["policy:create", { n: "33", dryRun: true }, 2, "E_BAD_OPTION"],
      ["policy:create", { nodes: "ada, ada", dryRun: true }, 2, "E_BAD_OPTION"],
      ["policy:create", { notBefore: "1", dryRun: true }, 2, "E_BAD_OPTION"],
      ["policy:create", { path: "plan.txt" }, 2, "E_BAD_PATH"],
      ["policy:create", { reader: "0x" + "77".repeat(20), dryRun: true }, 3, "E_UNKNOWN_RECIPIENT"],
      ["policy:create", { n: "2", m: "2" }, 4, "E_TOO_FEW_NODES"],
      ["condition:check", { when: "logged(1)", id: "0x" + "77".repeat(32) }, 2, "E_USAGE"],
      ["condition:check", { id: "0x" + "77".repeat(32) }, 3, "E_UNKNOWN_POLICY"],
      ["voucher:redeem", { data: "/nowhere" }, 2, "E_USAGE"],
      ["voucher:redeem", { data: file }, 2, "E_USAGE"],
      ["voucher:redeem", { data: circle }, 1, "E_UNEXPECTED"],
      ["voucher:redeem", { from: "bea" }, 2, "E_USAGE"],
      ["voucher:redeem", { data: vouchersFolder(node.directory) }, 2, "E_USAGE"],
      ["voucher:redeem", { data: node.directory }, 0, "ok"],
      ["voucher:redeem", { data: `${node.directory}/` }, 0, "ok"],
      ["voucher:redeem", { of: "ada", data: node.directory, from: "bea" }, 0, "ok"],
      ["voucher:open", { node: "bea", amount: "1" }, 3, "E_NOT_REGISTERED"],
      ["policy:renew", { id: "0x" + "77".repeat(32), time: "1" }, 3, "E_UNKNOWN_POLICY"],
    ];
    for (const [task, args, exitCode, code] of cases) {
      const own = { from: "ada", reader: "bea", path: PATH, time: "3600", m: "1", n: "1", yes: true };
      const report = await world().json(
        task,
        task === "policy:create" ? { ...own, ...args } : { from: "ada", yes: true, ...args },
      );
      expect([report.exitCode, report.value.error?.code ?? "ok"], JSON.stringify(args)).to.deep.equal([exitCode, code]);
    }
  });
});
