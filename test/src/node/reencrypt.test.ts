import { expect } from "chai";

import { fromHex, toHex } from "../../../src/bytes";
import { NkmsError } from "../../../src/errors";
import { decode, encode } from "../../../src/protocol/codec";
import { reencryptAnswer, reencryptRequest } from "../../../src/protocol/messages";
import { policyId } from "../../../src/protocol/policy";
import { capsuleHash } from "../../../src/protocol/receipt";
import { RECEIPT, REQUEST, trafficDomain } from "../../../src/protocol/request";
import { structHash } from "../../../src/protocol/typedData";
import { recoverSigner } from "../../../src/protocol/typedSignature";
import { keyId } from "../../../src/protocol/path";
import {
  engine,
  engineWith,
  FOLLOWING,
  fractions,
  grantOf,
  KEYS,
  NOW,
  pathKey,
  random,
  recipient,
  refusal,
  requestOf,
  SHARE_INDEX,
  World,
} from "../../support/node/world";

const EMPTY_HASH = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"; // keccak256 of no bytes

describe("reencrypt (I-L7)", () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });

  afterEach(() => world.close());

  context("serves", () => {
    it("an answer that opens the capsule together with another one", async () => {
      const grant = await world.fund();
      const { capsule, key } = engine.encapsulate(pathKey.publicKey, random);
      const { cfrag } = await world.reencrypt(requestOf(grant, {}, { capsule }));
      const other = engine.reencrypt(fractions[0].kfrag, capsule, random);
      const answers = [cfrag, other].map((bytes, index) =>
        engine.verify(bytes, {
          capsule,
          commitment: fractions[index === 0 ? SHARE_INDEX : 0].commitment,
          ownerPublicKey: pathKey.publicKey,
          recipientPublicKey: recipient.publicKey,
        }),
      );
      expect(engine.combine(recipient.secretKey, pathKey.publicKey, capsule, answers)).to.deep.equal(key);
    });

    it("a receipt by the worker over request, answer and an empty wrapped key", async () => {
      const grant = await world.fund();
      const message = requestOf(grant);
      const { cfrag, wrapped, receipt, receiptSignature } = await world.reencrypt(message);
      expect(wrapped).to.have.length(0);
      expect(receipt.requestHash).to.deep.equal(structHash(REQUEST, message.request));
      expect(receipt.answerHash).to.deep.equal(keyId(cfrag));
      expect(toHex(receipt.wrappedHash)).to.equal(EMPTY_HASH);
      const domain = trafficDomain(grant.chainId, grant.policyManager);
      expect(recoverSigner(domain, RECEIPT, receipt, receiptSignature)).to.equal(KEYS.worker.address);
    });

    it("a request whose time is a minute off either way", async () => {
      const grant = await world.fund();
      await world.reencrypt(requestOf(grant, { requestTime: NOW - 60n }));
      await world.reencrypt(requestOf(grant, { requestTime: NOW + 60n }));
    });

    it("from the first to the last second of the policy", async () => {
      const grant = await world.fund(grantOf({ start: NOW + 10n, end: NOW + 100n, maxEnd: NOW + 100n }));
      world.chain.mine(10n);
      await world.reencrypt(requestOf(grant, { requestTime: NOW + 10n }));
      world.chain.mine(89n);
      await world.reencrypt(requestOf(grant, { requestTime: NOW + 99n }));
    });

    it("a policy that was renewed, beyond the end it was made with", async () => {
      const grant = await world.fund();
      world.chain.mine(86_400n, [[policyId(grant), { end: grant.terms.maxEnd }]]);
      await world.reencrypt(requestOf(grant, { requestTime: world.chain.now }));
    });

    it("many requests of one block with one call about the policy", async () => {
      const grant = await world.fund();
      world.chain.calls = [];
      await Promise.all(Array.from({ length: 10 }, () => world.reencrypt(requestOf(grant))));
      expect(world.chain.calls.filter((call) => call === "policyState")).to.have.length(1);
    });
  });

  context("refuses by what the chain says", () => {
    const state = (change: object, seconds = 0n) => ({ change, seconds });
    const share = 1 << SHARE_INDEX;
    const cases: [string, ReturnType<typeof state>, number, string][] = [
      ["a revoked policy", state({ closed: true, end: NOW + 50n }), 410, "E_REVOKED"],
      ["a revoked policy whose minimum still runs", state({ closed: true }), 410, "E_REVOKED"],
      ["a policy cut short by a revocation", state({ end: NOW + 5n }, 5n), 410, "E_REVOKED"],
      ["a share that was taken out", state({ removed: share }), 410, "E_REVOKED"],
      ["a share that leaked", state({ leaked: share }), 410, "E_REVOKED"],
      ["a share that was disclosed", state({ disclosed: share }), 410, "E_REVOKED"],
      ["a policy in its first second past the end", state({}, 86_400n), 410, "E_EXPIRED"],
    ];
    for (const [name, { change, seconds }, status, code] of cases) {
      it(name, async () => {
        const grant = await world.fund();
        world.chain.mine(seconds, [[policyId(grant), { end: grant.terms.end, ...change }]]);
        const refused = await refusal(world.reencrypt(requestOf(grant, { requestTime: world.chain.now })));
        expect([refused.status, refused.code]).to.deep.equal([status, code]);
        expect(refused.data).to.deep.equal({
          policyId: toHex(policyId(grant)),
          shareIndex: SHARE_INDEX,
          end: ((change as { end?: bigint }).end ?? grant.terms.end).toString(),
          now: world.chain.now.toString(),
        });
      });
    }

    it("not for what happened to other shares", async () => {
      const grant = await world.fund();
      world.chain.mine(1n, [[policyId(grant), { removed: 0xfffffffd, leaked: 1, disclosed: 4 }]]);
      await world.reencrypt(requestOf(grant));
    });

    it("a policy that is not on chain", async () => {
      const grant = grantOf();
      await world.grant(grant);
      const refused = await refusal(world.reencrypt(requestOf(grant)));
      expect([refused.status, refused.code]).to.deep.equal([403, "E_NOT_FUNDED"]);
      expect(refused.data).to.deep.equal({
        policyId: toHex(policyId(grant)),
        shareIndex: SHARE_INDEX,
        acceptBy: grant.terms.acceptBy.toString(),
      });
    });

    it("a policy, and lets it go, by the block so many under the head, or the first while there are fewer", async () => {
      await world.restart({ following: { ...FOLLOWING, depth: 2 } });
      const grant = await world.fund();
      const ask = () =>
        world.reencrypt(requestOf(grant)).then(
          () => "served",
          ({ code }: NkmsError) => code,
        );
      expect([world.chain.number, await ask()]).to.deep.equal([1, "E_NOT_FUNDED"]);
      world.chain.mine(0n);
      expect([world.chain.number, await ask()]).to.deep.equal([2, "E_NOT_FUNDED"]);
      world.chain.mine(0n, [[policyId(grant), { closed: true }]]);
      expect([world.chain.number, await ask()]).to.deep.equal([3, "served"]);
      world.chain.mine(0n);
      expect([world.chain.number, await ask()]).to.deep.equal([4, "served"]);
      world.chain.mine(0n);
      expect([world.chain.number, await ask()]).to.deep.equal([5, "E_REVOKED"]);
    });

    it("a policy before its first second", async () => {
      const grant = await world.fund(grantOf({ start: NOW + 10n, end: NOW + 100n, maxEnd: NOW + 100n }));
      world.chain.mine(9n);
      const refused = await refusal(world.reencrypt(requestOf(grant)));
      expect([refused.status, refused.code]).to.deep.equal([403, "E_NOT_YET"]);
      expect(refused.data).to.deep.equal({
        policyId: toHex(policyId(grant)),
        shareIndex: SHARE_INDEX,
        start: (NOW + 10n).toString(),
        now: (NOW + 9n).toString(),
      });
    });

    it("when another worker is bonded, or the registry has another encryption key", async () => {
      const grant = await world.fund();
      const own = world.chain.node;
      for (const change of [
        { worker: undefined },
        { worker: grant.terms.owner },
        { encryptionKey: pathKey.publicKey },
      ]) {
        world.chain.node = { ...own, ...change };
        world.chain.mine();
        const refused = await refusal(world.reencrypt(requestOf(grant)));
        expect([refused.status, refused.code]).to.deep.equal([503, "E_NOT_READY"]);
      }
    });

    it("a bonded worker is recognised in any spelling of its address", async () => {
      const grant = await world.fund();
      world.chain.node = { ...world.chain.node, worker: KEYS.worker.address.toUpperCase().replace("0X", "0x") };
      world.chain.mine();
      await world.reencrypt(requestOf(grant));
    });
  });

  context("refuses by the request", () => {
    it("a policy without a grant", async () => {
      const other = grantOf({ feeRate: 6n });
      const refused = await refusal(world.reencrypt(requestOf(other)));
      expect([refused.status, refused.code]).to.deep.equal([404, "E_NO_GRANT"]);
      expect(refused.data).to.deep.equal({ policyId: toHex(policyId(other)) });
    });

    it("another signer, another chain, another contract, and any change to what was signed", async () => {
      const grant = await world.fund();
      const good = requestOf(grant);
      const elsewhere = [
        { ...grant, chainId: 1n },
        { ...grant, policyManager: grant.terms.owner },
      ].map((other) => ({ ...requestOf(other), request: { ...requestOf(other).request, policyId: policyId(grant) } }));
      const bad = [
        requestOf(grant, {}, { signWith: random(32) }),
        ...elsewhere,
        { ...good, request: { ...good.request, requestId: random(32) } },
        { ...good, request: { ...good.request, requestTime: NOW + 1n } },
        { ...good, request: { ...good.request, shareIndex: 0n } },
      ];
      for (const message of bad) {
        const refused = await refusal(world.reencrypt(message));
        expect([refused.status, refused.code, refused.data]).to.deep.equal([401, "E_BAD_SIGNATURE", {}]);
      }
    });

    it("a signature that is none", async () => {
      const grant = await world.fund();
      const refused = await refusal(world.reencrypt({ ...requestOf(grant), signature: new Uint8Array(65) }));
      expect([refused.status, refused.code]).to.deep.equal([401, "E_BAD_SIGNATURE"]);
    });

    it("the state of the policy to who is not its requester", async () => {
      const grant = await world.fund();
      world.chain.mine(1n, [[policyId(grant), { closed: true }]]);
      const refused = await refusal(world.reencrypt(requestOf(grant, {}, { signWith: random(32) })));
      expect(refused.code).to.equal("E_BAD_SIGNATURE");
      expect(JSON.stringify(refused)).not.to.match(/revoked|closed|end/i);
    });

    for (const seconds of [-61n, 61n]) {
      it(`a time ${seconds} s off the chain's`, async () => {
        const grant = await world.fund();
        const refused = await refusal(world.reencrypt(requestOf(grant, { requestTime: NOW + seconds })));
        expect([refused.status, refused.code]).to.deep.equal([403, "E_STALE_REQUEST"]);
        expect(refused.data).to.deep.equal({
          requestTime: (NOW + seconds).toString(),
          now: NOW.toString(),
          window: "60",
        });
      });
    }

    it("another share than this node's", async () => {
      const grant = await world.fund();
      const refused = await refusal(world.reencrypt(requestOf(grant, { shareIndex: 0n })));
      expect([refused.status, refused.code]).to.deep.equal([422, "E_TERMS_MISMATCH"]);
      expect(refused.data).to.deep.equal({ field: "shareIndex", got: "0", expected: SHARE_INDEX });
    });

    it("a capsule that was not signed for", async () => {
      const grant = await world.fund();
      const { capsule } = engine.encapsulate(pathKey.publicKey, random);
      const refused = await refusal(world.reencrypt({ ...requestOf(grant), capsule }));
      expect([refused.status, refused.code]).to.deep.equal([422, "E_BAD_CAPSULE"]);
      expect(refused.data).to.deep.equal({ part: "hash" });
    });

    it("a capsule whose own proof fails, each byte flipped, and any other length", async () => {
      const grant = await world.fund();
      const { capsule } = engine.encapsulate(pathKey.publicKey, random);
      const flipped = [0, 1, 32, 33, 34, 65, 66, 97].map((at) =>
        capsule.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      );
      for (const bad of [...flipped, capsule.slice(1), new Uint8Array(98), new Uint8Array([...capsule, 0])]) {
        const refused = await refusal(
          world.reencrypt(requestOf(grant, { capsuleHash: capsuleHash(bad) }, { capsule: bad })),
        );
        expect([refused.status, refused.code]).to.deep.equal([422, "E_BAD_CAPSULE"]);
        expect(refused.data).to.deep.equal({ part: "proof" });
      }
    });

    it("a request id used before, for the same request and for another, also after a restart (I-L10)", async () => {
      const grant = await world.fund();
      const first = requestOf(grant);
      await world.reencrypt(first);
      const second = requestOf(grant, { requestId: first.request.requestId });
      await world.restart();
      for (const message of [first, second]) {
        const refused = await refusal(world.reencrypt(message));
        expect([refused.status, refused.code]).to.deep.equal([409, "E_REPLAY"]);
        expect(refused.data).to.deep.equal({ requestId: toHex(first.request.requestId) });
      }
    });

    it("all but one of the same request sent many times at once", async () => {
      const grant = await world.fund();
      const message = requestOf(grant);
      const sent = Array.from({ length: 8 }, () => world.reencrypt(message).catch((error: Error) => error));
      const outcomes = await Promise.all(sent);
      expect(outcomes.filter((outcome) => !(outcome instanceof Error))).to.have.length(1);
    });

    it("more requests of one requester than its rate, until there is a token again", async () => {
      await world.restart({ limits: { perRequester: { perSecond: 0.5, burst: 2 } } });
      const grant = await world.fund();
      await world.reencrypt(requestOf(grant));
      await world.reencrypt(requestOf(grant));
      const refused = await refusal(world.reencrypt(requestOf(grant)));
      expect([refused.status, refused.code]).to.deep.equal([429, "E_RATE"]);
      expect(refused.data).to.deep.equal({ retryAfterSeconds: 2 });
      expect(refused.headers.get("retry-after")).to.equal("2");
      world.clock.advance(2_000);
      await world.reencrypt(requestOf(grant));
    });
  });

  it("lets nobody use up a requester's rate by sending its requests again, fresh or stale", async () => {
    await world.restart({ limits: { perRequester: { perSecond: 0.1, burst: 2 } } });
    const grant = await world.fund();
    const served = requestOf(grant);
    const stale = requestOf(grant, { requestTime: NOW - 61n });
    await world.reencrypt(served);
    for (let again = 0; again < 3; again++) {
      expect((await refusal(world.reencrypt(served))).code).to.equal("E_REPLAY");
      expect((await refusal(world.reencrypt(stale))).code).to.equal("E_STALE_REQUEST");
    }
    await world.reencrypt(requestOf(grant));
  });

  context("conditions", () => {
    const condition = fromHex("0x" + "00".repeat(96));

    it("are asked for the requester of the policy", async () => {
      const asked: unknown[][] = [];
      const { chain } = world;
      chain.isAllowed = (...question: unknown[]) => {
        asked.push(question);
        return Promise.resolve(true);
      };
      const grant = await world.fund(grantOf({}, { condition }));
      await world.reencrypt(requestOf(grant));
      expect(asked).to.deep.equal([[condition, policyId(grant), grant.terms.recipientSigner, chain.number]]);
    });

    it("count as of the block policies are read at, not of the head", async () => {
      await world.restart({ following: { ...FOLLOWING, depth: 2 } });
      const grant = await world.fund(grantOf({}, { condition }));
      const from = world.chain.number + 1;
      world.chain.condition = (block) => Promise.resolve(block === from);
      const outcomes = [];
      for (let mined = 0; mined < 4; mined++) {
        world.chain.mine();
        const { chain } = world;
        const asked = world.reencrypt(requestOf(grant, { requestTime: chain.now }));
        outcomes.push(await asked.then(() => "served", ({ code, data }: NkmsError) => `${code} ${chain.number - Number(data.block)}`)); // prettier-ignore
      }
      // The policy itself is seen two blocks after its own.
      expect(outcomes).to.deep.equal(["E_NOT_FUNDED NaN", "E_CONDITION 2", "served", "E_CONDITION 2"]);
    });

    const failing = (code: string) => () => Promise.reject(new NkmsError(code, "No answer."));
    const answers: [string, () => Promise<boolean>, boolean, string][] = [
      ["no", () => Promise.resolve(false), true, "no"],
      ["a revert", failing("E_CONDITION_REVERTED"), false, "reverted"],
      ["too much gas", failing("E_CONDITION_OUT_OF_GAS"), false, "outOfGas"],
      ["an answer that is no boolean", failing("E_CONDITION_FAILED"), false, "notBoolean"],
      ["bytes that are no condition", failing("E_BAD_CONDITION"), false, "notBoolean"],
    ];
    for (const [name, answer, answered, reason] of answers) {
      it(`refuse on ${name}`, async () => {
        world.chain.condition = answer;
        const grant = await world.fund(grantOf({}, { condition }));
        const refused = await refusal(world.reencrypt(requestOf(grant)));
        expect([refused.status, refused.code]).to.deep.equal([403, "E_CONDITION"]);
        expect(refused.data).to.deep.equal({
          policyId: toHex(policyId(grant)),
          block: world.chain.number,
          answered,
          reason,
        });
      });
    }

    it("refuse when nobody answers in time", async () => {
      world.chain.condition = () => new Promise(() => {});
      const grant = await world.fund(grantOf({}, { condition }));
      const late = world.clock.nextSchedule(3_000);
      const refused = refusal(world.reencrypt(requestOf(grant)));
      await late;
      world.clock.advance(3_000);
      expect((await refused).code).to.equal("E_CONDITION");
      expect((await refused).data).to.include({ answered: false, reason: "timeout" });
    });

    it("are nobody's no when it is the chain that fails, or that is silent about everything", async () => {
      const grant = await world.fund(grantOf({}, { condition }));
      world.chain.condition = failing("E_RPC_FAILED");
      const failed = await refusal(world.reencrypt(requestOf(grant)));
      expect([failed.status, failed.code, failed.data]).to.deep.equal([503, "E_NOT_READY", { code: "E_RPC_FAILED" }]);

      world.chain.condition = () => new Promise(() => {});
      const late = world.clock.nextSchedule(3_000);
      const refused = refusal(world.reencrypt(requestOf(grant)));
      await late;
      world.chain.failing = true;
      world.clock.advance(3_000);
      expect([(await refused).status, (await refused).code]).to.deep.equal([503, "E_NOT_READY"]);
      expect((await refused).data).to.deep.equal({ code: "E_RPC_TIMEOUT" });
      world.chain.failing = false;
    });
  });

  it("withholds an answer that fails its own check, and says so in the log", async () => {
    const wrong = engineWith({
      reencrypt: (_kfrag, capsule) => engine.reencrypt(fractions[0].kfrag, capsule, random),
    });
    await world.restart({ engine: wrong });
    const grant = await world.fund();
    const refused = await refusal(world.reencrypt(requestOf(grant)));
    expect([refused.status, refused.code]).to.deep.equal([500, "E_INTERNAL"]);
    const [line] = world.logged("answer_withheld");
    expect(line).to.include({ level: "error", policyId: toHex(policyId(grant)), code: "E_BAD_PROOF" });
  });

  it("sends its answer in the shape of the messages, never to be cached", async () => {
    const grant = await world.fund();
    const { status, headers, text } = await world.post("/v1/reencrypt", encode(reencryptRequest, requestOf(grant)));
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.equal("application/json; charset=utf-8");
    expect(headers.get("cache-control")).to.equal("no-store");
    expect(decode(reencryptAnswer, text).cfrag).to.have.length(359);
  });
});
