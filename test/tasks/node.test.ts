import { expect } from "chai";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createKeyFile } from "../../src/chain/identity";
import { alice as aliceVerbs } from "../../src/client/alice";
import { bob as bobVerbs } from "../../src/client/bob";
import { contextOf } from "../../src/client/connect";
import { umbral } from "../../src/crypto/umbral";
import { formatAmount } from "../../src/protocol/amount";
import { nodeKeys } from "../../src/protocol/keys";
import { rejection } from "../support/errors";
import { PASSWORD, useTaskWorld } from "../support/taskWorld";

const URL = "http://127.0.0.1:9";

describe("tasks node and net", () => {
  const world = useTaskWorld();
  const register = (more = {}) => world().json("node:register", { from: "ada", url: URL, yes: true, ...more });
  const stake = (from: string, amount: string, lock = "30p") =>
    world().json("stake:create", { from, amount, lock, yes: true });

  async function person(name: string) {
    const settings = { storageRoot: join(world().home, "objects") };
    return contextOf(settings, await world().identity(name), await world().connect(name), umbral());
  }

  it("registers a node and bonds its worker from the next period on", async () => {
    const { exitCode, value } = await register({ fee: "8.64", maxDuration: "3600" });
    expect(exitCode, JSON.stringify(value)).to.equal(0);
    const titles = value.transactions.map(({ title }: { title: string }) => title);
    expect(titles).to.deep.equal(["register", "bond the worker"]);
    const { account, seed } = await world().identity("ada");
    const keys = nodeKeys(seed, umbral());
    const chain = await world().connect("ada");
    const node = await chain.nodeRegistry.nodeOf(account.address);
    expect(node).to.deep.equal({
      staker: account.address,
      url: URL,
      encryptionKey: keys.encryption.publicKey,
      checkKey: keys.check.publicKey.slice(1),
      terms: { feeRate: 10n ** 14n, capacity: 10_000n, minDuration: 0n, maxDuration: 3_600n },
      worker: undefined,
    });
    await world().passPeriods(1);
    expect((await chain.nodeRegistry.workerOf(account.address))?.toLowerCase()).to.equal(keys.worker.address);
  });

  it("changes only what differs the second time", async () => {
    await register();
    expect((await register()).value.transactions).to.deep.equal([]);
    const { value } = await register({ url: "https://ada.example:7151", fee: "2" });
    const titles = value.transactions.map(({ title }: { title: string }) => title);
    expect(titles).to.deep.equal(["change the URL", "change the terms"]);
    const { terms, url } = (await world().json("node:status", { of: "ada" })).value;
    expect(url).to.equal("https://ada.example:7151");
    expect(terms.feeRateWei).to.equal(((2n * 10n ** 18n) / 86_400n + 1n).toString());
  });

  it("refuses URLs and durations that the registry would not take", async () => {
    const plain = await register({ url: "http://ada.example" });
    expect([plain.exitCode, plain.value.error.code]).to.deep.equal([3, "E_URL_NOT_ALLOWED"]);
    expect(plain.value.error.data).to.deep.equal({ url: "http://ada.example" });
    const crossed = await register({ minDuration: "10", maxDuration: "9" });
    expect([crossed.exitCode, crossed.value.error.code]).to.deep.equal([3, "E_INVALID_DURATIONS"]);
    const password = process.env.NKMS_PASSWORD_FILE;
    const wrongFile = join(world().home, "wrong password");
    await writeFile(wrongFile, "wrong horse\n", { mode: 0o600 });
    process.env.NKMS_PASSWORD_FILE = wrongFile;
    const wrong = await register();
    process.env.NKMS_PASSWORD_FILE = password;
    expect([wrong.exitCode, wrong.value.error.code]).to.deep.equal([5, "E_WRONG_PASSWORD"]);
  });

  it("refuses a fee above all the tokens there can be", async () => {
    const { exitCode, value } = await register({ fee: "99999999999999999999" });
    expect([exitCode, value.error.code]).to.deep.equal([2, "E_USAGE"]);
    const most = formatAmount(await (await world().connect("ada")).nkmsToken.maxSupply());
    expect(value.error.message).to.equal(
      `A fee of 99999999999999999999 NKMS a day is more than the ${most} that can exist.`,
    );
  });

  it("refuses what is no URL before it asks for the password", async () => {
    for (const url of ["notaurl", "https://:99999", "https://h.example:999999", "https://"]) {
      const { exitCode, value } = await register({ url });
      expect([exitCode, value.error.code], url).to.deep.equal([2, "E_USAGE"]);
      expect(value.error.message).to.contain(`"${url}"`);
    }
  });

  it("runs no node that the registry does not know, and none at a port that does not exist", async () => {
    const unknown = await world().json("node:run", { from: "ada", port: "0" });
    expect([unknown.exitCode, unknown.value.error.code]).to.deep.equal([3, "E_NOT_REGISTERED"]);
    const { account } = await world().identity("ada");
    expect(unknown.value.error.data).to.deep.equal({ staker: account.address.toLowerCase() });
    expect(unknown.value.error.fix).to.contain("npx hardhat node:register");
    const port = await world().json("node:run", { from: "ada", port: "65536" });
    expect([port.exitCode, port.value.error.code]).to.deep.equal([2, "E_USAGE"]);
    expect(port.value.error.fix).to.equal("Give a whole number from 0 to 65535.");
  });

  it("serves for a staker whose key is elsewhere, by a worker's key of its own", async () => {
    const { address: staker } = (await world().identity("ada")).account;
    const [reader, owner] = await Promise.all(["ada", "bea"].map((name) => person(name)));
    await bobVerbs(reader).publishKeys();
    await createKeyFile({ name: "ada-node", password: PASSWORD, lightScrypt: true });
    const worker = nodeKeys((await world().identity("ada-node")).seed, umbral()).worker.address;
    const bond = (url: string) => register({ url, worker: "ada-node", fee: "0.0864" });
    expect((await bond(URL)).value.worker).to.equal(worker);
    await stake("ada", "15000", "5000p");
    const keys = join(world().home, "keys");
    await rename(join(keys, "ada.json"), join(keys, "away"));
    const data = join(world().home, "apart");
    const node = await world().run("node:run", { from: "ada-node", staker, data, port: "0", json: true });
    await rename(join(keys, "away"), join(keys, "ada.json"));
    const { url } = JSON.parse(node.stdout) as { url: string };
    await bond(url);
    await world().passPeriods(1);
    const { value } = await world().json("node:status", { of: "ada" });
    expect(value.service).to.include({ state: "answers", worker });

    await aliceVerbs(owner).write("file://apart", "hello");
    const { nodes } = await aliceVerbs(owner).share(reader.address, "file://apart", { time: 86_400, m: 1, n: 1 });
    expect(nodes).to.deep.equal([staker.toLowerCase()]);
    expect(await bobVerbs(reader).read("file://apart", "text")).to.equal("hello");
    process.emit("SIGTERM");
    await node.until;
    const down = await rejection(bobVerbs(reader).read("file://apart"));
    expect(down.data.nodes).to.have.nested.property("[0].code", "E_UNREACHABLE");
    await rm(join(keys, "ada-node.json"));
  });

  it("reports a node that is unregistered, inactive, and active but silent", async () => {
    const before = (await world().json("node:status", { of: "ada" })).value;
    expect(before).to.deep.include({ registered: false, state: "inactive", service: { state: "not registered" } });
    await register();
    await stake("ada", "15000");
    await world().passPeriods(1);
    const after = (await world().json("node:status", { of: "ada" })).value;
    expect(after).to.include({ registered: true, state: "active", stake: "15000", reserved: "0", url: URL });
    expect(after.service).to.include({ state: "does not answer", code: "E_UNREACHABLE" });
    expect(after.lockedUntil % 60).to.equal(0);
  });

  it("shows the network: supply, stake and nodes by stake", async () => {
    await register();
    await register({ from: "bea" });
    await stake("ada", "15000");
    await stake("bea", "45000");
    const { value: young } = await world().json("net:status");
    expect(young).to.include({ totalLocked: "0", activeNodes: 0, registeredNodes: 2, rewardRate: "0" });
    await world().passPeriods(1);
    const { value } = await world().json("net:status");
    expect(value).to.include({
      totalLocked: "60000",
      activeNodes: 2,
      totalSupply: "1000000000",
      maxSupply: "3890000000",
    });
    expect(Number(value.rewardRate)).to.be.closeTo(2_890_000_000 / 1053, 1e-6);
    expect(value.nextPeriodAt).to.equal((value.currentPeriod + 1) * 60);
    const { nodes } = (await world().json("net:nodes")).value;
    expect(nodes.map(({ name, stake: held, active }: Record<string, unknown>) => [name, held, active])).to.deep.equal([
      ["bea", "45000", true],
      ["ada", "15000", true],
    ]);
  });

  it("draws on the stake line as the contract does, the same for the same seed", async () => {
    await stake("ada", "15000");
    await stake("bea", "45000");
    await world().passPeriods(1);
    const draw = { count: "2", seed: "7" };
    const { value } = await world().json("net:sample", draw);
    expect((await world().json("net:sample", draw)).value.nodes).to.deep.equal(value.nodes);
    const drawn = value.draws.filter(({ outcome }: { outcome: string }) => outcome === "drawn");
    expect(drawn.map(({ node }: { node: string }) => node)).to.deep.equal(value.nodes);
    expect(new Set(value.nodes).size).to.equal(2);
    const shown = (await world().run("net:sample", draw)).stdout.split("\n");
    expect(shown[0]).to.match(/^ {2}\|ada─+\|bea─+\|$/);
    expect(shown[0].indexOf("|bea") - 2).to.equal(18); // a quarter of 72 columns
  });

  it("says that too few nodes are locked long enough, and that there are none", async () => {
    const empty = await world().json("net:sample", { count: "1" });
    expect([empty.exitCode, empty.value.error.code]).to.deep.equal([3, "E_STAKE_LINE_EMPTY"]);
    await stake("ada", "15000");
    await world().passPeriods(1);
    const few = await world().json("net:sample", { count: "2" });
    expect([few.exitCode, few.value.error.code]).to.deep.equal([3, "E_RANDOMS_EXHAUSTED"]);
    expect(few.value.error.data).to.deep.equal({ found: "1", wanted: "2" });
    const long = await world().json("net:sample", { count: "1", time: "1000000" });
    expect(long.value.error.data).to.deep.equal({ found: "0", wanted: "1" });
  });
});
