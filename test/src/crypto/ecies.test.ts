import { hkdf } from "@noble/hashes/hkdf.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { expect } from "chai";
import { computeAddress } from "ethers";

import { concat, fromHex, toHex, utf8 } from "../../../src/bytes";
import { backendNamed } from "../../../src/crypto/backends";
import { ecies } from "../../../src/crypto/ecies";
import { openBox, sealBox } from "../../../src/crypto/ecies/box";
import { decodePoint } from "../../../src/crypto/encoding";
import { capsuleOf, openWithKey, sealTo } from "../../../src/crypto/sealedBox";
import { ORDER, toBigInt } from "../../../src/crypto/scalar";
import { expectRefusal, makeScope } from "../../support/crypto";
import { thrown } from "../../support/errors";
import { seededRandom } from "../../support/seededRandom";
import { behavesAsDealt } from "./dealt.behavior";

const {
  Point,
  Point: { Fn },
} = secp256k1;
type CurvePoint = typeof Point.BASE;

const engine = ecies();
const noble = backendNamed("noble");
const WRAPPED = 34;

describe("ecies", () => {
  // turn 164, index and threshold 2, F_0 33, box 98 + 24 + 32 + 64 + 16
  behavesAsDealt(ecies, 164 + 2 + 33 + 234, "wrapped");

  const random = seededRandom("ecies scheme");
  const scope = makeScope(engine, random);
  const { owner, recipient, signer, capsule, key, keys } = scope;
  const point = (bytes: Uint8Array) => Point.fromBytes(bytes);
  const hash = (use: string, ...parts: Uint8Array[]) =>
    (toBigInt(keccak_256(concat(keccak_256(utf8(`nkms/v1/ecies/${use}`)), ...parts))) % (ORDER - 1n)) + 1n;
  const keyOf = (shared: CurvePoint, of: Uint8Array) =>
    hkdf(sha256, shared.toBytes(true), undefined, concat(utf8("nkms/v1/ecies/key"), of), 32);
  /** What the box is bound to: pk_A and all F_j, which lie between index and threshold and the box. */
  const contextOf = (kfrag: Uint8Array) => concat(owner.publicKey, kfrag.slice(WRAPPED, -234));
  const open = (kfrag: Uint8Array) =>
    Fn.create(toBigInt(openBox(noble, recipient.secretKey, kfrag.slice(-234), contextOf(kfrag)).slice(0, 32)));

  context("by its formulas, computed apart", () => {
    const [e, v, s] = [capsule.slice(0, 33), capsule.slice(33, 66), toBigInt(capsule.slice(66))];
    const [{ kfrag }] = scope.split(1, 1);
    const rk = toBigInt(kfrag.slice(0, 32));
    const cfrag = engine.reencrypt(kfrag, capsule, random);
    const [output, r, t1, t2] = [0, 33, 66, 99].map((start) => cfrag.slice(start, start + 33));

    it("s*G = V + h*E and K = HKDF(a*E)", () => {
      expect(Point.BASE.multiply(s).equals(point(v).add(point(e).multiply(hash("capsule", e, v))))).to.equal(true);
      expect(keyOf(point(e).multiply(toBigInt(owner.secretKey)), capsule)).to.deep.equal(key);
    });

    it("rk = a/e, E' = rk*E, R = rk*G, e*R = pk_A", () => {
      const ephemeral = open(kfrag);
      expect(Fn.mul(rk, ephemeral)).to.equal(toBigInt(owner.secretKey));
      expect(point(output).equals(point(e).multiply(rk))).to.equal(true);
      expect(point(r).equals(Point.BASE.multiply(rk))).to.equal(true);
      expect(point(r).multiply(ephemeral).toBytes(true)).to.deep.equal(owner.publicKey);
    });

    it("z*G = T1 + h*R and z*E = T2 + h*E', h over all points", () => {
      const z = toBigInt(cfrag.slice(132, 164));
      const h = hash("turn", r, e, output, t1, t2);
      expect(Point.BASE.multiply(z).equals(point(t1).add(point(r).multiply(h)))).to.equal(true);
      expect(
        point(e)
          .multiply(z)
          .equals(point(t2).add(point(output).multiply(h))),
      ).to.equal(true);
    });

    it("commits by keccak(R, keccak(wrapped)) and the address of R", () => {
      const { digest, point: address } = scope.split(1, 1)[0].commitment;
      expect(digest).to.have.length(32);
      expect(address).to.have.length(20);
      const [fraction] = scope.split(1, 1);
      const committed = Point.BASE.multiply(toBigInt(fraction.kfrag.slice(0, 32))).toBytes(true);
      expect(fraction.commitment.digest).to.deep.equal(
        keccak_256(concat(committed, keccak_256(fraction.kfrag.slice(32)))),
      );
      expect(toHex(fraction.commitment.point)).to.equal(computeAddress(toHex(committed)).toLowerCase());
    });
  });

  context("answers with one flaw", () => {
    const [fraction] = scope.split(1, 1);
    const rk = toBigInt(fraction.kfrag.slice(0, 32));
    const e = capsule.slice(0, 33);
    const nonce = 13n;

    it("are refused where E' is another point, though z*G = T1 + h*R holds", () => {
      const [r, t1] = [rk, nonce].map((scalar) => Point.BASE.multiply(scalar).toBytes(true)) as [
        Uint8Array,
        Uint8Array,
      ];
      const output = point(e).multiply(Fn.add(rk, 1n)).toBytes(true);
      const t2 = point(e).multiply(nonce).toBytes(true);
      const z = Fn.toBytes(Fn.add(nonce, Fn.mul(hash("turn", r, e, output, t1, t2), rk)));
      const cfrag = concat(output, r, t1, t2, z, fraction.kfrag.slice(32));
      const call = () => engine.verify(cfrag, { capsule, commitment: fraction.commitment, ...keys });
      expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part: "equation z*E = T2 + h*E'" });
    });

    it("are refused where the policy commits to a key that is not on the dealing's polynomial", () => {
      const wrapped = fraction.kfrag.slice(32);
      const stray = Point.BASE.multiply(nonce).toBytes(true);
      const cfrag = engine.reencrypt(concat(Fn.toBytes(nonce), wrapped), capsule, random);
      const commitment = {
        digest: keccak_256(concat(stray, keccak_256(wrapped))),
        point: fromHex(computeAddress(toHex(stray))),
      };
      const call = () => engine.verify(cfrag, { capsule, commitment, ...keys });
      expectRefusal(call, "E_BAD_PROOF", { field: "cfrag", part: "sum R = i^j*F_j" });
    });
  });

  context("the chosen-ciphertext attack", () => {
    const t = 7n;
    const [{ kfrag, commitment }] = scope.split(1, 1);
    const shifted = point(capsule.slice(0, 33)).add(Point.BASE.multiply(t));

    it("opens a capsule the node never turned, if the node does not check proofs", () => {
      const turnUnchecked = (input: CurvePoint) => input.multiply(toBigInt(kfrag.slice(0, 32)));
      const answer = turnUnchecked(shifted).multiply(open(kfrag));
      const stripped = answer.subtract(point(owner.publicKey).multiply(t));
      expect(keyOf(stripped, capsule)).to.deep.equal(key);
    });

    it("fails against ours, with the old proof, the old nonce or a fresh one", () => {
      const encoded = shifted.toBytes(true);
      const [v, s] = [capsule.slice(33, 66), capsule.slice(66)];
      const h = hash("capsule", encoded, v);
      const adjusted = Fn.toBytes(Fn.add(toBigInt(s), Fn.mul(t, h)));
      const fresh = Point.BASE.multiply(11n).toBytes(true);
      const forgeries = [
        concat(encoded, v, s),
        concat(encoded, v, adjusted),
        concat(encoded, fresh, Fn.toBytes(Fn.add(11n, Fn.mul(t, hash("capsule", encoded, fresh))))),
      ];
      for (const forged of forgeries) {
        const data = { field: "capsule", part: "equation s*G = V + h*E" };
        expectRefusal(() => engine.reencrypt(kfrag, forged, random), "E_BAD_PROOF", data);
        expectRefusal(() => engine.decapsulate(owner.secretKey, forged), "E_BAD_PROOF", data);
        expectRefusal(
          () => engine.verify(new Uint8Array(433), { capsule: forged, commitment, ...keys }),
          "E_BAD_PROOF",
          data,
        );
      }
    });
  });

  context("a recipient who delegates on", () => {
    const third = engine.keygen(random);
    const request = { recipientPublicKey: third.publicKey, signerSecretKey: signer.secretKey, threshold: 1, shares: 1 };
    const onward = { ownerPublicKey: recipient.publicKey, recipientPublicKey: third.publicKey };
    const [next] = engine.rekey({ ...request, ownerSecretKey: recipient.secretKey }, random);
    const [{ kfrag }] = scope.split(1, 1);

    /** What the third gets of a box's key by an honest node of the second delegation. */
    const keyByNode = (boxCapsule: Uint8Array): Uint8Array => {
      const cfrag = engine.reencrypt(next.kfrag, boxCapsule, random);
      const answer = engine.verify(cfrag, { capsule: boxCapsule, commitment: next.commitment, ...onward });
      return engine.combine(third.secretKey, recipient.publicKey, boxCapsule, [answer]);
    };

    it("would give e away, and by it the owner's secret, were the box data like any other", () => {
      const ephemeral = Fn.toBytes(open(kfrag));
      const likeData = sealTo(engine, recipient.publicKey, ephemeral, random);
      const stolen = openWithKey(engine, keyByNode(capsuleOf(engine, likeData)), likeData);
      expect(Fn.toBytes(Fn.mul(toBigInt(kfrag.slice(0, 32)), toBigInt(stolen)))).to.deep.equal(owner.secretKey);
    });

    it("gives nothing away: nobody turns or opens the capsule of a box of ours", () => {
      const boxCapsule = kfrag.slice(-234, -136);
      const data = { field: "capsule", part: "equation s*G = V + h*E" };
      expectRefusal(() => keyByNode(boxCapsule), "E_BAD_PROOF", data);
      expectRefusal(() => engine.verifyCapsule(boxCapsule), "E_BAD_PROOF", data);
      expectRefusal(() => engine.decapsulate(recipient.secretKey, boxCapsule), "E_BAD_PROOF", data);
    });
  });

  context("collusion", () => {
    it("of the recipient with m nodes gives the key of this path, and of no other", () => {
      const fractions = scope.split(2, 3);
      const ephemeral = open(fractions[0].kfrag);
      const [first, second] = fractions.map(({ kfrag }) => toBigInt(kfrag.slice(0, 32)));
      // f(0) = 2*f(1) - f(2)
      const rk = Fn.sub(Fn.mul(2n, first), second);
      expect(Fn.toBytes(Fn.mul(rk, ephemeral))).to.deep.equal(owner.secretKey);
    });
  });

  context("the owner's signature inside", () => {
    const [fraction] = scope.split(1, 1);
    const answerFor = (signerPublicKey?: Uint8Array) => {
      const cfrag = engine.reencrypt(fraction.kfrag, capsule, random);
      return engine.verify(cfrag, { capsule, commitment: fraction.commitment, ...keys, signerPublicKey });
    };
    const combine = (answer: ReturnType<typeof answerFor>) =>
      engine.combine(recipient.secretKey, owner.publicKey, capsule, [answer]);

    it("is checked where the recipient knows the owner's verifying key", () => {
      expect(combine(answerFor(signer.publicKey))).to.deep.equal(key);
      expect(combine(answerFor(undefined))).to.deep.equal(key);
      const domain = "nkms/v1/ecies/dealing";
      expectRefusal(() => combine(answerFor(owner.publicKey)), "E_BAD_SIGNATURE", { field: "signature", domain });
    });

    it("is checked for every signer that an answer was verified with", () => {
      const answers = scope.split(2, 2).map((share, index) => {
        const signerPublicKey = [signer.publicKey, owner.publicKey][index];
        const cfrag = engine.reencrypt(share.kfrag, capsule, random);
        return engine.verify(cfrag, { capsule, commitment: share.commitment, ...keys, signerPublicKey });
      });
      const call = () => engine.combine(recipient.secretKey, owner.publicKey, capsule, answers);
      expect(thrown(call).code).to.equal("E_BAD_SIGNATURE");
    });

    it("goes with an ephemeral key that is one, or the answers are refused", () => {
      const rk = fraction.kfrag.slice(0, 32);
      const to = decodePoint(noble, "recipient", recipient.publicKey);
      const box = sealBox(noble, to, new Uint8Array(96), concat(owner.publicKey, engine.publicKeyOf(rk)), random);
      const kfrag = concat(rk, Uint8Array.of(1, 1), engine.publicKeyOf(rk), box);
      const commitment = engine.verifyFraction(kfrag, keys);
      const unsigned = { capsule, commitment, ...keys, signerPublicKey: undefined };
      const answer = engine.verify(engine.reencrypt(kfrag, capsule, random), unsigned);
      const data = { field: "wrapped.e", got: "0 or >= n", expected: "1 to n-1" };
      expectRefusal(() => combine(answer), "E_BAD_ENCODING", data);
    });

    it("is not to be seen from outside: neither node nor storage learns whose keys a fraction links", () => {
      const box = fraction.kfrag.slice(WRAPPED + 33);
      const byOwner = () => openBox(noble, owner.secretKey, box, contextOf(fraction.kfrag));
      expect(thrown(byOwner).code).to.equal("E_TAMPERED");
      for (const { publicKey } of [owner, recipient, signer]) {
        expect(toHex(fraction.kfrag)).to.not.include(toHex(publicKey.slice(1)).slice(2));
      }
    });

    it("goes with a box only its recipient opens", () => {
      const stranger = engine.keygen(random);
      const { kfrag, commitment } = scope.split(1, 1)[0];
      const context = { capsule, commitment, ...keys, recipientPublicKey: stranger.publicKey };
      const answer = engine.verify(engine.reencrypt(kfrag, capsule, random), context);
      const call = () => engine.combine(stranger.secretKey, owner.publicKey, capsule, [answer]);
      expectRefusal(call, "E_WRONG_KEY", { field: "wrapped" });
    });

    it("goes with a box that opens in its own dealing alone", () => {
      const [other] = scope.split(1, 1);
      const moved = concat(other.kfrag.slice(0, -234), fraction.kfrag.slice(-234));
      const commitment = engine.verifyFraction(moved, keys);
      const answer = engine.verify(engine.reencrypt(moved, capsule, random), { capsule, commitment, ...keys });
      expectRefusal(() => combine(answer), "E_WRONG_KEY", { field: "wrapped" });
    });
  });
});
