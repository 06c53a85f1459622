import { bls12_381 } from "@noble/curves/bls12-381.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";

import { concat, equalBytes, utf8 } from "../../../src/bytes";
import { afgh } from "../../../src/crypto/afgh";
import { encodeScalar, reduceSecret, reduceToGroup } from "../../../src/crypto/afgh/scalar";
import type { LevelledEngine, RekeyRequest, VerifiedAnswer } from "../../../src/crypto/engine";
import type { PairingBackend } from "../../../src/crypto/pairing";
import { noblePairing } from "../../../src/crypto/pairingNoble";
import { toBigInt } from "../../../src/crypto/scalar";
import { sign } from "../../../src/crypto/signature";
import { umbral } from "../../../src/crypto/umbral";
import { expectRefusal, makeScope, pairings, subsets } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { leftovers } from "../../support/leftovers";
import { seededRandom } from "../../support/seededRandom";

const { G1, G2 } = bls12_381;
const { Fp, Fp12, Fr } = bls12_381.fields;
const read1 = (bytes: Uint8Array) => G1.Point.fromBytes(bytes);
const read2 = (bytes: Uint8Array) => G2.Point.fromBytes(bytes);

const toBytes = (value: bigint) => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));

/** The engine's key derivation, computed apart: GT with the lower coordinate of each pair first. */
function keyOf(shared: typeof Fp12.ONE, capsule: Uint8Array): Uint8Array {
  const { c0, c1 } = shared;
  const coordinates = [c0.c0, c0.c1, c0.c2, c1.c0, c1.c1, c1.c2].flatMap((pair) => [pair.c0, pair.c1]);
  const info = concat(utf8("nkms/v1/afgh/key/second"), capsule);
  return hkdf(sha256, concat(...coordinates.map((value) => Fp.toBytes(value))), undefined, info, 32);
}

describe("afgh", () => {
  let groups: PairingBackend;
  let all: PairingBackend[];
  let engine: LevelledEngine;
  let scope: ReturnType<typeof makeScope>;
  const random = seededRandom("afgh engine");

  before(async () => {
    all = await pairings();
    groups = all.at(-1)!;
    engine = afgh(groups);
    scope = makeScope(engine, random);
  });

  const combine = (answers: readonly VerifiedAnswer[]) =>
    engine.combine(scope.recipient.secretKey, scope.owner.publicKey, scope.capsule, answers);
  const request = (): RekeyRequest => ({
    ownerSecretKey: scope.owner.secretKey,
    recipientPublicKey: scope.recipient.publicKey,
    signerSecretKey: scope.signer.secretKey,
    threshold: 2,
    shares: 3,
  });

  context("by its formulas, computed apart", () => {
    it("K = HKDF(Z^r), the owner's e(C, g2)^(1/a)", () => {
      const c = read1(scope.capsule.slice(48, 96));
      const inverse = Fr.inv(toBigInt(scope.owner.secretKey));
      const shared = Fp12.pow(bls12_381.pairing(c, G2.Point.BASE), inverse);
      expect(keyOf(shared, scope.capsule)).to.deep.equal(scope.key);
      expect(engine.decapsulate(scope.owner.secretKey, scope.capsule)).to.deep.equal(scope.key);
    });

    it("rk = 1/a*Y_B, and a threshold of m makes shares of it with coefficients that sum to one", () => {
      const inverse = Fr.inv(toBigInt(scope.owner.secretKey));
      const rk = read2(scope.recipient.publicKey.slice(48)).multiply(inverse);
      expect(read2(scope.split(1, 1)[0].kfrag.slice(0, 96)).equals(rk)).to.equal(true);
      const [first, second] = scope.split(2, 2).map(({ kfrag }) => read2(kfrag.slice(0, 96)));
      expect(first.double().subtract(second).equals(rk)).to.equal(true);
    });

    it("e(C1, D) = e(Gamma, Y_B) and e(C2, D)^(1/b) = Z^r for one share", () => {
      const cfrag = engine.reencrypt(scope.split(1, 1)[0].kfrag, scope.capsule, random);
      const [c1, d, c2] = [read1(cfrag.slice(0, 48)), read2(cfrag.slice(48, 144)), read1(cfrag.slice(144, 192))];
      const expected = bls12_381.pairing(G1.Point.BASE, read2(scope.recipient.publicKey.slice(48)));
      expect(Fp12.eql(bls12_381.pairing(c1, d), expected)).to.equal(true);
      const shared = Fp12.pow(bls12_381.pairing(c2, d), Fr.inv(toBigInt(scope.recipient.secretKey)));
      expect(keyOf(shared, scope.capsule)).to.deep.equal(scope.key);
    });

    it("commits by keccak(Gamma, keccak(wrapped))", () => {
      const [{ kfrag, commitment }] = scope.split(1, 1);
      const padded = G1.Point.BASE.toBytes(false);
      const gap = new Uint8Array(16);
      const digest = keccak_256(concat(G1.Point.BASE.toBytes(true), keccak_256(kfrag.slice(96))));
      const point = keccak_256(concat(gap, padded.slice(0, 48), gap, padded.slice(48))).slice(12);
      expect(commitment).to.deep.equal({ digest, point });
    });
  });

  context("combine", () => {
    it("opens with every subset of at least m answers and none below, for every m of n", () => {
      const most = groups.name === "mcl" ? (process.env.NKMS_DEEP ? 8 : 5) : 3;
      for (let shares = 1; shares <= most; shares++) {
        for (let threshold = 1; threshold <= shares; threshold++) {
          const answers = scope.split(threshold, shares).map(scope.answer);
          for (const subset of subsets(answers)) {
            if (subset.length >= threshold) expect(combine(subset)).to.deep.equal(scope.key);
            else {
              const expected = subset.length ? threshold : 1;
              expectRefusal(() => combine(subset), "E_NOT_ENOUGH_SHARES", { got: subset.length, expected });
            }
          }
        }
      }
    });

    it("refuses repeated, mixed and unverified answers", () => {
      const [first, second] = scope.split(2, 2);
      const [answer, foreign] = [scope.answer(first), scope.answer(scope.split(2, 2)[1])];
      const forged = { cfrag: answer.cfrag } as VerifiedAnswer;
      expectRefusal(() => combine([answer, scope.answer(first)]), "E_DUPLICATE_SHARE", { index: 1 });
      expectRefusal(() => combine([answer, foreign]), "E_MIXED_SHARES", { index: 1 });
      expectRefusal(() => combine([scope.answer(second), forged]), "E_UNVERIFIED_ANSWER", { index: 1 });
    });

    it("refuses another recipient, owner or capsule than the answers were verified for", () => {
      const { owner, recipient, capsule } = scope;
      const answers = scope.split(1, 1).map(scope.answer);
      const other = engine.keygen(random);
      const wrong = (call: () => unknown, field: string) => expectRefusal(call, "E_WRONG_KEY", { index: 0, field });
      wrong(() => engine.combine(other.secretKey, owner.publicKey, capsule, answers), "recipientSecretKey");
      wrong(() => engine.combine(recipient.secretKey, other.publicKey, capsule, answers), "ownerPublicKey");
      const second = engine.encapsulate(owner.publicKey, random).capsule;
      const open = () => engine.combine(recipient.secretKey, owner.publicKey, second, answers);
      expectRefusal(open, "E_MIXED_SHARES", { index: 0 });
    });
  });

  context("shares", () => {
    it("are checked by anybody: node, reader or stranger, each against its commitment", () => {
      for (const { kfrag, commitment } of scope.split(3, 3)) {
        expect(engine.verifyFraction(kfrag, scope.keys)).to.deep.equal(commitment);
      }
    });

    it("are refused with another key inside, so that no node can be framed", () => {
      const [first, second] = scope.split(2, 2);
      const framed = concat(second.kfrag.slice(0, 96), first.kfrag.slice(96));
      const data = { field: "kfrag", part: "equation e(X_A, rk) = e(Gamma, Y_B)" };
      expectRefusal(() => engine.verifyFraction(framed, scope.keys), "E_BAD_PROOF", data);
    });

    it("show by the signature who dealt: without it a stranger forges m-1 whose equation holds, and no m-th", () => {
      const [k, { owner, recipient, keys }] = [7n, scope];
      const stranger = umbral().keygen(random);
      const [x, y] = [read1(owner.publicKey.slice(0, 48)), read2(recipient.publicKey.slice(48))];
      const key = y.multiply(k).toBytes(true);
      const coefficient = x.multiply(k).subtract(G1.Point.BASE).toBytes(true);
      const signed = concat(Uint8Array.of(2), x.toBytes(true), y.toBytes(true), coefficient);
      const signature = sign(stranger.secretKey, "nkms/v1/afgh/dealing", signed, random);
      const [first, second] = [1, 2].map((index) => concat(key, Uint8Array.of(index), signed, signature));
      const ofStranger = { ...keys, signerPublicKey: stranger.publicKey };
      const commitment = engine.verifyFraction(first, ofStranger);
      const refused = { field: "signature", domain: "nkms/v1/afgh/dealing" };
      expectRefusal(() => engine.verifyFraction(first, keys), "E_BAD_SIGNATURE", refused);
      const cfrag = engine.reencrypt(first, scope.capsule, random);
      const context = { capsule: scope.capsule, commitment, ...keys };
      expectRefusal(() => engine.verify(cfrag, context), "E_BAD_SIGNATURE", refused);
      const answer = engine.verify(cfrag, { ...context, signerPublicKey: undefined });
      expectRefusal(() => combine([answer]), "E_NOT_ENOUGH_SHARES", { got: 1, expected: 2 });
      const data = { field: "kfrag", part: "equation e(X_A, rk) = e(Gamma, Y_B)" };
      expectRefusal(() => engine.verifyFraction(second, ofStranger), "E_BAD_PROOF", data);
    });

    it("are refused for another owner or recipient", () => {
      const [{ kfrag }] = scope.split(1, 1);
      const other = engine.keygen(random).publicKey;
      for (const field of ["ownerPublicKey", "recipientPublicKey"]) {
        expectRefusal(() => engine.verifyFraction(kfrag, { ...scope.keys, [field]: other }), "E_WRONG_KEY", { field });
      }
    });

    it("are refused with an index or threshold out of range", () => {
      const [{ kfrag }] = scope.split(1, 1);
      for (const [offset, field] of [
        [96, "kfrag.index"],
        [97, "kfrag.threshold"],
      ] as const) {
        for (const got of [0, 33]) {
          const forged = Uint8Array.from(kfrag);
          forged[offset] = got;
          const data = { field, got, expected: [1, 32] };
          expectRefusal(() => engine.verifyFraction(forged, scope.keys), "E_BAD_ENCODING", data);
        }
      }
    });

    it("are not made for impossible splits", () => {
      for (const [threshold, shares] of [
        [0, 1],
        [3, 2],
        [1, 33],
      ]) {
        const data = { threshold, shares, maxShares: 32 };
        expectRefusal(() => engine.rekey({ ...request(), threshold, shares }, random), "E_BAD_THRESHOLD", data);
      }
    });
  });

  context("answers", () => {
    it("are a function of fraction and capsule", () => {
      const [{ kfrag }] = scope.split(1, 1);
      const never = () => expect.fail("no randomness is needed");
      const cfrag = engine.reencrypt(kfrag, scope.capsule, never);
      expect(engine.reencrypt(kfrag, scope.capsule, never)).to.deep.equal(cfrag);
      expect(cfrag.length).to.equal(256 + 146 + 64);
    });

    it("are refused for another capsule or share, naming what fails", () => {
      const [first, second] = scope.split(2, 2);
      const cfrag = engine.reencrypt(first.kfrag, scope.capsule, random);
      const other = engine.encapsulate(scope.owner.publicKey, random).capsule;
      const refuse = (capsule: Uint8Array, commitment: typeof first.commitment, part: string) => {
        const call = () => engine.verify(cfrag, { capsule, commitment, ...scope.keys });
        expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part });
      };
      refuse(other, first.commitment, "proof of one exponent");
      refuse(scope.capsule, second.commitment, "commitment digest");
      const mixed = { digest: first.commitment.digest, point: second.commitment.point };
      refuse(scope.capsule, mixed, "commitment point");
    });

    it("are refused with another share's blinded key, though the proof of one exponent holds", () => {
      const [first, second] = scope.split(2, 2);
      const [cfrag, foreign] = [first, second].map(({ kfrag }) => engine.reencrypt(kfrag, scope.capsule, random));
      const swapped = concat(cfrag.slice(0, 48), foreign.slice(48, 144), cfrag.slice(144));
      const call = () =>
        engine.verify(swapped, { capsule: scope.capsule, commitment: first.commitment, ...scope.keys });
      expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part: "equation e(C1, D) = e(Gamma, Y_B)" });
    });
  });

  context("secrets", () => {
    it("of a node are wiped where they were copied, also those of a kfrag that is refused", () => {
      const [{ kfrag }] = scope.split(1, 1);
      const given = Uint8Array.from(kfrag);
      const secret = kfrag.slice(0, 96);
      const seen: Uint8Array[] = [];
      const keep = (bytes: Uint8Array) => {
        if (equalBytes(bytes, secret)) seen.push(bytes);
        return bytes;
      };
      const watchedGroups: PairingBackend = {
        ...groups,
        decodeG2: (bytes) => groups.decodeG2(keep(bytes)),
        encodeG2: (point) => keep(groups.encodeG2(point)),
      };
      const node = afgh(watchedGroups);
      const answer = node.reencrypt(given, scope.capsule, random);
      node.verifyFraction(given, scope.keys);
      const foreign = { ...scope.keys, ownerPublicKey: scope.recipient.publicKey };
      expect(thrown(() => node.verifyFraction(given, foreign)).code).to.equal("E_WRONG_KEY");
      const rest = Uint8Array.from(given).fill(0, 100);
      expect(
        leftovers(secret, [given, rest], () => thrown(() => node.reencrypt(rest, scope.capsule, random))),
      ).to.equal(0);
      expect(seen).to.have.length(6);
      for (const bytes of seen) expect(bytes).to.deep.equal(new Uint8Array(96));
      expect(given).to.deep.equal(kfrag);
      expect(node.reencrypt(given, scope.capsule, random)).to.deep.equal(answer);
    });

    it("of an owner are wiped once they are numbers, or in a fraction", () => {
      const [wide, other] = [random(48), random(48)];
      const encoded = encodeScalar(reduceToGroup(wide));
      expect(leftovers(wide, [], () => engine.keygen(() => wide).secretKey)).to.equal(0);
      for (const secret of [wide, encoded]) {
        const draws = [wide, other];
        expect(leftovers(secret, [], () => afgh().encapsulate(scope.owner.publicKey, () => draws.pop()!))).to.equal(0);
      }
      const secretBytes = Uint8Array.from(wide);
      expect([reduceSecret(secretBytes), secretBytes]).to.deep.equal([reduceToGroup(wide), new Uint8Array(48)]);
      const dealt = () => afgh().rekey(request(), seededRandom("afgh dealing"))[2].kfrag;
      expect(leftovers(dealt().slice(0, 96), [], dealt)).to.equal(0);
    });
  });

  context("the chosen-ciphertext attack", () => {
    const t = 7n;

    it("opens a capsule the node never turned, if the node checks nothing", () => {
      const rk = read2(scope.split(1, 1)[0].kfrag.slice(0, 96));
      const shifted = read1(scope.capsule.slice(48, 96)).add(read1(scope.owner.publicKey.slice(0, 48)).multiply(t));
      const answer = Fp12.pow(bls12_381.pairing(shifted, rk), Fr.inv(toBigInt(scope.recipient.secretKey)));
      const base = bls12_381.pairing(G1.Point.BASE, G2.Point.BASE);
      const stripped = Fp12.mul(answer, Fp12.inv(Fp12.pow(base, t)));
      expect(keyOf(stripped, scope.capsule)).to.deep.equal(scope.key);
    });

    it("fails against ours, also with a proof to a base of the attacker's own", () => {
      const [{ kfrag }] = scope.split(1, 1);
      const x = read1(scope.owner.publicKey.slice(0, 48));
      const shifted = read1(scope.capsule.slice(48, 96)).add(x.multiply(t)).toBytes(true);
      const replayed = concat(scope.capsule.slice(0, 48), shifted, scope.capsule.slice(96));
      const data = { field: "capsule", part: "equation s*X = V + h*C" };
      expectRefusal(() => engine.reencrypt(kfrag, replayed, random), "E_BAD_PROOF", data);
      // with the point itself as base the exponent is 1: V = X', h + 1 = s
      const affine = read1(shifted).toBytes(false);
      const padded = concat(new Uint8Array(16), affine.slice(0, 48), new Uint8Array(16), affine.slice(48));
      const hash = keccak_256(concat(keccak_256(utf8("nkms/v1/afgh/capsule")), padded, padded, padded));
      const h = (toBigInt(hash) % (Fr.ORDER - 1n)) + 1n;
      const own = concat(shifted, shifted, shifted, Fr.toBytes(Fr.add(h, 1n)));
      engine.verifyCapsule(own);
      expectRefusal(() => engine.reencrypt(kfrag, own, random), "E_WRONG_KEY", { field: "capsule" });
      expectRefusal(() => engine.decapsulate(scope.owner.secretKey, own), "E_WRONG_KEY", { field: "capsule" });
    });
  });

  context("first level", () => {
    it("opens for its recipient and nobody else", () => {
      const { capsule, key } = engine.encapsulateFirstLevel(scope.recipient.publicKey, random);
      expect(capsule.length).to.equal(96);
      expect(engine.decapsulateFirstLevel(scope.recipient.secretKey, capsule)).to.deep.equal(key);
      expect(engine.decapsulateFirstLevel(scope.owner.secretKey, capsule)).to.not.deep.equal(key);
    });

    it("is nothing a node can turn", () => {
      const { capsule } = engine.encapsulateFirstLevel(scope.owner.publicKey, random);
      const data = { field: "capsule", got: 96, expected: 176 };
      expectRefusal(() => engine.reencrypt(scope.split(1, 1)[0].kfrag, capsule, random), "E_BAD_ENCODING", data);
    });
  });

  it("gives colluders 1/a*g2, which opens this owner's second level and is not a", () => {
    const rk = read2(scope.split(1, 1)[0].kfrag.slice(0, 96));
    const weak = rk.multiply(Fr.inv(toBigInt(scope.recipient.secretKey)));
    const other = engine.encapsulate(scope.owner.publicKey, random);
    const shared = bls12_381.pairing(read1(other.capsule.slice(48, 96)), weak);
    expect(keyOf(shared, other.capsule)).to.deep.equal(other.key);
    expect(weak.multiply(toBigInt(scope.owner.secretKey)).equals(G2.Point.BASE)).to.equal(true);
  });

  context("encodings", () => {
    it("of keys are refused where they are no points, of no group, or of two secrets", () => {
      const { publicKey } = scope.owner;
      const x = Array.from({ length: 99 }, (_, index) => BigInt(index + 1)).find(
        (candidate) => Fp.pow(Fp.create(candidate ** 3n + 4n), (Fp.ORDER - 1n) / 2n) === 1n,
      )!;
      const encode = (value: bigint) => {
        const bytes = Uint8Array.from(Buffer.from(value.toString(16).padStart(96, "0"), "hex"));
        bytes[0] |= 0x80;
        return bytes;
      };
      const identity = Uint8Array.from({ length: 48 }, (_, index) => (index ? 0 : 0xc0));
      const bad: [Uint8Array, string][] = [
        [new Uint8Array(48), "no such point"],
        [new Uint8Array(48).fill(255), "the identity"],
        [identity, "the identity"],
        [encode(x), "no such point"],
        [encode(Fp.ORDER + x), "no such point"],
        [encode(Fp.ORDER), "no such point"],
      ];
      for (const backend of all) {
        const other = afgh(backend);
        for (const [half, got] of bad) {
          const call = () => other.encapsulate(concat(half, publicKey.slice(48)), random);
          expectRefusal(call, "E_BAD_ENCODING", { field: "publicKey.x", got, expected: "a point" });
        }
        const second = concat(identity, new Uint8Array(48));
        const call = () => other.encapsulate(concat(publicKey.slice(0, 48), second), random);
        expectRefusal(call, "E_BAD_ENCODING", { field: "publicKey.y", got: "the identity", expected: "a point" });
      }
      const mixed = concat(publicKey.slice(0, 48), scope.recipient.publicKey.slice(48));
      const data = { field: "publicKey", part: "equation e(X, g2) = e(g1, Y)" };
      expectRefusal(() => engine.encapsulate(mixed, random), "E_BAD_PROOF", data);
    });

    it("of secret keys are refused outside [1, q-1]", () => {
      const data = { field: "secretKey", got: "0 or >= q", expected: "1 to q-1" };
      for (const secretKey of [new Uint8Array(32), Fr.toBytes(Fr.ORDER - 1n).fill(255)]) {
        expectRefusal(() => engine.publicKeyOf(secretKey), "E_BAD_ENCODING", data);
      }
      expect(engine.publicKeyOf(scope.owner.secretKey)).to.deep.equal(scope.owner.publicKey);
    });

    it("are refused too short, or no bytes at all, by name", () => {
      const [{ kfrag, commitment }] = scope.split(2, 2);
      const refuse = (call: () => unknown, field: string, got: unknown, expected: number) =>
        expectRefusal(call, "E_BAD_ENCODING", { field, got, expected });
      const verify = (bytes: Uint8Array) => engine.verify(bytes, { capsule: scope.capsule, commitment, ...scope.keys });
      refuse(() => engine.verifyFraction(kfrag.slice(0, 95), scope.keys), "kfrag", 95, 96);
      refuse(() => engine.verifyFraction(kfrag.slice(0, 97), scope.keys), "kfrag", 1, 2);
      refuse(() => engine.verifyFraction(kfrag.slice(0, -1), scope.keys), "kfrag", 257, 258);
      refuse(() => verify(new Uint8Array(255)), "cfrag", 255, 256);
      const none = undefined as unknown as Uint8Array;
      refuse(() => engine.reencrypt(none, scope.capsule, random), "kfrag", "undefined", 96);
      refuse(() => verify(none), "cfrag", "undefined", 256);
      refuse(() => engine.verifyCapsule(none), "capsule", "undefined", 176);
      refuse(() => engine.encapsulate(none, random), "publicKey", "undefined", 144);
    });
  });

  it("names every part that is no point of a group, or no scalar", () => {
    const [{ kfrag, commitment }] = scope.split(2, 2);
    const cfrag = engine.reencrypt(kfrag, scope.capsule, random);
    const name = (
      bytes: Uint8Array,
      parts: readonly (readonly [string, number])[],
      read: (bytes: Uint8Array) => unknown,
    ) => {
      for (const [field, offset] of parts) {
        const changed = Uint8Array.from(bytes);
        // no compression flag
        changed[offset] &= 0x1f;
        const data = { field, got: "no such point", expected: "a point" };
        expectRefusal(() => read(changed), "E_BAD_ENCODING", data);
      }
    };
    const scalars = (
      bytes: Uint8Array,
      parts: readonly (readonly [string, number])[],
      read: (bytes: Uint8Array) => unknown,
    ) => {
      for (const [field, offset] of parts) {
        for (const value of [new Uint8Array(32), toBytes(Fr.ORDER)]) {
          const changed = Uint8Array.from(bytes);
          changed.set(value, offset);
          expectRefusal(() => read(changed), "E_BAD_ENCODING", { field, got: "0 or >= q", expected: "1 to q-1" });
        }
      }
    };
    const verify = (bytes: Uint8Array) => engine.verify(bytes, { capsule: scope.capsule, commitment, ...scope.keys });
    const verifyCapsule = (bytes: Uint8Array) => engine.verifyCapsule(bytes);
    name(
      scope.capsule,
      [
        ["capsule.x", 0],
        ["capsule.c", 48],
        ["capsule.v", 96],
      ],
      verifyCapsule,
    );
    scalars(scope.capsule, [["capsule.s", 144]], verifyCapsule);
    name(
      kfrag,
      [
        ["kfrag.key", 0],
        ["kfrag.owner", 98],
        ["kfrag.recipient", 146],
        ["kfrag.coefficients[0]", 242],
      ],
      (bytes) => engine.verifyFraction(bytes, scope.keys),
    );
    name(
      cfrag,
      [
        ["cfrag.c1", 0],
        ["cfrag.d", 48],
        ["cfrag.c2", 144],
        ["cfrag.owner", 258],
        ["cfrag.recipient", 306],
        ["cfrag.coefficients[0]", 402],
      ],
      verify,
    );
    scalars(
      cfrag,
      [
        ["cfrag.h", 192],
        ["cfrag.z", 224],
      ],
      verify,
    );
    const first = engine.encapsulateFirstLevel(scope.recipient.publicKey, random).capsule;
    name(first, [["capsule", 0]], (bytes) => engine.decapsulateFirstLevel(scope.recipient.secretKey, bytes));
  });

  it("names every key and commitment that is none", () => {
    const [{ kfrag, commitment }] = scope.split(1, 1);
    const cfrag = engine.reencrypt(kfrag, scope.capsule, random);
    const short = scope.owner.publicKey.slice(1);
    const context = { capsule: scope.capsule, commitment, ...scope.keys };
    const refuse = (call: () => unknown, field: string, got: unknown, expected: number) =>
      expectRefusal(call, "E_BAD_ENCODING", { field, got, expected });
    const { digest, point } = commitment;
    const noDigest = { ...context, commitment: { digest: digest.slice(1), point } };
    refuse(() => engine.verify(cfrag, noDigest), "commitment.digest", 31, 32);
    const noPoint = { ...context, commitment: { digest, point: point.slice(1) } };
    refuse(() => engine.verify(cfrag, noPoint), "commitment.point", 19, 20);
    const without = { ...context, commitment: undefined as unknown as typeof commitment };
    refuse(() => engine.verify(cfrag, without), "commitment.digest", "undefined", 32);
    for (const field of ["ownerPublicKey", "recipientPublicKey"]) {
      refuse(() => engine.verify(cfrag, { ...context, [field]: short }), field, 143, 144);
      refuse(() => engine.verifyFraction(kfrag, { ...scope.keys, [field]: short }), field, 143, 144);
      const other = engine.keygen(random).publicKey;
      expectRefusal(() => engine.verify(cfrag, { ...context, [field]: other }), "E_WRONG_KEY", { field });
    }
    refuse(() => engine.encapsulateFirstLevel(short, random), "publicKey", 143, 144);
    const refuseRekey = (changed: Partial<RekeyRequest>, field: string, got: number, expected: number) =>
      refuse(() => engine.rekey({ ...request(), ...changed }, random), field, got, expected);
    refuseRekey({ recipientPublicKey: short }, "recipientPublicKey", 143, 144);
    refuseRekey({ ownerSecretKey: digest.slice(1) }, "ownerSecretKey", 31, 32);
    refuseRekey({ signerSecretKey: digest.slice(1) }, "signerSecretKey", 31, 32);
    const reuse = () => engine.rekey({ ...request(), signerSecretKey: request().ownerSecretKey }, random);
    expectRefusal(reuse, "E_KEY_REUSE", { field: "signerSecretKey" });
    const { secretKey } = scope.owner;
    refuse(() => engine.decapsulate(secretKey.slice(1), scope.capsule), "secretKey", 31, 32);
    refuse(() => engine.decapsulateFirstLevel(secretKey.slice(1), scope.capsule), "secretKey", 31, 32);
    const combineShort = () => engine.combine(secretKey.slice(1), scope.owner.publicKey, scope.capsule, []);
    refuse(combineShort, "recipientSecretKey", 31, 32);
  });

  it("refuses an answer with the share of another owner's dealing for this capsule", () => {
    const other = makeScope(engine, random);
    const [{ kfrag, commitment }] = other.split(1, 1);
    const cfrag = engine.reencrypt(kfrag, other.capsule, random);
    const call = () => engine.verify(cfrag, { capsule: scope.capsule, commitment, ...other.keys });
    expectRefusal(call, "E_WRONG_KEY", { field: "capsule" });
  });

  it("deals the largest split, whose last share reads as any other", () => {
    const { kfrag, commitment } = scope.split(32, 32)[31];
    expect(engine.verifyFraction(kfrag, scope.keys)).to.deep.equal(commitment);
  });

  it("stops where the random source fails", () => {
    for (const draws of [0, 1]) {
      let left = draws;
      const failing = (length: number) => (left-- > 0 ? random(length) : new Uint8Array(length - 1));
      expectRefusal(() => engine.rekey(request(), failing), "E_BAD_RANDOM", { got: 47, expected: 48 });
    }
  });

  it("gives the same bytes on every back-end", () => {
    const transcript = (backend: PairingBackend) => {
      const its = makeScope(afgh(backend), seededRandom("differential"));
      const fractions = its.split(2, 2);
      return [its.capsule, its.key, ...fractions.map(({ kfrag }) => kfrag), its.answer(fractions[1]).cfrag];
    };
    const [expected, ...others] = all.map(transcript);
    for (const other of others) expect(other).to.deep.equal(expected);
  });

  it("refuses what sums up to the identity, on every back-end: a capsule's V, and a share's Gamma", () => {
    const x = read1(scope.owner.publicKey.slice(0, 48));
    const [r, c, v] = [5n, x.multiply(5n), G1.Point.BASE];
    const padded = [x, c, v].map((point) => {
      const affine = point.toBytes(false);
      return concat(new Uint8Array(16), affine.slice(0, 48), new Uint8Array(16), affine.slice(48));
    });
    const hash = keccak_256(concat(keccak_256(utf8("nkms/v1/afgh/capsule")), ...padded));
    // s*X = h*C, whatever V is.
    const s = Fr.mul(r, (toBigInt(hash) % (Fr.ORDER - 1n)) + 1n);
    const capsule = concat(...[x, c, v].map((point) => point.toBytes(true)), Fr.toBytes(s));
    // A_1 = -g1: Gamma_1 = g1 + A_1.
    const minusBase = G1.Point.BASE.negate().toBytes(true);
    const signed = concat(Uint8Array.of(2), x.toBytes(true), scope.recipient.publicKey.slice(48), minusBase);
    const signature = sign(scope.signer.secretKey, "nkms/v1/afgh/dealing", signed, random);
    const wrapped = concat(Uint8Array.of(1), signed, signature);
    const kfrag = concat(G2.Point.BASE.toBytes(true), wrapped);
    const [honest] = scope.split(1, 1);
    const turn = scope.answer(honest).cfrag.slice(0, 256);
    for (const its of all.map((backend) => afgh(backend))) {
      expectRefusal(() => its.verifyCapsule(capsule), "E_IDENTITY", {});
      expectRefusal(() => its.reencrypt(honest.kfrag, capsule, random), "E_IDENTITY", {});
      expectRefusal(() => its.decapsulate(scope.owner.secretKey, capsule), "E_IDENTITY", {});
      expectRefusal(() => its.verifyFraction(kfrag, scope.keys), "E_IDENTITY", {});
      const context = { capsule: scope.capsule, commitment: honest.commitment, ...scope.keys };
      expectRefusal(() => its.verify(concat(turn, wrapped), context), "E_IDENTITY", {});
    }
    for (const curve of all) {
      const sum = () => curve.combineG1Vartime([curve.g1, curve.g1], [7n, Fr.ORDER - 7n]);
      expectRefusal(sum, "E_IDENTITY", {});
    }
  });

  it("computes the same on every back-end, operation by operation", () => {
    const scalars = [1n, 2n, Fr.ORDER - 1n, ...Array.from({ length: 5 }, () => Fr.create(toBigInt(random(32))))];
    const values = (curve: PairingBackend) =>
      scalars.flatMap((scalar, index) => {
        const a = curve.multiplyG1(curve.g1, scalar);
        const b = curve.multiplyG2(curve.g2, scalars[scalars.length - 1 - index]);
        const sum = curve.combineG1Vartime([curve.g1, curve.decodeG1(curve.encodeG1(a))!], [3n, scalar]);
        const product = curve.pairingProduct([
          [a, b],
          [curve.g1, curve.decodeG2(curve.encodeG2(b))!],
        ]);
        const equal = curve.pairingsEqual([a, curve.g2], [curve.g1, curve.multiplyG2(curve.g2, scalar)]);
        expect(equal).to.equal(true);
        expect(curve.pairingsEqual([sum, curve.g2], [a, curve.g2])).to.equal(false);
        return [curve.encodeG1(a), curve.affineG1(a), curve.encodeG2(b), curve.encodeG1(sum), product];
      });
    const expected = values(noblePairing);
    for (const curve of all) expect(values(curve)).to.deep.equal(expected);
  });
});
