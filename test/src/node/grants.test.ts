import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";

import { concat, toHex } from "../../../src/bytes";
import { sealTo } from "../../../src/crypto/sealedBox";
import { codeOf } from "../../../src/node/chainHead";
import { decode, encode } from "../../../src/protocol/codec";
import { grantRequest, type GrantRequest } from "../../../src/protocol/messages";
import { keyId } from "../../../src/protocol/path";
import { ACCEPTANCE, optionalHash, policyDomain, policyId, type Terms } from "../../../src/protocol/policy";
import { expandedSignature, recoverSigner } from "../../../src/protocol/typedSignature";
import {
  engine,
  fractions,
  grantOf,
  KEYS,
  NODES,
  NOW,
  pathKey,
  random,
  recipient,
  refusal,
  requestOf,
  SHARE_INDEX,
  signing,
  STAKER,
  World,
} from "../../support/node/world";

/** The same fraction with another valid signature for the node (Umbral: id 32, rk 32, X_A 33, U1 33, signature 64, ...). */
function signedAnew(kfrag: Uint8Array): Uint8Array {
  const [id, precursor, commitment] = [kfrag.subarray(0, 32), kfrag.subarray(64, 97), kfrag.subarray(97, 130)];
  const one = Uint8Array.of(1);
  const message = concat(id, commitment, precursor, one, pathKey.publicKey, one, recipient.publicKey);
  const signature = secp256k1.sign(message, signing.secretKey, { extraEntropy: random(32) });
  return concat(kfrag.subarray(0, 130), signature, kfrag.subarray(194));
}

describe("grants", () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });

  afterEach(() => world.close());

  async function refused(grant: GrantRequest, status: number, code: string, data: object): Promise<void> {
    const refused = await refusal(world.grant(grant));
    expect([refused.status, refused.code]).to.deep.equal([status, code]);
    expect(refused.data).to.deep.equal(data);
  }

  context("refuses terms that do not hold together", () => {
    const other = "0x" + "77".repeat(20);
    const cases: [string, GrantRequest, object][] = [
      [
        "nodes out of order",
        grantOf({}, { nodes: [NODES[2], STAKER, NODES[0]] }),
        { field: "nodes", shareIndex: 1, why: "not strictly ascending" },
      ],
      [
        "a node twice",
        grantOf({}, { nodes: [STAKER, STAKER, NODES[2]] }),
        { field: "nodes", shareIndex: 1, why: "not strictly ascending" },
      ],
      [
        "another node in its place",
        grantOf({}, { nodes: [NODES[0], other, NODES[2]] }),
        { field: "shareIndex", shareIndex: SHARE_INDEX, got: other, expected: STAKER },
      ],
      [
        "a place that is another node's",
        grantOf({}, { shareIndex: 0 }),
        { field: "shareIndex", shareIndex: 0, got: NODES[0], expected: STAKER },
      ],
      [
        "a place behind the last",
        grantOf({}, { shareIndex: 3 }),
        { field: "shareIndex", shareIndex: 3, expected: STAKER },
      ],
      ["no nodes", grantOf({}, { nodes: [] }), { field: "shareIndex", shareIndex: SHARE_INDEX, expected: STAKER }],
      [
        "too few commitments",
        grantOf({}, { commitments: grantOf().commitments.slice(0, 2) }),
        { field: "commitments", got: 2, expected: 3 },
      ],
      ["a threshold of 0", grantOf({ threshold: 0 }), { field: "threshold", got: 0, min: 1, max: 3 }],
      ["a threshold above the nodes", grantOf({ threshold: 4 }), { field: "threshold", got: 4, min: 1, max: 3 }],
      ["an end at the start", grantOf({ end: NOW }), { field: "end", start: `${NOW}`, end: `${NOW}` }],
      [
        "a last end before the end",
        grantOf({ maxEnd: NOW + 86_399n }),
        { field: "maxEnd", end: `${NOW + 86_400n}`, maxEnd: `${NOW + 86_399n}` },
      ],
      [
        "an acceptance that is over",
        grantOf({ acceptBy: NOW }),
        { field: "acceptBy", got: `${NOW}`, after: `${NOW}`, max: `${NOW + 900n}` },
      ],
      [
        "an acceptance that lasts too long",
        grantOf({ acceptBy: NOW + 901n }),
        { field: "acceptBy", got: `${NOW + 901n}`, after: `${NOW}`, max: `${NOW + 900n}` },
      ],
      [
        "a path key that is not the terms'",
        grantOf({ pathKeyId: keyId(recipient.publicKey) }),
        { field: "pathKeyId", got: toHex(keyId(pathKey.publicKey)), expected: toHex(keyId(recipient.publicKey)) },
      ],
      [
        "a recipient key that is not the terms'",
        grantOf({ recipientKeyId: keyId(pathKey.publicKey) }),
        { field: "recipientKeyId", got: toHex(keyId(recipient.publicKey)), expected: toHex(keyId(pathKey.publicKey)) },
      ],
      [
        "a condition that is not the terms'",
        grantOf({ conditionHash: new Uint8Array(32) }, { condition: new Uint8Array(96) }),
        {
          field: "conditionHash",
          got: toHex(optionalHash(new Uint8Array(96))),
          expected: "0x" + "00".repeat(32),
        },
      ],
    ];
    for (const [name, grant, data] of cases) {
      it(name, () => refused(grant, 422, "E_TERMS_MISMATCH", data));
    }
  });

  context("refuses what this node does not do", () => {
    const cases: [string, Partial<Terms>, object, number, string, object][] = [
      ["a fee below its own", { feeRate: 4n }, {}, 403, "E_FEE_TOO_LOW", { got: "4", min: "5" }],
      [
        "a policy that is too short",
        { end: NOW + 59n },
        {},
        403,
        "E_DURATION",
        { got: "59", gotMax: "172800", min: "60", max: "1000000" },
      ],
      [
        "a policy that may be renewed for too long",
        { maxEnd: NOW + 1_000_001n },
        {},
        403,
        "E_DURATION",
        { got: "86400", gotMax: "1000001", min: "60", max: "1000000" },
      ],
      [
        "a policy that may be renewed beyond its locked stake",
        {},
        { lockedUntil: NOW + 172_799n },
        403,
        "E_LOCK_TOO_SHORT",
        { maxEnd: `${NOW + 172_800n}`, lockedUntil: `${NOW + 172_799n}` },
      ],
      ["anything while it is suspended", {}, { suspended: true }, 403, "E_SUSPENDED", {}],
      [
        "a policy that would have ended",
        { start: NOW - 100n, end: NOW },
        {},
        410,
        "E_EXPIRED",
        { end: `${NOW}`, now: `${NOW}` },
      ],
    ];
    for (const [name, changes, node, status, code, data] of cases) {
      it(name, async () => {
        world.chain.node = { ...world.chain.node, ...node };
        world.chain.mine(0n);
        await refused(grantOf(changes), status, code, data);
      });
    }

    it("another chain or contract", async () => {
      const expected = { chainId: "31337", policyManager: "0x" + "ab".repeat(20) };
      await refused(grantOf({}, { chainId: 1n }), 422, "E_WRONG_CHAIN", {
        got: { ...expected, chainId: "1" },
        expected,
      });
      await refused(grantOf({}, { policyManager: STAKER }), 422, "E_WRONG_CHAIN", {
        got: { ...expected, policyManager: STAKER },
        expected,
      });
    });

    it("a condition, where the operator takes none", async () => {
      await world.restart({ acceptConditions: false });
      await refused(grantOf({}, { condition: new Uint8Array(96) }), 403, "E_NO_CONDITIONS", {});
    });

    it("more fractions than its registered capacity; the one it holds again is welcome", async () => {
      const first = await world.fund(grantOf());
      world.chain.node = { ...world.chain.node, terms: { ...world.chain.node.terms, capacity: 1n } };
      world.chain.mine();
      await refused(grantOf({ feeRate: 6n }), 403, "E_FULL", { held: 1, capacity: "1" });
      await world.grant(first);
    });

    it("more fractions than its capacity when they arrive at once", async () => {
      world.chain.node = { ...world.chain.node, terms: { ...world.chain.node.terms, capacity: 3n } };
      world.chain.mine();
      const grants = Array.from({ length: 20 }, (_, index) => grantOf({ feeRate: 6n + BigInt(index) }));
      const outcomes = await Promise.allSettled(grants.map((grant) => world.grant(grant)));
      const codes = outcomes.map((outcome) => (outcome.status === "rejected" ? codeOf(outcome.reason) : "ok"));
      expect(codes.filter((code) => code === "ok")).to.have.length(3);
      expect(codes.filter((code) => code === "E_FULL")).to.have.length(17);
      expect((await world.get("/metrics")).text).to.contain("nkms_policies_held 3\n");
    });

    it("more fractions of policies not on chain than it has room for", async () => {
      await world.restart({ limits: { maxPending: 1 } });
      await world.grant(grantOf());
      await refused(grantOf({ feeRate: 6n }), 403, "E_FULL", { pending: 1, maxPending: 1 });
    });

    it("a policy that was revoked on chain before", async () => {
      const grant = grantOf();
      world.chain.mine(1n, [[policyId(grant), { end: NOW + 1n, closed: true }]]);
      await refused(grant, 410, "E_REVOKED", {
        policyId: toHex(policyId(grant)),
        shareIndex: SHARE_INDEX,
        end: `${NOW + 1n}`,
        now: `${NOW + 1n}`,
      });
    });

    it("anything while its worker is not bonded", async () => {
      world.chain.node = { ...world.chain.node, worker: undefined };
      world.chain.mine();
      await refused(grantOf(), 503, "E_NOT_READY", { got: KEYS.worker.address });
    });

    it("more grants of one address than its rate", async () => {
      await world.restart({ limits: { grantsPerIp: { perSecond: 0.1, burst: 1 } } });
      await world.grant(grantOf());
      await refused(grantOf({ feeRate: 6n }), 429, "E_RATE", { retryAfterSeconds: 10 });
      world.clock.advance(10_000);
      await world.grant(grantOf({ feeRate: 6n }));
    });
  });

  context("refuses fractions", () => {
    const kfrag = fractions[SHARE_INDEX].kfrag;
    const seal = (bytes: Uint8Array, key = KEYS.encryption.publicKey) => sealTo(engine, key, bytes, random);
    const sealed = seal(kfrag);
    const cases: [string, () => Uint8Array, object][] = [
      ["sealed to another key", () => seal(kfrag, recipient.publicKey), { part: "sealed", code: "E_TAMPERED" }],
      ["not sealed at all", () => kfrag, { part: "sealed", code: "E_BAD_ENCODING" }],
      ["of one byte", () => new Uint8Array(1), { part: "sealed", code: "E_BAD_ENCODING" }],
      [
        "with a changed box",
        () => sealed.map((byte, at) => (at === 200 ? byte ^ 1 : byte)),
        { part: "sealed", code: "E_TAMPERED" },
      ],
      ["cut short inside", () => seal(kfrag.subarray(1)), { part: "kfrag", code: "E_BAD_ENCODING" }],
      ["empty inside", () => seal(new Uint8Array()), { part: "kfrag", code: "E_BAD_ENCODING" }],
      ["of another share", () => seal(fractions[0].kfrag), { part: "commitment" }],
    ];
    for (const [name, sealedFraction, data] of cases) {
      it(name, () => refused(grantOf({}, { sealedFraction: sealedFraction() }), 422, "E_BAD_FRACTION", data));
    }

    it("with any part of the fraction changed", async () => {
      for (const at of [0, 31, 32, 63, 64, 96, 97, 129, 130, 193, 194, 257, 258, 259]) {
        const changed = kfrag.map((byte, index) => (index === at ? byte ^ 1 : byte));
        const refused = await refusal(world.grant(grantOf({}, { sealedFraction: seal(changed) })));
        expect([refused.status, refused.code], `byte ${at}`).to.deep.equal([422, "E_BAD_FRACTION"]);
        expect(refused.data.part).to.equal("kfrag");
      }
    });

    it("signed by another key than the one shown", async () => {
      const ownerKeys = { ...grantOf().ownerKeys, verifyingKey: recipient.publicKey };
      await refused(grantOf({}, { ownerKeys }), 422, "E_BAD_FRACTION", { part: "kfrag", code: "E_BAD_SIGNATURE" });
    });

    it("of another commitment than the policy's", async () => {
      const swapped = (part: object) =>
        grantOf().commitments.map((commitment, index) =>
          index === SHARE_INDEX ? { ...commitment, ...part } : commitment,
        );
      for (const part of [{ digest: random(32) }, { point: STAKER }]) {
        await refused(grantOf({}, { commitments: swapped(part) }), 422, "E_BAD_FRACTION", { part: "commitment" });
      }
    });
  });

  it("refuses another fraction for a policy it holds, however valid", async () => {
    const grant = grantOf();
    await world.grant(grant);
    const sealedFraction = sealTo(engine, KEYS.encryption.publicKey, signedAnew(fractions[SHARE_INDEX].kfrag), random);
    await refused({ ...grant, sealedFraction }, 409, "E_GRANT_EXISTS", { policyId: toHex(policyId(grant)) });
  });

  context("accepts", () => {
    it("with the worker's signature of policy and share, the same for the same grant again", async () => {
      const grant = grantOf();
      const { acceptance } = await world.grant(grant);
      const domain = policyDomain(grant.chainId, grant.policyManager);
      const message = { policyId: policyId(grant), shareIndex: BigInt(SHARE_INDEX) };
      expect(recoverSigner(domain, ACCEPTANCE, message, expandedSignature(acceptance))).to.equal(KEYS.worker.address);
      expect((await world.grant(grant)).acceptance).to.deep.equal(acceptance);
      expect((await world.get("/metrics")).text).to.contain("nkms_policies_held 1\n");
    });

    it("a fraction that it then serves, also after a restart", async () => {
      const grant = await world.fund();
      await world.restart();
      await world.reencrypt(requestOf(grant));
    });

    it("the longest list of nodes within the body limit", async () => {
      const nodes = Array.from(
        { length: 32 },
        (_, index) => "0x" + (index * 8).toString(16).padStart(2, "0").repeat(20),
      );
      nodes[11] = STAKER;
      const commitments = nodes.map(() => ({ digest: random(32), point: STAKER }));
      commitments[11] = grantOf().commitments[SHARE_INDEX];
      const condition = new Uint8Array(4_096);
      const sorted = [...nodes].sort();
      const grant = grantOf({}, { nodes: sorted, commitments, condition, shareIndex: sorted.indexOf(STAKER) });
      expect(encode(grantRequest, grant).length).to.be.below(65_536);
      expect(decode(grantRequest, encode(grantRequest, grant))).to.deep.equal(grant);
      await world.grant({
        ...grant,
        commitments: sorted.map((node) => (node === STAKER ? grantOf().commitments[SHARE_INDEX] : commitments[0])),
      });
    });
  });
});
