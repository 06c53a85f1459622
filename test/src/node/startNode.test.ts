import { expect } from "chai";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import { encode } from "../../../src/protocol/codec";
import { grantRequest, reencryptRequest } from "../../../src/protocol/messages";
import { startNode } from "../../../src/node/startNode";
import { VERSION } from "../../../src/node/version";
import packageJson from "../../../package.json";
import { rejection } from "../../support/errors";
import { engine, grantOf, KEYS, random, requestOf, secrets, STAKER, World } from "../../support/node/world";

describe("startNode", () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });

  afterEach(() => world.close());

  it("says where it listens, and logs who it is", () => {
    expect(world.node.url).to.equal(`http://127.0.0.1:${world.node.port}`);
    expect(world.logged("node_started")[0]).to.deep.include({
      level: "info",
      url: world.node.url,
      staker: STAKER,
      worker: KEYS.worker.address,
      engine: "umbral",
      held: 0,
    });
  });

  it("has the version of the package", () => {
    expect(VERSION).to.equal(packageJson.version);
  });

  it("refuses a port that is in use, and leaves the store free", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    await world.node.close();
    const refused = await rejection(startNode({ ...world.options(), port }));
    expect([refused.code, refused.data]).to.deep.equal(["E_PORT_IN_USE", { host: "127.0.0.1", port }]);
    other.close();
    await world.start();
  });

  it("refuses a store that another node has open, and one of another chain", async () => {
    const directory = join(world.directory, "store");
    const locked = await rejection(startNode(world.options()));
    expect([locked.code, locked.data]).to.deep.equal(["E_STORE_LOCKED", { directory }]);
    await world.node.close();
    const manager = "0x" + "ab".repeat(20);
    const chain = Object.assign(Object.create(world.chain) as typeof world.chain, { chainId: 1n });
    const other = await rejection(startNode({ ...world.options(), chain }));
    expect([other.code, other.data]).to.deep.equal([
      "E_WRONG_STORE",
      { directory, got: `31337/${manager}/${STAKER}`, expected: `1/${manager}/${STAKER}` },
    ]);
    const wrongKey = await rejection(startNode({ ...world.options(), keys: { ...KEYS, storeKey: random(32) } }));
    expect(wrongKey.code).to.equal("E_WRONG_KEY");
    await world.start();
  });

  it("answers what is under way before it stops, and stops once", async () => {
    const grant = await world.fund();
    const { policyState } = world.chain;
    let answer = () => {};
    const asked = new Promise<void>((resolve) => {
      world.chain.policyState = (...question) => {
        resolve();
        return new Promise((done) => (answer = () => done(policyState.apply(world.chain, question))));
      };
    });
    const underWay = world.reencrypt(requestOf(grant));
    await asked;
    const closing = Promise.all([world.node.close(), world.node.close()]);
    answer();
    expect((await underWay).cfrag).to.have.length(359);
    await closing;
    expect(world.logged("node_stopped")).to.have.length(1);
    world.chain.policyState = policyState;
    await world.start();
    await world.reencrypt(requestOf(grant));
  });

  it("waits for no connection that asks nothing, and for a request that never comes whole only as long as one may take", async () => {
    const { port } = world.node;
    const silent = createConnection(port, "127.0.0.1");
    const slow = createConnection(port, "127.0.0.1");
    const ended = [silent, slow].map((socket) => once(socket, "close"));
    for (const socket of [silent, slow]) socket.on("error", () => undefined);
    slow.write("POST /v1/offers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
    await world.get("/health/live");
    const bounded = world.clock.nextSchedule(10_000);
    const closing = world.node.close();
    await bounded;
    await ended[0];
    expect(slow.closed).to.equal(false);
    world.clock.advance(10_000);
    await closing;
    await ended[1];
    await world.start();
  });

  it("tells its health and its numbers", async () => {
    const grant = await world.fund();
    await world.look();
    await world.reencrypt(requestOf(grant));
    await world.reencrypt(requestOf(grant, {}, { signWith: random(32) })).catch(() => undefined);
    const health = await world.get("/health");
    expect(JSON.parse(health.text)).to.deep.equal({ ready: true, block: 1, headAgeSeconds: 0, held: 1 });
    expect((await world.get("/health/live")).text).to.equal('{"live":true}');
    expect((await world.get("/health/ready")).text).to.equal('{"ready":true}');
    const { headers, text } = await world.get("/metrics");
    expect(headers.get("content-type")).to.match(/^text\/plain; version=0\.0\.4/);
    for (const line of [
      'nkms_reencrypt_total{result="ok"} 1',
      'nkms_reencrypt_total{result="E_BAD_SIGNATURE"} 1',
      "nkms_reencrypt_seconds_count 1",
      'nkms_grants_total{result="ok"} 1',
      "nkms_policies_held 1",
      "nkms_policies_expired_total 0",
      "nkms_chain_head_age_seconds 0",
      "nkms_stake_tokens 45000",
      "nkms_rewards_claimable_tokens 0.5",
      `nkms_build_info{version="${VERSION}",engine="umbral",backend="${engine.backend}"} 1`,
    ]) {
      expect(text.split("\n")).to.include(line);
    }
  });

  it("shows no secret in logs, answers, refusals, metrics or files (I-L8)", async () => {
    const seen: string[] = [];
    const post = async (path: string, body: string) => seen.push((await world.post(path, body)).text);
    const grant = grantOf();
    await post("/v1/grants", encode(grantRequest, { ...grant, shareIndex: 2 }));
    await post("/v1/grants", encode(grantRequest, { ...grant, sealedFraction: grant.sealedFraction.subarray(1) }));
    await post("/v1/grants", encode(grantRequest, { ...grant, sealedFraction: secrets.kfrag }));
    await post("/v1/grants", encode(grantRequest, grant).replace('"terms"', `"${toHex(secrets.kfrag)}"`));
    await world.fund(grant);
    await post("/v1/reencrypt", encode(reencryptRequest, requestOf(grant)));
    await post("/v1/reencrypt", encode(reencryptRequest, requestOf(grant, { requestTime: 0n })));
    for (const path of ["/v1/info", "/health", "/metrics"]) seen.push((await world.get(path)).text);
    world.chain.mine(86_400n);
    await world.look();
    await world.node.close();
    const store = join(world.directory, "store");
    const files = await Promise.all((await readdir(store)).map((file) => readFile(join(store, file))));
    const everything = Buffer.concat([...files, Buffer.from([...seen, ...world.lines].join("\n"))]);
    for (const [name, secret] of Object.entries(secrets)) {
      const spellings = [Buffer.from(secret), toHex(secret).slice(2), Buffer.from(secret).toString("base64")];
      for (const spelling of spellings) expect(everything.includes(spelling), name).to.equal(false);
    }
    await world.start();
  });
});
