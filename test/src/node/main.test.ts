import { expect } from "chai";
import hre from "hardhat";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import { connectChain } from "../../../src/chain/connection";
import { saveDeployment } from "../../../src/chain/deployment";
import { createKeyFile, identityFromPhrase } from "../../../src/chain/identity";
import { sealTo } from "../../../src/crypto/sealedBox";
import { exitCodeOf } from "../../../src/node/exitCodes";
import { runNode } from "../../../src/node/runNode";
import { decode, encode, type Codec } from "../../../src/protocol/codec";
import { nodeKeys } from "../../../src/protocol/keys";
import {
  grantAnswer,
  grantRequest,
  reencryptAnswer,
  reencryptRequest,
  type GrantAnswer,
  type GrantRequest,
  type ReencryptAnswer,
} from "../../../src/protocol/messages";
import type { Terms } from "../../../src/protocol/policy";
import { decodeProblem } from "../../../src/protocol/problem";
import { signerAddress, signTypedData } from "../../../src/protocol/typedSignature";
import { VOUCHER, voucherDomain, type Voucher } from "../../../src/protocol/voucher";
import { rejection } from "../../support/errors";
import { buildNode, NodeProcess } from "../../support/node/nodeProcess";
import { NODE_TERMS, openRealChain, type RealChain } from "../../support/node/realChain";
import { engine, fractions, grantOf, random, requestOf, SHARE_INDEX } from "../../support/node/world";

const PHRASE = "test test test test test test test test test test test junk";
const PASSWORD = "canary password";

interface JsonRpcServer {
  listen(): Promise<{ address: string; port: number }>;
  close(): Promise<void>;
}

describe("node process", () => {
  const keys = nodeKeys(identityFromPhrase(PHRASE).seed, engine);
  let real: RealChain;
  let rpc: JsonRpcServer;
  let rpcUrl: string;
  let home: string;
  let running: NodeProcess[] = [];

  before(async () => {
    buildNode();
    real = await openRealChain(keys);
    rpc = (await hre.run("node:create-server", {
      hostname: "127.0.0.1",
      port: 0,
      provider: hre.network.provider,
    })) as JsonRpcServer;
    rpcUrl = `http://127.0.0.1:${(await rpc.listen()).port}`;
    home = await mkdtemp(join(tmpdir(), "nkms-process-"));
    await createKeyFile({ name: "ada", home, password: PASSWORD, phrase: PHRASE, lightScrypt: true });
    await saveDeployment(real.chain.deployment, home);
    await writeFile(join(home, "password"), PASSWORD + "\n", { mode: 0o600 });
  });

  after(async () => {
    await rpc.close();
    await rm(home, { recursive: true });
  });

  afterEach(async () => {
    await Promise.all(running.map((node) => node.end("SIGKILL")));
    running = [];
  });

  /** Starts `main` on a configuration; fields of undefined are left out. */
  async function start(config: object = {}, environment: Record<string, string> = {}): Promise<NodeProcess> {
    const all = { identity: "ada", rpcUrl, port: 0, staker: real.account, logLevel: "debug", ...config };
    const file = join(home, `node-${running.length}.json`);
    await writeFile(file, JSON.stringify(all));
    const node = new NodeProcess(["--config", file], {
      NKMS_HOME: home,
      NKMS_PASSWORD_FILE: join(home, "password"),
      ...environment,
    });
    running.push(node);
    return node;
  }

  async function listening(node: NodeProcess): Promise<string> {
    const line = await node.firstLine();
    expect(line, node.stderr).to.include({ ok: true, staker: real.account });
    return line.url as string;
  }

  async function post<T>(url: string, path: string, body: string, answer: Codec<T>): Promise<T> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url + path, { method: "POST", body, headers });
    const text = await response.text();
    if (response.status !== 200) throw decodeProblem(text);
    return decode(answer, text);
  }

  async function ownGrant(changes: Partial<Terms> = {}): Promise<GrantRequest> {
    const now = BigInt(await real.chain.headTime());
    const own = { owner: real.account, payer: real.account, threshold: 1, feeRate: NODE_TERMS.feeRate };
    const times = { start: now, end: now + 3_600n, maxEnd: now + 3_600n, acceptBy: now + 300n };
    return grantOf(
      { ...own, ...times, ...changes },
      {
        policyManager: real.chain.deployment.PolicyManager.toLowerCase(),
        nodes: [real.account],
        commitments: [grantOf().commitments[SHARE_INDEX]],
        shareIndex: 0,
        sealedFraction: sealTo(engine, keys.encryption.publicKey, fractions[SHARE_INDEX].kfrag, random),
      },
    );
  }

  const give = (url: string, grant: GrantRequest): Promise<GrantAnswer> =>
    post(url, "/v1/grants", encode(grantRequest, grant), grantAnswer);

  async function read(url: string, grant: GrantRequest, voucher?: Voucher): Promise<ReencryptAnswer> {
    const requestTime = BigInt(await real.chain.headTime());
    const message = { ...requestOf(grant, { shareIndex: 0n, requestTime }), voucher };
    return post(url, "/v1/reencrypt", encode(reencryptRequest, message), reencryptAnswer);
  }

  it("killed right after it acknowledged, it has the fraction; killed after a deletion, it has none (I-L6)", async () => {
    const grant = await ownGrant();
    const first = await start();
    const { acceptance } = await give(await listening(first), grant);
    expect(await first.end("SIGKILL")).to.equal("SIGKILL");
    const policy = { terms: grant.terms, nodes: grant.nodes, commitments: grant.commitments };
    const creation = { ...policy, condition: new Uint8Array(), note: new Uint8Array(), acceptances: [acceptance] };
    await real.chain.policyManager.create(creation).send();

    const second = await start();
    expect((await read(await listening(second), grant)).cfrag).to.have.length(359);
    await real.chain.policyManager.revoke(policy).send();
    await second.logged("fraction_deleted");
    expect(await second.end("SIGKILL")).to.equal("SIGKILL");

    const third = await start();
    const url = await listening(third);
    const refused = await read(url, grant).catch((error: unknown) => error);
    expect(refused).to.have.property("code", "E_REVOKED");
    expect(await (await fetch(url + "/metrics")).text()).to.contain("nkms_policies_held 0\n");
  });

  it("lets no second process at its store (I-L9)", async () => {
    const first = await start();
    await listening(first);
    const second = await start();
    const { error } = (await second.firstLine()) as { error: object };
    expect(error).to.include({ code: "E_STORE_LOCKED" });
    expect(await second.ended).to.equal(4);
    expect((await fetch((await listening(first)) + "/health/ready")).status).to.equal(200);
  });

  it("serves paid reads, and brings what they pay to its staker by its own transactions, when enough is due", async () => {
    const { chain, account } = real;
    const { PaidReads } = chain.deployment;
    const [price, payer, voucherKey] = [10n ** 15n, (await hre.ethers.getSigners())[1], random(32)];
    const paying = await connectChain({ provider: chain.provider, deployment: chain.deployment, signer: payer });
    await hre.network.provider.send("hardhat_setBalance", [keys.worker.address, "0x" + (10n ** 18n).toString(16)]);
    await chain.nkmsToken.transfer(payer.address, 10n * price).send();
    await paying.nkmsToken.approve(PaidReads, 10n * price).send();
    await paying.paidReads.open(account, signerAddress(voucherKey), 10n * price).send();

    const node = await start({ readPrice: "0.001", redeeming: { everySeconds: 1, atLeast: "0.003" } });
    const url = await listening(node);
    const grant = await ownGrant({ feeRate: 0n });
    const { acceptance } = await give(url, grant);
    const policy = { terms: grant.terms, nodes: grant.nodes, commitments: grant.commitments };
    const creation = { ...policy, condition: new Uint8Array(), note: new Uint8Array(), acceptances: [acceptance] };
    await chain.policyManager.create(creation).send();

    const pay = async (amount: bigint) => {
      const message = { payer: payer.address.toLowerCase(), node: account, epoch: 0n, amount };
      const domain = voucherDomain(BigInt(chain.chainId), PaidReads);
      const voucher = { ...message, signature: signTypedData(voucherKey, domain, VOUCHER, message) };
      await read(url, grant, voucher);
    };
    const redemptions = async () => (await chain.paidReads.redemptions(account)).map(({ paid }) => paid);
    const before = await chain.nkmsToken.balanceOf(account);
    await pay(price);
    await pay(2n * price);
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // more than one look
    expect(await redemptions(), "below what it waits for").to.deep.equal([]);
    await pay(3n * price);
    await node.logged("vouchers_redeemed");
    expect(await redemptions()).to.deep.equal([3n * price]);
    await pay(6n * price);
    await node.logged("vouchers_redeemed", 2);
    expect(await redemptions()).to.deep.equal([3n * price, 3n * price]);
    expect(await chain.nkmsToken.balanceOf(account)).to.equal(before + 6n * price);
    expect(await chain.paidReads.channelOf(payer.address, account)).to.include({ redeemed: 6n * price });
    expect(await node.end("SIGTERM")).to.equal(0);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`stops gracefully on ${signal}, having printed one line and no secret`, async () => {
      const node = await start();
      const url = await listening(node);
      await give(url, await ownGrant());
      expect(await node.end(signal)).to.equal(0);
      expect(node.stdout.trimEnd().split("\n")).to.have.length(1);
      const lines = node.stderr
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { event: string });
      expect(lines.map(({ event }) => event)).to.include.members(["node_started", "grant_stored", "node_stopped"]);
      const stores = await readdir(join(home, "nodes"), { recursive: true, withFileTypes: true });
      const files = stores
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name)));
      const everything = Buffer.concat([...(await Promise.all(files)), Buffer.from(node.stdout + node.stderr)]);
      for (const secret of [
        keys.worker.secretKey,
        keys.encryption.secretKey,
        keys.storeKey,
        fractions[SHARE_INDEX].kfrag,
      ]) {
        expect(everything.includes(Buffer.from(secret))).to.equal(false);
        expect(everything.includes(toHex(secret).slice(2))).to.equal(false);
      }
      expect(everything.includes(PASSWORD)).to.equal(false);
    });
  }

  context("refuses to start", () => {
    const port = async (server: Server) => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return (server.address() as AddressInfo).port;
    };

    it("and says why by code and exit code", async () => {
      const taken = createServer();
      const closed = createServer();
      const [takenPort, closedPort] = [await port(taken), await port(closed)];
      await new Promise((resolve) => closed.close(resolve));
      const cases: [object, string, number][] = [
        [{ rpcUrl: `http://127.0.0.1:${closedPort}` }, "E_RPC_FAILED", 4],
        [{ staker: `0x${"aa".repeat(20)}` }, "E_NOT_REGISTERED", 3],
        [{ expectedChainId: 1 }, "E_WRONG_CHAIN", 7],
        [{ port: takenPort, directory: join(home, "other") }, "E_PORT_IN_USE", 4],
      ];
      for (const [change, code, exitCode] of cases) {
        const config = { identity: "ada", rpcUrl, port: 0, staker: real.account, home, ...change };
        const error = await rejection(runNode({ config, password: PASSWORD, writeLog: () => undefined }));
        expect([error.code, exitCodeOf(error)]).to.deep.equal([code, exitCode]);
      }
      await new Promise((resolve) => taken.close(resolve));
    });

    it("as a process too, which prints why and ends with that code", async () => {
      await writeFile(join(home, "wrong"), "another password\n", { mode: 0o600 });
      const cases: [object, Record<string, string>, string, number][] = [
        [{}, { NKMS_PASSWORD_FILE: join(home, "wrong") }, "E_WRONG_PASSWORD", 5],
        [{}, { NKMS_PASSWORD_FILE: "" }, "E_PASSWORD_NEEDED", 2],
        [{ surplus: 1 }, {}, "E_BAD_CONFIG", 2],
      ];
      for (const [config, environment, code, exitCode] of cases) {
        const node = await start(config, environment);
        const { ok, error } = (await node.firstLine()) as { ok: boolean; error: { code: string } };
        expect([ok, error.code, await node.ended]).to.deep.equal([false, code, exitCode]);
      }
    });

    it("without a configuration, or with arguments it does not know", async () => {
      const nodes = [[], ["--verbose"]].map((args) => new NodeProcess(args, {}));
      for (const node of nodes) {
        const { error } = (await node.firstLine()) as { error: object };
        expect(error).to.include({ code: "E_USAGE" });
        expect(await node.ended).to.equal(2);
      }
    });
  });
});
