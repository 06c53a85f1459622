import { expect } from "chai";

import { bbs98 } from "../../../src/crypto/bbs98";
import { ecies } from "../../../src/crypto/ecies";
import { fromBigInt, invertVartime, ORDER, toBigInt } from "../../../src/crypto/scalar";
import { expectRefusal, makeScope } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";
import { behavesAsDealt } from "./dealt.behavior";

const engine = bbs98();
const TURN = 164;
const divide = (a: Uint8Array, b: Uint8Array) => fromBigInt((toBigInt(a) * invertVartime(toBigInt(b))) % ORDER);

describe("bbs98", () => {
  behavesAsDealt(bbs98, TURN + 2 + 33, "ownerPublicKey");

  const random = seededRandom("bbs98 scheme");
  const holders = Array.from({ length: 4 }, () => engine.keygen(random));
  const [a, b, c, d] = holders;
  const { capsule, key } = engine.encapsulate(a.publicKey, random);
  const hopKeys = [0, 1, 2].map((from) => engine.hopKey(holders[from].secretKey, holders[from + 1].secretKey, random));
  const chain = hopKeys.reduce((turned, { key: hopKey }) => engine.hop(hopKey, turned), capsule);
  const points = hopKeys.map(({ point }) => point);

  context("rekeying", () => {
    it("takes both secret keys: rk = a/b (eq 20)", () => {
      expect(hopKeys[0].key).to.deep.equal(divide(a.secretKey, b.secretKey));
      expect(hopKeys[0].point).to.deep.equal(engine.publicKeyOf(hopKeys[0].key));
    });

    it("refuses a request without the recipient's secret key, or with another's", () => {
      const request = {
        ownerSecretKey: a.secretKey,
        recipientPublicKey: b.publicKey,
        signerSecretKey: d.secretKey,
        threshold: 1,
        shares: 1,
      };
      const field = "recipientSecretKey";
      expectRefusal(() => engine.rekey(request, random), "E_INTERACTIVE", { field });
      const mismatched = { ...request, recipientSecretKey: c.secretKey };
      expectRefusal(() => engine.rekey(mismatched, random), "E_WRONG_KEY", { field });
    });

    it("refuses a key to oneself, which would turn nothing", () => {
      const toSelf = {
        ownerSecretKey: a.secretKey,
        recipientPublicKey: a.publicKey,
        recipientSecretKey: Uint8Array.from(a.secretKey),
        signerSecretKey: d.secretKey,
        threshold: 1,
        shares: 1,
      };
      expectRefusal(() => engine.rekey(toSelf, random), "E_KEY_REUSE", { field: "recipientSecretKey" });
      const hopKey = () => engine.hopKey(a.secretKey, Uint8Array.from(a.secretKey), random);
      expectRefusal(hopKey, "E_KEY_REUSE", { field: "toSecretKey" });
    });

    it("composes: rk_ac = rk_ab * rk_bc (eq 23)", () => {
      const composed = engine.compose(hopKeys[0].key, hopKeys[1].key);
      expect(composed.key).to.deep.equal(divide(a.secretKey, c.secretKey));
      expect(engine.decapsulate(c.secretKey, engine.hop(composed.key, capsule))).to.deep.equal(key);
    });

    it("goes both ways: rk_ba from rk_ab alone", () => {
      const back = engine.reverse(hopKeys[0].key, random);
      expect(back.key).to.deep.equal(divide(b.secretKey, a.secretKey));
      const ofB = engine.encapsulate(b.publicKey, random);
      expect(engine.decapsulate(a.secretKey, engine.hop(back.key, ofB.capsule))).to.deep.equal(ofB.key);
    });

    it("has no collusion resistance: b and rk_ab give a", () => {
      const recovered = fromBigInt((toBigInt(hopKeys[0].key) * toBigInt(b.secretKey)) % ORDER);
      expect(recovered).to.deep.equal(a.secretKey);
    });
  });

  context("chains of hops (eq 22, V.G)", () => {
    it("open under the last key and under no other", () => {
      expect(engine.decapsulate(d.secretKey, chain)).to.deep.equal(key);
      for (const { secretKey } of [a, b, c]) expect(engine.decapsulate(secretKey, chain)).to.not.deep.equal(key);
    });

    it("open after every hop under the key of that hop", () => {
      for (let hops = 0; hops <= 3; hops++) {
        const turned = chain.slice(0, 98 + hops * TURN);
        expect(engine.decapsulate(holders[hops].secretKey, turned)).to.deep.equal(key);
        engine.verifyHops(turned, points.slice(0, hops));
      }
    });

    it("are the same bytes whenever they are made", () => {
      expect(engine.hop(hopKeys[2].key, chain.slice(0, 98 + 2 * TURN))).to.deep.equal(chain);
    });

    it("can be shared on with nodes, m of n", () => {
      const scope = makeScope(engine, random);
      const request = {
        ownerSecretKey: d.secretKey,
        recipientPublicKey: scope.recipient.publicKey,
        recipientSecretKey: scope.recipient.secretKey,
        signerSecretKey: scope.signer.secretKey,
        threshold: 2,
        shares: 3,
      };
      const keys = { ownerPublicKey: d.publicKey, recipientPublicKey: scope.recipient.publicKey };
      const answers = engine.rekey(request, random).map(({ kfrag, commitment }) => {
        const cfrag = engine.reencrypt(kfrag, chain, random);
        return engine.verify(cfrag, { capsule: chain, commitment, ...keys });
      });
      expect(engine.combine(scope.recipient.secretKey, d.publicKey, chain, answers.slice(1))).to.deep.equal(key);
    });

    it("end after 32 hops", () => {
      let turned = capsule;
      for (let hop = 0; hop < 32; hop++) turned = engine.hop(hopKeys[0].key, turned);
      expect(engine.properties.maxHops).to.equal(32);
      const data = { got: 32, expected: 31 };
      expectRefusal(() => engine.hop(hopKeys[0].key, turned), "E_TOO_MANY_HOPS", data);
      const [{ kfrag }] = makeScope(engine, random).split(1, 1);
      expectRefusal(() => engine.reencrypt(kfrag, turned, random), "E_TOO_MANY_HOPS", data);
      expect(engine.reencrypt(kfrag, turned.slice(0, -TURN), random)).to.have.length.of.at.least(TURN);
    });

    it("show which keys turned them", () => {
      const refuse = (expected: Uint8Array[], field: string, part: string) =>
        expectRefusal(() => engine.verifyHops(chain, expected), "E_BAD_PROOF", { field, part });
      refuse(points.slice(0, 2), "capsule", "number of turns");
      refuse([points[0], points[0], points[2]], "capsule.turns[1]", "commitment R");
      const data = { field: "points[0]", got: 32, expected: 33 };
      expectRefusal(() => engine.verifyHops(chain, [points[0].slice(1)]), "E_BAD_ENCODING", data);
    });

    it("are refused with a hop left out, doubled or moved, and with a part of one", () => {
      const turn = (index: number) => chain.slice(98 + index * TURN, 98 + (index + 1) * TURN);
      const rebuilt = (...order: number[]) => Buffer.concat([capsule, ...order.map(turn)]);
      for (const forged of [rebuilt(1, 2), rebuilt(0, 2), rebuilt(1, 0, 2), rebuilt(0, 0, 1, 2)]) {
        expect(thrown(() => engine.verifyCapsule(Uint8Array.from(forged))).code).to.equal("E_BAD_PROOF");
      }
      const cut = chain.slice(0, -1);
      const data = { field: "capsule", got: cut.length, expected: 98 + 2 * TURN };
      expectRefusal(() => engine.verifyCapsule(cut), "E_BAD_ENCODING", data);
    });
  });

  context("collapse", () => {
    const product = [1, 2].reduce((first, index) => engine.compose(first.key, hopKeys[index].key), hopKeys[0]);

    it("makes one hop of many, by the product of their keys", () => {
      const collapsed = engine.collapse(product.key, chain);
      expect(collapsed.length).to.equal(98 + TURN);
      engine.verifyHops(collapsed, [product.point]);
      expect(engine.decapsulate(d.secretKey, collapsed)).to.deep.equal(key);
    });

    it("refuses every other key", () => {
      const call = () => engine.collapse(hopKeys[0].key, chain);
      expectRefusal(call, "E_WRONG_KEY", { field: "productKey" });
    });
  });

  it("names every key that is none", () => {
    const zero = fromBigInt(0n);
    const refuse = (call: () => unknown, field: string) =>
      expectRefusal(call, "E_BAD_ENCODING", { field, got: "0 or >= n", expected: "1 to n-1" });
    refuse(() => engine.hopKey(zero, b.secretKey, random), "fromSecretKey");
    refuse(() => engine.hopKey(a.secretKey, zero, random), "toSecretKey");
    refuse(() => engine.compose(zero, hopKeys[0].key), "first");
    refuse(() => engine.compose(hopKeys[0].key, zero), "second");
    refuse(() => engine.reverse(zero, random), "key");
    refuse(() => engine.hop(zero, capsule), "key");
    refuse(() => engine.collapse(zero, chain), "productKey");
    const request = { ownerSecretKey: a.secretKey, recipientPublicKey: b.publicKey, signerSecretKey: d.secretKey };
    const split = { ...request, recipientSecretKey: zero, threshold: 1, shares: 1 };
    refuse(() => engine.rekey(split, random), "recipientSecretKey");
    const badPoint = Uint8Array.from(points[1]).fill(4, 0, 1);
    const data = { field: "points[1]", got: 4, expected: [2, 3] };
    expectRefusal(() => engine.verifyHops(chain, [points[0], badPoint, points[2]]), "E_BAD_ENCODING", data);
  });

  it("names the turn that is no canonical encoding, or whose proof fails", () => {
    const bent = (offset: number, ...bytes: number[]) => {
      const changed = Uint8Array.from(chain);
      changed.set(bytes, 98 + TURN + offset);
      return () => engine.verifyCapsule(changed);
    };
    const encoding = { field: "capsule.turns[1].output", got: 4, expected: [2, 3] };
    expectRefusal(bent(0, 4), "E_BAD_ENCODING", encoding);
    const proof = { field: "capsule.turns[1]", part: "equation z*G = T1 + h*R" };
    expectRefusal(bent(132, ...fromBigInt(5n)), "E_BAD_PROOF", proof);
  });

  it("shares no domain with ecies: neither takes the other's values", () => {
    const other = ecies();
    const data = { field: "capsule", part: "equation s*G = V + h*E" };
    expectRefusal(() => other.verifyCapsule(capsule), "E_BAD_PROOF", data);
  });

  it("is not key-private: pk_A = rk*pk_B names the pair", () => {
    const scope = makeScope(engine, random);
    const rk = scope.split(1, 1)[0].kfrag.slice(0, 32);
    const product = fromBigInt((toBigInt(rk) * toBigInt(scope.recipient.secretKey)) % ORDER);
    expect(engine.publicKeyOf(product)).to.deep.equal(scope.owner.publicKey);
  });
});
