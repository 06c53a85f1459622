import { expect } from "chai";
import hre from "hardhat";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CONTRACT_NAMES } from "../../../src/chain/contracts";
import type { Deployment } from "../../../src/chain/deployment";
import { createKeyFile, identityFromPhrase } from "../../../src/chain/identity";
import { connect } from "../../../src/client/connect";
import type { ConnectOptions } from "../../../src/client/settings";
import { rejection } from "../../support/errors";
import { type RpcServer, serveRpc } from "../../support/rpcServer";

const PASSWORD = "correct horse battery";
const PHRASE = "test test test test test test test test test test test junk";
/** No contract is ever at these addresses. */
const NOWHERE = "0x00000000000000000000000000000000000000aa";

describe("connect", () => {
  let rpc: RpcServer;
  let home: string;
  let deployment: Deployment;
  const identity = identityFromPhrase(PHRASE);

  before(async () => {
    rpc = await serveRpc(hre.network.provider);
    home = await mkdtemp(join(tmpdir(), "nkms-connect-"));
    await createKeyFile({ name: "alice", password: PASSWORD, phrase: PHRASE, lightScrypt: true, home });
    await writeFile(join(home, "password"), `${PASSWORD}\n`, { mode: 0o600 });
    deployment = {
      chainId: 31337,
      deployedAtBlock: 0,
      ...Object.fromEntries(CONTRACT_NAMES.map((name) => [name, NOWHERE])),
    } as Deployment;
  });
  after(async () => {
    await rpc.close();
    await rm(home, { recursive: true });
  });

  const folder = process.cwd();
  const environment = { ...process.env };

  /** Nothing of the caller's environment and folder counts, nor of the tests before. */
  beforeEach(async () => {
    const empty = join(home, "empty folder");
    await rm(empty, { recursive: true, force: true });
    await mkdir(empty);
    process.chdir(empty);
    for (const name of Object.keys(process.env)) if (name.startsWith("NKMS_")) delete process.env[name];
  });
  afterEach(() => {
    process.chdir(folder);
    process.env = { ...environment };
  });

  const attempt = (options: ConnectOptions) =>
    rejection(connect({ network: { rpcUrl: rpc.url, chainId: 31337 }, home, identity, publish: false, ...options }));

  it("does not open a key file with a wrong password", async () => {
    const error = await attempt({ identity: "alice", password: "wrong horse battery" });
    expect(error.code).to.equal("E_WRONG_PASSWORD");
    expect(error.data).to.deep.equal({ name: "alice" });
    expect(JSON.stringify(error)).to.not.include("wrong horse");
  });

  it("knows no key file that is not there, and needs an identity and a password", async () => {
    const missing = await attempt({ identity: "carol", password: PASSWORD });
    expect(missing.code).to.equal("E_KEY_MISSING");
    expect(missing.data).to.include({ name: "carol" });
    expect((await attempt({ identity: undefined })).code).to.equal("E_IDENTITY_MISSING");
    const unprotected = await attempt({ identity: "alice" });
    expect(unprotected.code).to.equal("E_PASSWORD_MISSING");
    expect(unprotected.data).to.deep.equal({ name: "alice" });
    expect((await attempt({ identity: "alice", passwordFile: join(home, "none") })).code).to.equal("E_PASSWORD_FILE");
  });

  it("refuses another chain than the one that was meant", async () => {
    const error = await attempt({ network: { rpcUrl: rpc.url, chainId: 1 } });
    expect(error.code).to.equal("E_WRONG_CHAIN");
    expect(error.data).to.deep.equal({ got: 31337, expected: 1 });
  });

  it("refuses a deployment of another chain, one that is nowhere, and none at all", async () => {
    expect((await attempt({ deployment: { ...deployment, chainId: 5 } })).data).to.deep.equal({
      got: 5,
      expected: 31337,
    });
    const absent = await attempt({ deployment });
    expect(absent.code).to.equal("E_NOT_DEPLOYED");
    expect(absent.data.chainId).to.equal(31337);
    expect(absent.data.missing).to.include("PolicyManager");
    const unknown = await attempt({ home: join(home, "empty") });
    expect(unknown.code).to.be.oneOf(["E_NO_DEPLOYMENT", "E_NOT_DEPLOYED"]);
  });

  it("says when no chain answers, or the network has no name it knows", async () => {
    const silent = await serveRpc(hre.network.provider);
    await silent.close();
    expect((await attempt({ network: { rpcUrl: silent.url } })).code).to.equal("E_RPC_FAILED");
    const unknown = await attempt({ network: "moon" as "local" });
    expect(unknown.code).to.equal("E_UNKNOWN_NETWORK");
    expect(unknown.data).to.deep.equal({ network: "moon" });
  });

  it("refuses an option it does not have", async () => {
    const error = await attempt({ passwordfile: "x" } as ConnectOptions);
    expect(error.code).to.equal("E_BAD_OPTION");
    expect(error.data).to.deep.equal({ option: "passwordfile" });
    expect(error.fix).to.include("passwordFile");
  });

  context("Settings", () => {
    /** The identity and chain are right if the refusal is only that the contracts are not there. */
    const reachedWith = async (options: ConnectOptions) => (await rejection(connect({ deployment, ...options }))).code;

    it("come from the environment", async () => {
      process.env.NKMS_RPC_URL = rpc.url;
      process.env.NKMS_IDENTITY = "alice";
      process.env.NKMS_PASSWORD_FILE = join(home, "password");
      process.env.NKMS_HOME = join(home, "nobody");
      expect(await reachedWith({})).to.equal("E_KEY_MISSING");
      process.env.NKMS_HOME = home;
      expect(await reachedWith({})).to.equal("E_NOT_DEPLOYED");
    });

    it("come from nkms.config.json, under the environment, under the call", async () => {
      const settings = { network: { rpcUrl: rpc.url }, identity: "alice", home, passwordFile: join(home, "password") };
      await writeFile("nkms.config.json", JSON.stringify(settings));
      expect(await reachedWith({})).to.equal("E_NOT_DEPLOYED");
      process.env.NKMS_IDENTITY = "carol";
      expect(await reachedWith({})).to.equal("E_KEY_MISSING");
      expect(await reachedWith({ identity: "alice" })).to.equal("E_NOT_DEPLOYED");
    });

    it("refuse a file that is no configuration, or holds a password", async () => {
      for (const [text, unknown] of [
        ["not json", undefined],
        ["[]", undefined],
        ['{"password":"x"}', "password"],
      ] as const) {
        await writeFile("nkms.config.json", text);
        const error = await rejection(connect());
        expect(error.code).to.equal("E_BAD_CONFIG");
        expect(error.data).to.deep.equal({ file: "nkms.config.json", unknown });
      }
    });

    it("know sepolia only with a URL", async () => {
      const error = await rejection(connect({ network: "sepolia", identity }));
      expect(error.code).to.equal("E_UNKNOWN_NETWORK");
      expect(error.fix).to.include("NKMS_SEPOLIA_URL");
    });
  });
});
