import { expect } from "chai";
import { parseEther } from "ethers";

import { saveDeployment } from "../../src/chain/deployment";
import { pretendChain } from "../support/rpcProxy";
import { useTaskWorld } from "../support/taskWorld";

describe("tasks token and faucet", () => {
  const world = useTaskWorld();
  const balance = async (of: string) => (await world().json("token:balance", { of })).value;

  it("gives tokens and ether from the deployer's own", async () => {
    const before = await world().rpc.send("eth_accounts", []);
    const { value } = await world().json("faucet", { to: "bea", amount: "1.5", ether: "0.25", yes: true });
    expect(value).to.include({ ok: true, amount: "1.5", ether: "0.25" });
    expect(value.transactions.map(({ title }: { title: string }) => title)).to.deep.equal(["tokens", "ether"]);
    expect(await balance("bea")).to.include({ nkms: "100001.5", ether: "1.25" });
    expect((await balance(before[0])).nkms).to.equal("999799998.5");
  });

  it("gives from a funder's key file where one is named", async () => {
    await world().json("faucet", { from: "ada", to: "bea", amount: "10", ether: "0", yes: true });
    expect((await balance("ada")).nkms).to.equal("99990");
    expect((await balance("bea")).nkms).to.equal("100010");
  });

  it("transfers tokens, or all of them", async () => {
    const { value } = await world().json("token:transfer", { from: "ada", to: "bea", amount: "0.5", yes: true });
    expect(value).to.include({ ok: true, amount: "0.5" });
    await world().json("token:transfer", { from: "ada", to: "bea", amount: "max", yes: true });
    expect((await balance("ada")).nkms).to.equal("0");
    expect((await balance("bea")).nkms).to.equal("200000");
  });

  it("refuses to send nothing, and a price of gas that is none even when nothing would be sent", async () => {
    for (const [task, args] of [
      ["token:transfer", { from: "ada", to: "bea", amount: "0" }],
      ["faucet", { to: "bea", amount: "0wei" }],
    ] as const) {
      const { exitCode, value } = await world().json(task, { ...args, yes: true });
      expect([exitCode, value.error.code], task).to.deep.equal([2, "E_BAD_AMOUNT"]);
      expect(value.error.data).to.deep.equal({ got: args.amount });
    }
    const args = { from: "ada", to: "bea", amount: "1", maxFee: "abc", dryRun: true };
    const price = await world().json("token:transfer", args);
    expect([price.exitCode, price.value.error.code]).to.deep.equal([2, "E_USAGE"]);
    expect(price.value.error.message).to.equal('--max-fee is "abc".');
  });

  it("refuses to send more than there is, before sending", async () => {
    const { exitCode, value } = await world().json("token:transfer", {
      from: "ada",
      to: "bea",
      amount: "100001",
      yes: true,
    });
    expect(exitCode).to.equal(3);
    expect(value.error.code).to.equal("E_ERC20_INSUFFICIENT_BALANCE");
    expect(value.error.data).to.include({
      balance: parseEther("100000").toString(),
      needed: parseEther("100001").toString(),
    });
    expect((await balance("ada")).ether).to.equal("1");
  });

  it("says that ether for gas is missing", async () => {
    await world().rpc.send("hardhat_setBalance", [(await world().identity("ada")).account.address, "0x1"]);
    const { exitCode, value } = await world().json("token:transfer", {
      from: "ada",
      to: "bea",
      amount: "1",
      yes: true,
    });
    expect([exitCode, value.error.code]).to.deep.equal([4, "E_NO_ETHER"]);
    expect((await balance("ada")).ether).to.equal("0.000000000000000001");
  });

  it("tells a mistyped address and an unknown key apart", async () => {
    const address = "0x5FbDB2315678afecb367f032d93F642f64180aA3";
    const typo = await world().json("token:balance", { of: address });
    expect([typo.exitCode, typo.value.error.code]).to.deep.equal([2, "E_BAD_ADDRESS"]);
    const unknown = await world().json("token:balance", { of: "zoe" });
    expect([unknown.exitCode, unknown.value.error.code]).to.deep.equal([5, "E_KEY_MISSING"]);
    expect(unknown.value.error.data.known).to.include.members(["ada", "bea"]);
    const nobody = await world().json("token:balance");
    expect([nobody.exitCode, nobody.value.error.code]).to.deep.equal([2, "E_USAGE"]);
  });

  it("refuses a chain that is not the network's", async () => {
    const { exitCode, value } = await world().json("token:balance", { of: "ada" }, { chainId: 11155111 });
    expect([exitCode, value.error.code]).to.deep.equal([7, "E_WRONG_CHAIN"]);
    expect(value.error.data).to.deep.equal({ got: 31337, expected: 11155111 });
  });

  it("says that no chain answers", async () => {
    const args = { of: "ada" };
    const { exitCode, value } = await world().json("token:balance", args, { url: "http://127.0.0.1:1" });
    expect([exitCode, value.error.code]).to.deep.equal([4, "E_RPC_FAILED"]);
    expect(value.error.data).to.deep.equal({ rpcUrl: "http://127.0.0.1:1", reason: "ECONNREFUSED" });
  });

  it("gives nothing away on chains that are no test networks", async () => {
    const { deployment } = await world().connect("ada");
    await saveDeployment({ ...deployment, chainId: 1 });
    const proxy = await pretendChain(world().process.url, 1);
    const args = { from: "ada", to: "bea", yes: true };
    const { exitCode, value } = await world().json("faucet", args, { url: proxy.url, chainId: 1 });
    await proxy.close();
    expect([exitCode, value.error.code]).to.deep.equal([3, "E_NETWORK_NOT_ALLOWED"]);
    expect(value.error.data).to.deep.equal({ chainId: 1, allowed: [31337, 11155111] });
    expect((await balance("bea")).nkms).to.equal("100000");
  });
});
