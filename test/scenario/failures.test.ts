import { expect } from "chai";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Client } from "../../src/client/client";
import type { NodeFailure } from "../../src/client/nodeOutcome";
import type { NkmsError } from "../../src/errors";
import { reencryptAnswer, reencryptRequest } from "../../src/protocol/messages";
import { receiptOf } from "../../src/protocol/receipt";
import { RECEIPT, trafficDomain } from "../../src/protocol/request";
import { recoverSigner } from "../../src/protocol/typedSignature";
import { rejection } from "../support/errors";
import { lyingEngine } from "../support/operator";
import { World } from "../support/world";

const DAY = 86_400;

describe("What goes wrong between Alice and Bob", () => {
  let world: World;
  let alice: Client;
  let bob: Client;

  before(async () => {
    world = await World.open();
    alice = await world.connect("alice");
    bob = await world.connect("bob");
  });
  after(async () => {
    await Promise.all([alice.close(), bob.close()]);
    await world.close();
  });

  const failuresOf = (error: NkmsError) => error.data.nodes as NodeFailure[];
  const codes = (error: NkmsError) => Object.fromEntries(failuresOf(error).map(({ node, code }) => [node, code]));

  /** An object of Alice's, shared with Bob. */
  async function shared(name: string, options: object = {}) {
    const path = await alice.write(`file://${name}`, "secret");
    return { path, grant: await alice.share(bob.address, path, { time: DAY, ...options }) };
  }

  context("Sharing", () => {
    it("finds too few nodes that are locked for so long", async () => {
      const lock = 10_000 * Number(world.parameters.staking.periodLength);
      const error = await rejection(alice.share(bob.address, "file://a", { time: lock + DAY }));
      expect(error.code).to.equal("E_TOO_FEW_NODES");
      expect(error.data).to.deep.equal({ needed: 3, got: 0, nodes: [] });
    });

    it("finds no keys of a stranger", async () => {
      const stranger = "0x" + "77".repeat(20);
      const error = await rejection(alice.share(stranger, "file://a", { time: DAY }));
      expect(error.code).to.equal("E_UNKNOWN_RECIPIENT");
      expect(error.data).to.deep.equal({ recipient: stranger, chainId: world.chain.chainId });
    });

    it("draws another node for one that is down", async () => {
      const [down, ...others] = world.operators;
      await down.stop();
      const { nodes } = await alice.share(bob.address, "file://four", { time: DAY, n: 4 });
      expect(nodes).to.have.members(others.map(({ address }) => address));
      const error = await rejection(alice.share(bob.address, "file://five", { time: DAY, n: 5 }));
      await down.start();
      expect(error.code).to.equal("E_TOO_FEW_NODES");
      expect(error.data).to.include({ needed: 5, got: 4 });
      expect(codes(error)).to.deep.equal({ [down.address]: "E_UNREACHABLE" });
    });

    it("begins anew when a node takes its fraction and dies before acknowledging", async () => {
      let victim: string | undefined;
      const losingOneAnswer: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        const url = input as string;
        if (!url.endsWith("/v1/grants") || (victim !== undefined && !url.startsWith(victim))) return response;
        expect(response.status).to.equal(200);
        victim = new URL(url).origin;
        throw new TypeError("fetch failed", { cause: { code: "UND_ERR_SOCKET" } });
      };
      const unlucky = await world.connect("alice", { fetch: losingOneAnswer });
      const path = await alice.write("file://unlucky", "secret");
      const { id, nodes } = await unlucky.share(bob.address, path, { time: DAY, n: 4 });
      const dead = world.operators.find(({ url }) => url === victim)!;
      expect(nodes).to.have.length(4).and.not.include(dead.address);
      expect(await bob.read(path, "text")).to.equal("secret");
      expect((await alice.readPolicies({ path })).map((policy) => policy.id)).to.deep.equal([id]);
      await unlucky.close();
    });

    it("needs the NKMS that the policy costs, before anything is sent", async () => {
      const carol = await world.connect("carol", { identity: await world.identity("carol", 5n) });
      const error = await rejection(carol.share(bob.address, "file://a", { time: DAY }));
      expect(error.code).to.equal("E_INSUFFICIENT_BALANCE");
      const { got, required, account } = error.data;
      expect([got, account]).to.deep.equal([5n, carol.address]);
      const { minFee } = world.parameters.policy;
      const least = (minFee + BigInt(DAY) - 1n) / BigInt(DAY);
      const feeRate = least > 10n ** 12n ? least : 10n ** 12n;
      expect(required).to.equal(3n * BigInt(DAY) * feeRate);
      expect(await carol.readPolicies()).to.deep.equal([]);
      await carol.close();
    });

    it("needs an allowance if approving is declined", async () => {
      const error = await rejection(alice.share(bob.address, "file://a", { time: DAY, approve: false }));
      expect(error.code).to.equal("E_INSUFFICIENT_ALLOWANCE");
      expect(error.data).to.include({ got: 0n, spender: world.chain.deployment.PolicyManager });
    });
  });

  context("Reading", () => {
    it("goes on without a node that was killed, and reports it", async () => {
      const { path, grant } = await shared("killed");
      const dead = world.operator(grant.nodes[0]);
      await dead.stop();
      expect(await bob.read(path, "text")).to.equal("secret");
      const alsoDead = world.operator(grant.nodes[1]);
      await alsoDead.stop();
      const error = await rejection(bob.read(path));
      await Promise.all([dead.start(), alsoDead.start()]);
      expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
      expect(error.data).to.include({ needed: 2, got: 1 });
      expect(codes(error)).to.deep.equal({
        [grant.nodes[0]]: "E_UNREACHABLE",
        [grant.nodes[1]]: "E_UNREACHABLE",
        [grant.nodes[2]]: "ok",
      });
      expect(await bob.read(path, "text"), "after the restart").to.equal("secret");
    });

    it("names a node that answers wrongly and keeps its signed receipt", async () => {
      const { path, grant } = await shared("lied", { m: 3 });
      const liar = world.operator(grant.nodes[1]);
      await liar.stop();
      await liar.start({ engine: lyingEngine() });
      const error = await rejection(bob.read(path));
      await liar.stop();
      await liar.start();
      expect(error.code).to.equal("E_NOT_ENOUGH_SHARES");
      const failures = failuresOf(error).filter(({ code }) => code !== "ok");
      expect(failures.map(({ node, url, code }) => ({ node, url, code }))).to.deep.equal([
        { node: liar.address, url: liar.url, code: "E_BAD_PROOF" },
      ]);
      const { request } = reencryptRequest.read(failures[0].evidence!.request, "request");
      const answer = reencryptAnswer.read(failures[0].evidence!.answer, "answer");
      expect(answer.receipt).to.deep.equal(receiptOf(request, answer));
      const domain = trafficDomain(BigInt(world.chain.chainId), world.chain.deployment.PolicyManager);
      const signer = recoverSigner(domain, RECEIPT, answer.receipt, answer.receiptSignature);
      expect(signer).to.equal(liar.keys.worker.address);
      expect(await world.chain.nodeRegistry.workerAt(liar.address, request.requestTime)).to.match(
        new RegExp(signer, "i"),
      );
    });

    it("says that the time is over, by every node", async () => {
      const { path, grant } = await shared("short", { time: 120 });
      expect(await bob.read(path, "text")).to.equal("secret");
      await world.pass(120);
      const error = await rejection(bob.read(path));
      expect(error.code).to.equal("E_EXPIRED");
      expect(codes(error)).to.deep.equal(Object.fromEntries(grant.nodes.map((node) => [node, "E_EXPIRED"])));
      expect((await alice.readPolicies({ path }))[0].state).to.equal("expired");
    });

    it("says that it has not begun", async () => {
      const now = await world.chain.headTime();
      const { path } = await shared("later", { notBefore: now + 1_000 });
      expect((await rejection(bob.read(path))).code).to.equal("E_NOT_YET");
      await world.pass(1_000);
      expect(await bob.read(path, "text")).to.equal("secret");
    });

    it("refuses an object that was changed or cut in storage", async () => {
      const { path } = await shared("broken");
      const file = join(world.home, "objects/broken");
      const object = await readFile(file);
      const body = { chunk: 0, reason: "its tag does not hold" };
      const refusalsByPlace = [
        [0, "E_BAD_ENCODING", { field: "magic" }],
        [60, "E_TAMPERED", { field: "edek" }],
        [180, "E_TAMPERED", { field: "edek" }],
        [240, "E_TAMPERED", { field: "commitment" }],
        [object.length - 1, "E_TAMPERED", body],
      ] as const;
      for (const [place, code, data] of refusalsByPlace) {
        const changed = Buffer.from(object);
        changed[place] ^= 1;
        await writeFile(file, changed);
        const error = await rejection(bob.read(path));
        expect({ code: error.code, data: error.data }, `byte ${place}`).to.deep.equal({ code, data });
      }
      await writeFile(file, object.subarray(0, -20));
      const cut = await rejection(bob.read(path));
      expect({ code: cut.code, data: cut.data }).to.deep.equal({ code: "E_TAMPERED", data: body });
    });

    it("keeps strangers out", async () => {
      const { path } = await shared("private");
      const mallory = await world.connect("mallory");
      expect((await rejection(mallory.read(path))).code).to.equal("E_NO_GRANT");
      await mallory.close();
    });
  });
});
