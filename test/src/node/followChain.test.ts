import { expect } from "chai";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { toHex } from "../../../src/bytes";
import { NkmsError } from "../../../src/errors";
import { policyId } from "../../../src/protocol/policy";
import { FOLLOWING, grantOf, NOW, refusal, requestOf, SHARE_INDEX, World } from "../../support/node/world";

const DAY = 86_400n;

describe("followChain", () => {
  let world: World;

  afterEach(() => world.close());

  async function held(): Promise<number> {
    const { text } = await world.get("/metrics");
    return Number(/^nkms_policies_held (\d+)$/m.exec(text)![1]);
  }

  context("at depth 0", () => {
    beforeEach(async () => {
      world = await World.open();
    });

    const share = 1 << SHARE_INDEX;
    const fates: [string, object, bigint, string][] = [
      ["revoked", { closed: true, end: NOW + 1n }, 1n, "revoked"],
      ["cut short", { end: NOW + 5n }, 5n, "revoked"],
      ["without this share", { removed: share }, 1n, "removed"],
      ["whose share leaked", { leaked: share }, 1n, "removed"],
      ["whose share was disclosed", { disclosed: share }, 1n, "removed"],
      ["past its end", {}, DAY, "expired"],
    ];
    for (const [name, change, seconds, reason] of fates) {
      it(`deletes the fraction of a policy ${name}, and says why ever after`, async () => {
        const grant = await world.fund();
        await world.look();
        world.chain.mine(seconds, [[policyId(grant), change]]);
        await world.look();
        expect(await held()).to.equal(0);
        const [line] = world.logged("fraction_deleted");
        expect(line).to.include({ level: "info", policyId: toHex(policyId(grant)), reason, block: world.chain.number });
        const { text } = await world.get("/metrics");
        expect(text).to.contain(`nkms_fractions_deleted_total{reason="${reason}"} 1\n`);
        expect(text).to.contain(`nkms_policies_expired_total ${reason === "expired" ? 1 : 0}\n`);
        await world.restart();
        const code = reason === "expired" ? "E_EXPIRED" : "E_REVOKED";
        const refused = await refusal(world.reencrypt(requestOf(grant, { requestTime: world.chain.now })));
        expect(refused.code).to.equal(code);
      });
    }

    it("refuses within two blocks of a revocation, whether or not it looked meanwhile", async () => {
      const grant = await world.fund();
      await world.reencrypt(requestOf(grant));
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      expect((await refusal(world.reencrypt(requestOf(grant)))).code).to.equal("E_REVOKED");
    });

    it("keeps a fraction through other shares' events and in the last second before the end", async () => {
      const grant = await world.fund();
      world.chain.mine(DAY - 1n, [[policyId(grant), { removed: ~share >>> 0 }]]);
      await world.look();
      expect(await held()).to.equal(1);
    });

    it("follows an end that was renewed", async () => {
      const grant = await world.fund();
      await world.look();
      world.chain.mine(DAY - 1n, [[policyId(grant), { end: NOW + 2n * DAY }]]);
      await world.look();
      world.chain.mine(DAY);
      await world.look();
      expect(await held()).to.equal(1);
      world.chain.mine(1n);
      await world.look();
      expect(await held()).to.equal(0);
      expect(world.logged("fraction_deleted")[0]).to.include({ reason: "expired" });
    });

    it("deletes a fraction that was never paid for at acceptBy, grant included", async () => {
      const grant = grantOf();
      await world.grant(grant);
      world.chain.mine(599n);
      await world.look();
      expect(await held()).to.equal(1);
      world.chain.mine(1n);
      await world.look();
      expect(world.logged("fraction_deleted")[0]).to.include({ reason: "unfunded" });
      expect((await refusal(world.reencrypt(requestOf(grant)))).code).to.equal("E_NO_GRANT");
      await world.restart();
      expect((await refusal(world.reencrypt(requestOf(grant)))).code).to.equal("E_NO_GRANT");
    });

    it("never deletes a funded fraction at acceptBy", async () => {
      const grant = await world.fund();
      world.chain.mine(600n);
      await world.look();
      await world.reencrypt(requestOf(grant, { requestTime: world.chain.now }));
    });

    it("catches up at the start with what happened while it was down", async () => {
      const grant = await world.fund();
      await world.look();
      await world.node.close();
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      world.chain.mine(5n);
      await world.start();
      expect(await held()).to.equal(0);
    });

    it("forgets why a fraction was deleted a month after the policy's last possible second", async () => {
      const grant = await world.fund();
      world.chain.mine(DAY);
      await world.look();
      world.chain.mine(31n * DAY);
      await world.look();
      expect((await refusal(world.reencrypt(requestOf(grant, { requestTime: world.chain.now })))).code).to.equal(
        "E_EXPIRED",
      );
      world.chain.mine(1n);
      await world.look();
      expect((await refusal(world.reencrypt(requestOf(grant)))).code).to.equal("E_NO_GRANT");
    });

    it("asks only about policies that an event names or whose time has come", async () => {
      const grant = await world.fund();
      await world.fund(grantOf({ feeRate: 6n }));
      await world.look();
      world.chain.calls = [];
      world.chain.mine(1n, [[policyId(grant), { removed: 1 }]]);
      await world.look();
      world.chain.mine();
      await world.look();
      await world.look();
      const asked = (name: string) => world.chain.calls.filter((call) => call === name).length;
      expect([asked("touchedPolicies"), asked("policyState")]).to.deep.equal([2, 1]);
    });

    it("starts over when the chain was set back, and keeps what is not over there", async () => {
      const grant = await world.fund();
      world.chain.mine(1n);
      world.chain.mine(1n);
      await world.look();
      world.chain.unwind(2);
      await world.look();
      await world.reencrypt(requestOf(grant));
    });

    for (const [length, after] of [
      ["shorter", 0],
      ["as long", 1],
      ["longer", 5],
    ] as const) {
      it(`finds what happened in blocks that replaced those it had looked at, in a chain ${length}`, async () => {
        const grant = await world.fund();
        await world.fund(grantOf({ feeRate: 6n }));
        world.chain.mine(1n);
        world.chain.mine(1n);
        await world.look();
        world.chain.unwind(2);
        world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
        for (let block = 0; block < after; block++) world.chain.mine(1n);
        await world.look();
        expect(await held()).to.equal(1);
        expect(world.logged("fraction_deleted")[0]).to.include({ policyId: toHex(policyId(grant)), reason: "revoked" });
      });
    }

    it("finds what happened in a block that replaced another while it was looking", async () => {
      const grant = await world.fund();
      await world.look();
      world.chain.mine(1n);
      world.chain.afterCall = (name) => {
        if (name !== "touchedPolicies") return;
        world.chain.afterCall = () => {};
        world.chain.unwind(1);
        world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      };
      await world.look();
      expect(await held()).to.equal(1);
      world.chain.mine(1n);
      await world.look();
      expect(await held()).to.equal(0);
    });

    it("deletes at acceptBy the fraction of a policy whose creation was taken back", async () => {
      const grant = await world.fund();
      await world.look();
      world.chain.unwind(1);
      world.chain.mine(1n);
      await world.look();
      expect(await held()).to.equal(1);
      world.chain.mine(599n);
      await world.look();
      expect(world.logged("fraction_deleted")[0]).to.include({ policyId: toHex(policyId(grant)), reason: "unfunded" });
    });

    it("leaves no sealed byte of a deleted fraction in the store's files", async () => {
      const others = await Promise.all([6n, 7n].map((feeRate) => world.fund(grantOf({ feeRate }))));
      const grant = await world.fund();
      await world.look();
      const name = `fraction/${toHex(policyId(grant))}`;
      const before = await sealedBytes(name);
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      await world.look();
      await world.node.close();
      for (const file of await readdir(join(world.directory, "store"))) {
        const content = await readFile(join(world.directory, "store", file));
        expect(content.includes(before), file).to.equal(false);
      }
      await world.start();
      for (const other of others) await world.reencrypt(requestOf(other));
    });

    /** The bytes behind an entry's name in the log that LevelDB has not compacted yet. */
    async function sealedBytes(name: string): Promise<Buffer> {
      for (const file of await readdir(join(world.directory, "store"))) {
        const content = await readFile(join(world.directory, "store", file));
        const at = content.indexOf(name);
        if (at >= 0) return content.subarray(at + name.length + 4, at + name.length + 64);
      }
      throw new Error(`no file holds ${name}`);
    }
  });

  context("at depth 2, deleting at depth 5", () => {
    beforeEach(async () => {
      world = await World.open({ following: { ...FOLLOWING, depth: 2, deletionDepth: 5 } });
    });

    function mineMany(count: number): void {
      for (let index = 0; index < count; index++) world.chain.mine(1n);
    }

    it("serves and refuses by the block two under the head", async () => {
      const grant = await world.fund();
      expect((await refusal(world.reencrypt(requestOf(grant)))).code).to.equal("E_NOT_FUNDED");
      mineMany(2);
      await world.reencrypt(requestOf(grant));
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      mineMany(1);
      await world.reencrypt(requestOf(grant));
      mineMany(1);
      expect((await refusal(world.reencrypt(requestOf(grant)))).code).to.equal("E_REVOKED");
    });

    it("deletes nothing that a reorganisation of up to five blocks brings back", async () => {
      const grant = await world.fund();
      mineMany(6);
      await world.look();
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      mineMany(4);
      await world.look();
      expect(await held()).to.equal(1);
      world.chain.unwind(5);
      mineMany(6);
      await world.look();
      await world.reencrypt(requestOf(grant, { requestTime: world.chain.now }));
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      mineMany(5);
      await world.look();
      expect(await held()).to.equal(0);
    });
  });

  context("when the chain is lost", () => {
    beforeEach(async () => {
      world = await World.open();
    });

    it("serves for as long as the head is young enough, then refuses, and recovers by itself", async () => {
      const grant = await world.fund();
      await world.look();
      await world.reencrypt(requestOf(grant));
      world.chain.failing = true;
      await world.reencrypt(requestOf(grant));
      expect((await world.get("/health/ready")).status).to.equal(200);
      world.clock.advance(FOLLOWING.maxSilenceMs + 1);
      const refused = await refusal(world.reencrypt(requestOf(grant)));
      expect([refused.status, refused.code, refused.data]).to.deep.equal([503, "E_NOT_READY", {}]);
      expect((await refusal(world.grant(grantOf({ feeRate: 6n })))).code).to.equal("E_NOT_READY");
      expect((await world.get("/health/ready")).status).to.equal(503);
      expect((await world.get("/health/live")).status).to.equal(200);
      world.chain.failing = false;
      expect((await world.get("/health/ready")).status).to.equal(200);
      await world.reencrypt(requestOf(grant));
      expect(world.logged("chain_lost")).to.have.length(1);
      expect(world.logged("chain_lost")[0]).to.include({ level: "warn", code: "E_RPC_FAILED" });
      expect(world.logged("chain_found")).to.have.length(1);
    });

    it("gives up waiting for a server that never answers", async () => {
      const grant = await world.fund();
      world.chain.silent = true;
      const looking = world.clock.nextSchedule(FOLLOWING.callTimeoutMs);
      world.clock.advance(FOLLOWING.maxSilenceMs);
      await looking;
      const lookedInVain = world.clock.nextSchedule(FOLLOWING.pollMs);
      world.clock.advance(FOLLOWING.callTimeoutMs);
      await lookedInVain;
      const waiting = world.clock.nextSchedule(FOLLOWING.callTimeoutMs);
      const refused = refusal(world.reencrypt(requestOf(grant)));
      await waiting;
      world.clock.advance(FOLLOWING.callTimeoutMs);
      expect((await refused).code).to.equal("E_NOT_READY");
      expect(world.logged("chain_lost")[0]).to.include({ code: "E_RPC_TIMEOUT" });
    });

    it("deletes nothing on errors, and what is due as soon as they end", async () => {
      const grant = await world.fund();
      await world.look();
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      const { policyState } = world.chain;
      world.chain.policyState = () => Promise.reject(new Error("half an answer"));
      await world.look();
      expect(await held()).to.equal(1);
      expect(world.logged("follow_failed")).to.have.length(1);
      world.chain.policyState = policyState;
      await world.look();
      expect(await held()).to.equal(0);
    });

    it("says once why it cannot follow, and again only when that changes or comes back", async () => {
      const { nodeState } = world.chain;
      const fail = (code: string) => (world.chain.nodeState = () => Promise.reject(new NkmsError(code, "x")));
      const looks = async (count: number) => {
        for (let look = 0; look < count; look++) {
          world.chain.mine();
          await world.look();
        }
      };
      fail("E_NOT_REGISTERED");
      await looks(3);
      fail("E_RPC_FAILED");
      await looks(2);
      world.chain.nodeState = nodeState;
      await looks(1);
      fail("E_RPC_FAILED");
      await looks(2);
      const lines = world.logged("follow_failed").map(({ code, cause }) => [code, cause]);
      expect(lines).to.deep.equal([
        ["E_NOT_READY", "E_NOT_REGISTERED"],
        ["E_NOT_READY", "E_RPC_FAILED"],
        ["E_NOT_READY", "E_RPC_FAILED"],
      ]);
    });

    it("refuses by a head that is too old for the wall clock", async () => {
      await world.restart({ following: { ...FOLLOWING, maxHeadAgeSeconds: 100 } });
      const grant = await world.fund();
      world.clock.advance(100_000);
      await world.reencrypt(requestOf(grant));
      world.clock.advance(1_000);
      const refused = await refusal(world.reencrypt(requestOf(grant)));
      expect([refused.status, refused.code]).to.deep.equal([503, "E_NOT_READY"]);
      expect(refused.data).to.deep.equal({ headAgeSeconds: 101, maxHeadAgeSeconds: 100 });
      expect((await world.get("/metrics")).text).to.contain("nkms_chain_head_age_seconds 101\n");
      world.chain.mine(50n);
      await world.reencrypt(requestOf(grant));
    });

    it("starts without a chain, and is not ready", async () => {
      await world.node.close();
      world.chain.failing = true;
      await world.start();
      const { status, text } = await world.get("/health/ready");
      expect([status, JSON.parse(text).code]).to.deep.equal([503, "E_NOT_READY"]);
    });
  });
});
