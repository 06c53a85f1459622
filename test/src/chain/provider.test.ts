import { expect } from "chai";
import type { JsonRpcProvider } from "ethers";
import hre from "hardhat";

import { openProvider } from "../../../src/chain/provider";
import { type RpcServer, serveRpc } from "../../support/rpcServer";

describe("openProvider", () => {
  let rpc: RpcServer;
  let provider: JsonRpcProvider;
  let hangUps: number;
  let heard: string[];

  beforeEach(async () => {
    rpc = await serveRpc(hre.network.provider);
    provider = await openProvider(rpc.url);
    [hangUps, heard] = [0, []];
    rpc.onAnswer = (method) => {
      heard.push(method);
      if (hangUps-- > 0) throw new Error("hung up");
    };
  });

  afterEach(() => {
    provider.destroy();
    return rpc.close();
  });

  it("reads again, once, where the server hung up", async () => {
    hangUps = 1;
    const block = await hre.ethers.provider.getBlockNumber();
    expect(await provider.send("eth_blockNumber", [])).to.equal(`0x${block.toString(16)}`);
    expect(heard).to.deep.equal(["eth_blockNumber", "eth_blockNumber"]);
    hangUps = 2;
    const error = await provider.send("eth_blockNumber", []).catch((reason: { code: string }) => reason);
    expect(error).to.have.property("code", "ECONNRESET");
    expect(heard).to.have.length(4);
  });

  it("sends no transaction again, as the server may have it", async () => {
    const [from] = await provider.listAccounts();
    heard = [];
    hangUps = 1;
    const sent = { from: from.address, to: from.address, value: "0x0" };
    const error = await provider.send("eth_sendTransaction", [sent]).catch((reason: { code: string }) => reason);
    expect(error).to.have.property("code", "ECONNRESET");
    expect(heard).to.deep.equal(["eth_sendTransaction"]);
  });
});
