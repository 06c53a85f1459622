/** One node against the real contracts: an owner grants and pays, a recipient is served, until the chain says otherwise. */
import { takeSnapshot, time, type SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers, network } from "hardhat";

import { fromHex, toHex } from "../../src/bytes";
import { connectChain } from "../../src/chain/connection";
import { ethereumView } from "../../src/node/ethereumView";
import { encodeAddressAndBytes } from "../../src/protocol/abi";
import type { GrantAnswer, GrantRequest, ReencryptAnswer, RequestMessage } from "../../src/protocol/messages";
import { policyId, type Terms } from "../../src/protocol/policy";
import { RECEIPT, trafficDomain } from "../../src/protocol/request";
import { recoverSigner } from "../../src/protocol/typedSignature";
import { NODE_TERMS, openRealChain, type RealChain } from "../support/node/realChain";
import { serveRpc } from "../support/rpcServer";
import { grantOf, KEYS, refusal, requestOf, SHARE_INDEX, World } from "../support/node/world";

describe("A node on chain", () => {
  let real: RealChain;
  let world: World;
  let snapshot: SnapshotRestorer;

  before(async () => {
    real = await openRealChain();
    snapshot = await takeSnapshot();
  });

  beforeEach(async () => {
    world = await World.open({ chain: ethereumView(real.chain, real.account) });
  });

  afterEach(async () => {
    await world.close();
    await snapshot.restore();
  });

  /** A grant of one share for an hour from now. */
  async function ownGrant(changes: Partial<Terms> = {}, parts: Partial<GrantRequest> = {}): Promise<GrantRequest> {
    const now = BigInt(await time.latest());
    const own = {
      owner: real.account,
      payer: real.account,
      threshold: 1,
      start: now,
      end: now + 3_600n,
      maxEnd: now + 7_200n,
      acceptBy: now + 300n,
      feeRate: NODE_TERMS.feeRate,
    };
    return grantOf(
      { ...own, ...changes },
      {
        policyManager: real.chain.deployment.PolicyManager,
        nodes: [real.account],
        commitments: [grantOf().commitments[SHARE_INDEX]],
        shareIndex: 0,
        ...parts,
      },
    );
  }

  /** Puts a policy on chain with the node's acceptance. */
  async function create(grant: GrantRequest, { acceptance }: GrantAnswer): Promise<void> {
    const policy = { terms: grant.terms, nodes: grant.nodes, commitments: grant.commitments };
    const creation = { ...policy, condition: grant.condition, note: new Uint8Array(), acceptances: [acceptance] };
    await real.chain.policyManager.create(creation).send();
  }

  async function share(changes: Partial<Terms> = {}, parts: Partial<GrantRequest> = {}): Promise<GrantRequest> {
    const grant = await ownGrant(changes, parts);
    await create(grant, await world.grant(grant));
    return grant;
  }

  async function read(grant: GrantRequest, changes: Partial<RequestMessage> = {}): Promise<ReencryptAnswer> {
    const requestTime = BigInt(await time.latest());
    return world.reencrypt(requestOf(grant, { shareIndex: 0n, requestTime, ...changes }));
  }

  /** The node's view of the same chain as other processes have it. */
  async function overSocket() {
    const rpc = await serveRpc(network.provider);
    const { deployment } = real.chain;
    const chain = await connectChain({ rpcUrl: rpc.url, deployment });
    const close = async () => {
      await world.restart();
      chain.close();
      await rpc.close();
    };
    return { chain: ethereumView(chain, real.account), rpc, close };
  }

  it("is ready, and says of itself what the registry says", async () => {
    expect((await world.get("/health/ready")).status).to.equal(200);
    const state = await ethereumView(real.chain, real.account).nodeState();
    expect(state.worker?.toLowerCase()).to.equal(KEYS.worker.address);
    expect(state).to.deep.include({
      encryptionKey: KEYS.encryption.publicKey,
      terms: NODE_TERMS,
      suspended: false,
      deposit: 45_000n * 10n ** 18n,
    });
  });

  it("serves once the contract took its acceptance, with receipts its worker of that second signed", async () => {
    const grant = await ownGrant();
    const answer = await world.grant(grant);
    expect((await refusal(read(grant))).code).to.equal("E_NOT_FUNDED");
    await create(grant, answer);
    const requestTime = BigInt(await time.latest());
    const { receipt, receiptSignature } = await read(grant, { requestTime });
    const domain = trafficDomain(grant.chainId, grant.policyManager);
    const worker = await real.chain.nodeRegistry.workerAt(real.account, requestTime);
    expect(recoverSigner(domain, RECEIPT, receipt, receiptSignature)).to.equal(worker?.toLowerCase());
  });

  it("refuses right after the revocation, deletes the fraction, and says why ever after", async () => {
    const grant = await share();
    await read(grant);
    await real.chain.policyManager.revoke(grant).send();
    const refused = await refusal(read(grant));
    expect([refused.status, refused.code]).to.deep.equal([410, "E_REVOKED"]);
    const { end } = await real.chain.policyManager.policyState(policyId(grant));
    expect(refused.data).to.deep.include({ policyId: toHex(policyId(grant)), shareIndex: 0, end: `${end}` });
    await world.look();
    expect(world.logged("fraction_deleted")[0]).to.include({ reason: "revoked", policyId: toHex(policyId(grant)) });
    await world.restart();
    expect((await refusal(read(grant))).code).to.equal("E_REVOKED");
    expect((await refusal(world.grant(grant))).code).to.equal("E_REVOKED");
  });

  it("serves up to the last second and deletes at the end; a renewal moves both", async () => {
    const grant = await share();
    await real.chain.policyManager.renew(grant, grant.terms.end + 600n).send();
    await world.look();
    await time.increaseTo(grant.terms.end + 599n);
    await read(grant);
    await world.look();
    await time.increaseTo(grant.terms.end + 600n);
    const refused = await refusal(read(grant));
    expect([refused.code, refused.data.end]).to.deep.equal(["E_EXPIRED", `${grant.terms.end + 600n}`]);
    await world.look();
    expect(world.logged("fraction_deleted")[0]).to.include({ reason: "expired" });
  });

  it("deletes what was never paid for", async () => {
    const grant = await ownGrant();
    await world.grant(grant);
    await time.increaseTo(grant.terms.acceptBy);
    await world.look();
    expect(world.logged("fraction_deleted")[0]).to.include({ reason: "unfunded" });
  });

  it("takes nothing that outlasts its locked stake", async () => {
    const lockedUntil = await real.chain.stakingEscrow.lockedUntil(real.account);
    await real.chain.stakingEscrow.startWindDown(0).send();
    const until = await real.chain.stakingEscrow.lockedUntil(real.account);
    expect(until > 0n && until <= lockedUntil + 600n).to.equal(true);
    await time.increaseTo(until - 1_000n);
    const refused = await refusal(world.grant(await ownGrant()));
    expect(refused.code).to.equal("E_LOCK_TOO_SHORT");
    expect(refused.data.lockedUntil).to.equal(`${until}`);
  });

  it("does nothing while another worker is bonded", async () => {
    const grant = await share();
    await real.chain.nodeRegistry.unbondWorker().send();
    await read(grant);
    await time.increase(60);
    const refused = await refusal(read(grant));
    expect([refused.status, refused.code]).to.deep.equal([503, "E_NOT_READY"]);
  });

  context("asks a condition", () => {
    const ANSWERS = { no: 0, yes: 1, reverts: 2, outOfGas: 3, two: 4 };

    async function conditional() {
      const contract = await ethers.deployContract("Condition__Mock");
      const requester = grantOf().terms.recipientSigner;
      const context = ethers.AbiCoder.defaultAbiCoder().encode(["bytes32", "address"], [ethers.ZeroHash, requester]);
      const condition = encodeAddressAndBytes(await contract.getAddress(), fromHex(context));
      return { contract, grant: await share({}, { condition }) };
    }

    it("and serves on a yes for the requester", async () => {
      const { contract, grant } = await conditional();
      await contract.setAnswer(ANSWERS.yes);
      await read(grant);
    });

    const REASONS = { no: "no", reverts: "reverted", outOfGas: "outOfGas", two: "notBoolean" };

    for (const answer of ["no", "reverts", "outOfGas", "two"] as const) {
      it(`and refuses if it answers ${answer}, over a socket as in process`, async () => {
        const { contract, grant } = await conditional();
        await contract.setAnswer(ANSWERS[answer]);
        const inProcess = await refusal(read(grant));
        const { chain, close } = await overSocket();
        await world.restart({ chain });
        for (const refused of [inProcess, await refusal(read(grant))]) {
          expect([refused.status, refused.code]).to.deep.equal([403, "E_CONDITION"]);
          expect(refused.data).to.include({ answered: answer === "no", reason: REASONS[answer] });
        }
        await close();
      });
    }

    it("and blames nobody, but asks to come again, if the server cannot be asked for it", async () => {
      const { contract, grant } = await conditional();
      await contract.setAnswer(ANSWERS.yes);
      const { chain, rpc, close } = await overSocket();
      await world.restart({ chain });
      const question = "isAllowed";
      for (const fault of [{ code: -32_005, message: "limit exceeded" }, "hangUp"] as const) {
        rpc.refuseCalls = { selector: contract.interface.getFunction(question).selector, fault };
        const refused = await refusal(read(grant));
        expect([refused.status, refused.code, refused.data]).to.deep.equal([
          503,
          "E_NOT_READY",
          { code: "E_RPC_FAILED" },
        ]);
        expect(refused.fix).to.equal("Ask another node, or try later.");
        rpc.refuseCalls = undefined;
        await read(grant);
      }
      await close();
    });

    it("and refuses if there is no contract, or no condition that can be read", async () => {
      const nobody = encodeAddressAndBytes("0x" + "77".repeat(20), new Uint8Array());
      for (const condition of [nobody, Uint8Array.of(1)]) {
        const refused = await refusal(read(await share({}, { condition })));
        expect([refused.code, refused.data.answered]).to.deep.equal(["E_CONDITION", false]);
      }
    });
  });
});
