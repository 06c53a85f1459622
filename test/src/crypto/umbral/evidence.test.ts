import { secp256k1 } from "@noble/curves/secp256k1.js";
import { expect } from "chai";
import { computeAddress, recoverAddress } from "ethers";

import { toHex } from "../../../../src/bytes";
import { fromBigInt, ORDER, toBigInt } from "../../../../src/crypto/scalar";
import { umbral } from "../../../../src/crypto/umbral";
import { readCapsule } from "../../../../src/crypto/umbral/capsule";
import { decodeCFrag, proofChallenge } from "../../../../src/crypto/umbral/cfrag";
import { encodePoint } from "../../../../src/crypto/encoding";
import { backends, expectRefusal, makeScope } from "../../../support/crypto";
import { seededRandom } from "../../../support/seededRandom";

const Z_OFFSET = 263;
const times = (point: Uint8Array, scalar: bigint) => secp256k1.Point.fromBytes(point).multiply(scalar).toBytes(false);
const plus = (a: Uint8Array, b: Uint8Array) =>
  secp256k1.Point.fromBytes(a).add(secp256k1.Point.fromBytes(b)).toBytes(false);

for (const backend of backends) {
  describe(`evidence on ${backend.name}`, () => {
    const engine = umbral(backend);
    const random = seededRandom("evidence");
    const scope = makeScope(engine, random);
    const [{ kfrag }] = scope.split(1, 1);
    const cfrag = engine.reencrypt(kfrag, scope.capsule, random);

    it("has the products of the three equations, which hold for an honest answer", () => {
      const { points } = engine.evidence(cfrag, scope.capsule, scope.keys);
      const { e, v } = readCapsule(backend, scope.capsule);
      const { fields } = decodeCFrag(backend, cfrag);
      const h = toBigInt(proofChallenge(encodePoint(e), encodePoint(v), fields));
      expect(points.ez).to.deep.equal(times(e, toBigInt(fields.z)));
      expect(points.v1h).to.deep.equal(times(points.v1, h));
      expect(points.ez).to.deep.equal(plus(points.e2, points.e1h));
      expect(points.vz).to.deep.equal(plus(points.v2, points.v1h));
      expect(points.uz).to.deep.equal(plus(points.u2, points.u1h));
    });

    it("shows a lie: the equations fail", () => {
      const lie = Uint8Array.from(cfrag);
      const z = toBigInt(cfrag.subarray(Z_OFFSET, Z_OFFSET + 32));
      lie.set(fromBigInt((z % (ORDER - 1n)) + 1n), Z_OFFSET);
      const { points } = engine.evidence(lie, scope.capsule, scope.keys);
      expect(points.ez).to.not.deep.equal(plus(points.e2, points.e1h));
    });

    it("lets a contract recover the owner's key from the signature", () => {
      for (let round = 0; round < 6; round++) {
        const signed = engine.reencrypt(scope.split(1, 1)[0].kfrag, scope.capsule, random);
        const { messageHash, oddNonce } = engine.evidence(signed, scope.capsule, scope.keys);
        const signature = toHex(signed.slice(-64)) + (oddNonce ? "1c" : "1b");
        expect(recoverAddress(toHex(messageHash), signature)).to.equal(
          computeAddress(toHex(scope.keys.signerPublicKey)),
        );
      }
    });

    it("is refused with a signature that belongs to no key at all", () => {
      const forged = Uint8Array.from(cfrag);
      forged.set(fromBigInt(5n), forged.length - 64); // 5^3 + 7 is not a square, so no nonce point has r = 5
      const call = () => engine.evidence(forged, scope.capsule, scope.keys);
      expectRefusal(call, "E_BAD_SIGNATURE", { field: "cfrag.recipientSignature" });
    });

    it("is refused for keys the owner did not sign for", () => {
      const keys = { ...scope.keys, ownerPublicKey: scope.keys.recipientPublicKey };
      const call = () => engine.evidence(cfrag, scope.capsule, keys);
      expectRefusal(call, "E_BAD_SIGNATURE", { field: "cfrag.recipientSignature" });
    });
  });
}
