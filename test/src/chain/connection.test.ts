import { expect } from "chai";
import hre from "hardhat";
import { inspect } from "node:util";

import { deploySystem } from "../../../deploy/deploySystem";
import { readParameters } from "../../../deploy/parameters";
import { hadNoEffect } from "../../../src/chain/call";
import { connectChain } from "../../../src/chain/connection";
import type { Deployment } from "../../../src/chain/deployment";
import { serveRpc, type RpcServer } from "../../support/rpcServer";
import { rejection } from "../../support/errors";

const NKMS = 10n ** 18n;

describe("connection", () => {
  let deployment: Deployment;
  let snapshot: unknown;

  before(async () => {
    snapshot = await hre.network.provider.send("evm_snapshot", []);
    const [deployer] = await hre.ethers.getSigners();
    const parameters = await readParameters(`${__dirname}/../../../deploy/parameters/local.json`);
    deployment = await deploySystem(hre, { deployer: deployer.address, parameters });
  });

  after(() => hre.network.provider.send("evm_revert", [snapshot]));

  const connect = async (signer?: number) => {
    const signers = await hre.ethers.getSigners();
    return connectChain({
      provider: hre.ethers.provider,
      deployment,
      signer: signer === undefined ? undefined : signers[signer],
    });
  };

  it("refuses the wrong chain and contracts that are not there", async () => {
    const { provider } = hre.ethers;
    const wrong = await rejection(connectChain({ provider, deployment, expectedChainId: 1 }));
    expect([wrong.code, wrong.data]).to.deep.equal(["E_WRONG_CHAIN", { got: 31337, expected: 1 }]);
    const nowhere = { ...deployment, KeyRegistry: "0x00000000000000000000000000000000000000aa" };
    const absent = await rejection(connectChain({ provider, deployment: nowhere }));
    expect(absent.code).to.equal("E_NOT_DEPLOYED");
    expect(absent.data).to.deep.equal({ chainId: 31337, missing: ["KeyRegistry"] });
    expect((await rejection(connectChain({}))).code).to.equal("E_RPC_URL_MISSING");
  });

  it("does not repeat the secrets in the URL of a server that is silent", async () => {
    const rpcUrl = "http://user:pass@127.0.0.1:1/v3/api-key?token=secret";
    const error = await rejection(connectChain({ rpcUrl }));
    expect(error.code).to.equal("E_RPC_FAILED");
    expect(error.data).to.deep.equal({ rpcUrl: "http://127.0.0.1:1", reason: "ECONNREFUSED", status: undefined });
    expect(error.why + inspect(error, { depth: 20, showHidden: true })).not.to.match(/api-key|token|user:pass/);
  });

  context("over HTTP", () => {
    let rpc: RpcServer;

    beforeEach(async () => {
      rpc = await serveRpc(hre.network.provider);
    });

    afterEach(() => rpc.close());

    it("sends the user and password of the URL, and says what the server answers without them", async () => {
      rpc.authorization = `Basic ${Buffer.from("user:p@ss").toString("base64")}`;
      const rpcUrl = rpc.url.replace("//", "//user:p%40ss@");
      const chain = await connectChain({ rpcUrl, deployment });
      expect(await chain.headTime()).to.be.greaterThan(0);
      chain.close();
      const error = await rejection(connectChain({ rpcUrl: rpc.url, deployment }));
      expect(error.data).to.deep.equal({ rpcUrl: rpc.url, reason: "SERVER_ERROR", status: 401 });
      expect(error.why).to.contain("HTTP status 401");
    });

    it("does not repeat the secrets in the URL of a server that refuses", async () => {
      const chain = await connectChain({ rpcUrl: `${rpc.url}/v3/api-key?token=secret`, deployment });
      rpc.authorization = "Bearer other";
      for (const call of [chain.headTime(), chain.etherOf(deployment.NKMSToken), chain.nkmsToken.totalSupply()]) {
        const error = await rejection(call);
        expect([error.code, error.data]).to.deep.equal(["E_RPC_FAILED", { reason: "SERVER_ERROR" }]);
        expect(inspect(error, { depth: 20, showHidden: true })).not.to.match(/api-key|token=/);
      }
      chain.close();
    });

    for (const rpcUrl of ["htp:/bad/api-key", "ftp://host/api-key", "http://[/api-key", "api-key"]) {
      it(`does not repeat ${rpcUrl.replace("api-key", "...")}, which is no URL of a server`, async () => {
        const error = await rejection(connectChain({ rpcUrl, deployment }));
        expect(error.code).to.equal("E_RPC_FAILED");
        expect(inspect(error, { depth: 20, showHidden: true })).not.to.contain("api-key");
      });
    }
  });

  it("checks a call and prices it without sending, and says where it was mined", async () => {
    const { nkmsToken } = await connect(0);
    const receiver = (await hre.ethers.getSigners())[5].address;
    const transfer = nkmsToken.transfer(receiver, 5n * NKMS);
    expect(await transfer.check()).to.equal(true);
    const { gas, gasPrice, cost } = await transfer.estimate();
    expect(cost).to.equal(gas * gasPrice);
    expect(await nkmsToken.balanceOf(receiver)).to.equal(0n);
    const { block, gasUsed } = await transfer.send();
    expect(block).to.equal(await hre.ethers.provider.getBlockNumber());
    expect(gasUsed < gas).to.equal(true);
    expect(await nkmsToken.balanceOf(receiver)).to.equal(5n * NKMS);
  });

  it("throws what the contract would before anything is sent", async () => {
    const chain = await connect(7);
    const [sender, receiver] = (await hre.ethers.getSigners()).slice(7).map((signer) => signer.address);
    const nonce = await hre.ethers.provider.getTransactionCount(sender);
    const error = await rejection(chain.nkmsToken.transfer(receiver, 1n).send());
    expect(error.code).to.equal("E_ERC20_INSUFFICIENT_BALANCE");
    expect(error.data).to.deep.equal({ sender, balance: 0n, needed: 1n });
    expect(hadNoEffect(error)).to.equal(true);
    expect(await hre.ethers.provider.getTransactionCount(sender)).to.equal(nonce);
  });

  it("says that a transaction was sent and not mined, and the fee limit holds", async () => {
    const { nkmsToken } = await connect(0);
    const receiver = (await hre.ethers.getSigners())[6].address;
    await hre.network.provider.send("evm_setAutomine", [false]);
    const error = await rejection(nkmsToken.transfer(receiver, 1n).send({ timeoutMs: 200, maxFeePerGas: 10n ** 11n }));
    await hre.network.provider.send("evm_setAutomine", [true]);
    await hre.network.provider.send("evm_mine", []);
    expect([error.code, hadNoEffect(error)]).to.deep.equal(["E_NOT_MINED", false]);
    const sent = await hre.ethers.provider.getTransaction(error.data.hash as string);
    expect(sent?.maxFeePerGas).to.equal(10n ** 11n);
    expect(await nkmsToken.balanceOf(receiver)).to.equal(1n);
  });

  it("tells the head of the chain and refuses blocks that are not there", async () => {
    const chain = await connect();
    const head = await chain.block();
    expect(await chain.block(head.number)).to.deep.equal(head);
    expect(await chain.headTime()).to.equal(Number(head.timestamp));
    const error = await rejection(chain.block(head.number + 1));
    expect([error.code, error.data]).to.deep.equal(["E_NO_BLOCK", { number: head.number + 1 }]);
    expect(() => chain.sendEther(deployment.NKMSToken, 1n)).to.throw("This connection only reads.");
  });
});
