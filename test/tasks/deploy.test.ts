import { expect } from "chai";
import { AbiCoder, getAddress, getCreateAddress, Interface, isError, ZeroAddress } from "ethers";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CONTRACT_NAMES } from "../../src/chain/contracts";
import { PolicyManager__factory } from "../../typechain-types/factories/contracts/policy/PolicyManager__factory";
import { StakingEscrow__factory } from "../../typechain-types/factories/contracts/staking/StakingEscrow__factory";
import { type JsonReport, useTaskWorld } from "../support/taskWorld";

describe("task deploy", () => {
  const world = useTaskWorld();
  let out: string;
  let deployer: string;
  let written: string;
  const file = () => join(world().home, "deployments", "31337.json");
  /** Runs a task whose connection breaks after so many transactions. */
  async function cutAfter(most: number): Promise<JsonReport> {
    const { rpc } = world();
    const send = rpc.send.bind(rpc);
    let sent = 0;
    rpc.send = (method, params) => {
      if (method === "eth_sendTransaction" && ++sent > most) return Promise.reject(new Error("the cable is cut"));
      return send(method, params);
    };
    const report = await world().json("deploy", { out });
    rpc.send = send;
    return report;
  }
  const nonce = async () => Number(await world().rpc.send("eth_getTransactionCount", [deployer, "latest"]));

  /** What a contract of the world's deployment was constructed with, by name, from the transaction that created it. */
  async function argumentsOf({ bytecode, abi }: { bytecode: string; abi: readonly object[] }, contract: string) {
    const { rpc } = world();
    for (let number = 1; ; number++) {
      const block = await rpc.getBlock(number, true);
      if (!block) throw new Error(`nobody created ${contract}`);
      const made = block.prefetchedTransactions.find(
        ({ to, from, nonce }) => !to && getCreateAddress({ from, nonce }) === contract,
      );
      if (!made) continue;
      const { inputs } = new Interface(abi).deploy;
      return AbiCoder.defaultAbiCoder()
        .decode(inputs, `0x${made.data.slice(bytecode.length)}`)
        .toObject();
    }
  }

  /** Name and argument of the custom error of a call that is refused. */
  async function refusedWith(call: Promise<unknown>): Promise<unknown[]> {
    const revert = await call.then(
      () => undefined,
      (error: unknown) => (isError(error, "CALL_EXCEPTION") ? error.revert : undefined),
    );
    return [revert?.name, ...(revert?.args ?? [])];
  }

  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "nkms-deploy-"));
    [deployer] = (await world().rpc.send("eth_accounts", [])) as string[];
    deployer = getAddress(deployer);
    written = await readFile(file(), "utf8");
  });

  afterEach(async () => {
    await rm(out, { recursive: true });
    await writeFile(file(), written);
  });

  it("puts the contracts where their nonces say, wires them, writes the addresses down, and does it once", async () => {
    const first = await nonce();
    const { exitCode, value } = await world().json("deploy", { out });
    expect(exitCode).to.equal(0);
    const expected = Object.fromEntries(
      CONTRACT_NAMES.map((name, index) => [name, getCreateAddress({ from: deployer, nonce: first + index })]),
    );
    expect(value.deployment).to.include({ chainId: 31337, ...expected });
    expect(value.files).to.deep.equal([file(), join(out, "addresses", "31337.json")]);
    for (const path of value.files) expect(JSON.parse(await readFile(path, "utf8"))).to.deep.equal(value.deployment);
    expect((await world().json("deploy", { out })).value.deployment).to.deep.equal(value.deployment);
    expect(await nonce()).to.equal(first + CONTRACT_NAMES.length);
  });

  it("I-X4 no_admin: lets nobody slash, forfeit, convict or pay checkers: no slasher is named, and nobody has the key of address zero", async () => {
    const { stakingEscrow, deployment } = await world().connect("ada");
    const escrow = StakingEscrow__factory.connect(deployment.StakingEscrow, world().rpc);
    const escrowArguments = await argumentsOf(StakingEscrow__factory, deployment.StakingEscrow);
    expect(escrowArguments).to.deep.include({ healthCheck: ZeroAddress, slashers: [] });
    const policyArguments = await argumentsOf(PolicyManager__factory, deployment.PolicyManager);
    expect(policyArguments).to.include({ leakChallenge: ZeroAddress, reencryptionChallenge: ZeroAddress });

    const { address: ada } = (await world().identity("ada")).account;
    const contracts = [...CONTRACT_NAMES.map((name) => deployment[name]), await stakingEscrow.stakerConsents()];
    const hooks: [string, (from: string) => Promise<unknown>][] = [
      ["slash", (from) => escrow.slash.staticCall(ada, 1n, ada, 0n, { from })],
      ["forfeit", (from) => escrow.forfeit.staticCall(ada, 1n, { from })],
      ["convict", (from) => escrow.convict.staticCall(ada, { from })],
      ["payCheck", (from) => escrow.payCheck.staticCall(ada, 0n, { from })],
    ];
    for (const [hook, call] of hooks)
      for (const from of [deployer, ada, ...contracts])
        expect(await refusedWith(call(from)), `${hook} from ${from}`).to.deep.equal(["NotAllowed", from]);
    expect(await refusedWith(escrow.slash.staticCall(ada, 1n, ada, 0n, { from: ZeroAddress }))).to.deep.equal([
      "NotAllowed",
      ZeroAddress,
    ]);
  });

  it("goes on with the same addresses after it was interrupted", async () => {
    const first = await nonce();
    const cut = await cutAfter(2);
    expect(cut.value.ok).to.equal(false);
    expect(await nonce()).to.equal(first + 2);

    const { exitCode, value } = await world().json("deploy", { out });
    expect(exitCode, JSON.stringify(value)).to.equal(0);
    expect(value.deployment.NKMSToken).to.equal(getCreateAddress({ from: deployer, nonce: first }));
    expect(await nonce()).to.equal(first + CONTRACT_NAMES.length);
  });

  it("refuses to go on when the deployer sent something else meanwhile, and begins anew with --fresh", async () => {
    const { rpc } = world();
    const first = await nonce();
    await cutAfter(0);
    await rpc.send("eth_sendTransaction", [{ from: deployer, to: deployer, value: "0x1" }]);

    const moved = await world().json("deploy", { out });
    expect([moved.exitCode, moved.value.error.code]).to.deep.equal([3, "E_NONCE_MOVED"]);
    expect(moved.value.error.data).to.deep.equal({ chainId: 31337, deployer, expected: first, got: first + 1 });
    const fresh = await world().json("deploy", { out, fresh: true });
    expect(fresh.value.deployment.NKMSToken).to.equal(getCreateAddress({ from: deployer, nonce: first + 1 }));
  });

  it("forgets a plan for a chain that is gone, though its id is the same", async () => {
    await cutAfter(2);
    const first = await nonce();
    const plan = join(out, "deployments", "chain-31337", "plan.json");
    const begun = JSON.parse(await readFile(plan, "utf8")) as object;
    await writeFile(plan, JSON.stringify({ ...begun, genesis: `0x${"00".repeat(32)}` }));
    const { value } = await world().json("deploy", { out });
    expect(value.deployment.NKMSToken).to.equal(getCreateAddress({ from: deployer, nonce: first }));
  });

  it("deploys from a key file, with the reference parameters by name, and only its holder can go on", async () => {
    const { value } = await world().json("deploy", { out, from: "ada", parameters: "reference" });
    const { address } = (await world().identity("ada")).account;
    expect(value.deployment.NKMSToken).to.equal(getCreateAddress({ from: address, nonce: 0 }));
    const chain = await world().connect("ada");
    expect((await chain.stakingEscrow.parameters()).periodLength).to.equal(86_400n);
    const other = await world().json("deploy", { out, from: "bea" });
    expect([other.exitCode, other.value.error.code]).to.deep.equal([3, "E_OTHER_DEPLOYER"]);
    expect(other.value.error.data.expected).to.equal(address);
  });

  it("refuses files that hold no parameters", async () => {
    const bad = join(out, "bad.json");
    const parameters = JSON.parse(await readFile(join(__dirname, "../../deploy/parameters/local.json"), "utf8"));
    delete parameters.token.maxSupply;
    parameters.staking.periodLength = "1,5";
    parameters.policy.extra = 1;
    await writeFile(bad, JSON.stringify(parameters));
    const refused = await world().json("deploy", { out, parameters: bad });
    expect([refused.exitCode, refused.value.error.code]).to.deep.equal([2, "E_BAD_PARAMETERS"]);
    expect(refused.value.error.data.faults).to.have.members([
      "token.maxSupply",
      "staking.periodLength",
      "policy.extra",
    ]);
    const absent = await world().json("deploy", { out, parameters: "/nowhere.json" });
    expect([absent.exitCode, absent.value.error.code]).to.deep.equal([2, "E_USAGE"]);
  });

  it("refuses another chain than the network's", async () => {
    const { exitCode, value } = await world().json("deploy", { out }, { chainId: 11155111 });
    expect([exitCode, value.error.code]).to.deep.equal([7, "E_WRONG_CHAIN"]);
  });
});
