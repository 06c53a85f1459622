import { expect } from "chai";

import type { Point, Scalar } from "../../../../src/crypto/backend";
import { encodePoint } from "../../../../src/crypto/encoding";
import { fromBigInt, randomScalar } from "../../../../src/crypto/scalar";
import { umbral } from "../../../../src/crypto/umbral";
import { readCapsule } from "../../../../src/crypto/umbral/capsule";
import { encodeCFrag, proofChallenge } from "../../../../src/crypto/umbral/cfrag";
import { decodeKFrag } from "../../../../src/crypto/umbral/kfrag";
import { U } from "../../../../src/crypto/umbral/params";
import { backends, expectRefusal, makeScope } from "../../../support/crypto";
import { seededRandom } from "../../../support/seededRandom";

/** The points a node chooses freely. */
interface Seconds {
  e2: Uint8Array;
  v2: Uint8Array;
  u2: Uint8Array;
}

for (const backend of backends) {
  describe(`answers of a lying node on ${backend.name}`, () => {
    const engine = umbral(backend);
    const random = seededRandom("lying node");
    const scope = makeScope(engine, random);
    const [{ kfrag, commitment }] = scope.split(1, 1);
    const honest = decodeKFrag(backend, kfrag);
    const capsule = readCapsule(backend, scope.capsule);
    const context = { capsule: scope.capsule, commitment, ...scope.keys };
    const other = randomScalar(random);

    /** The best proof a node can make for the keys it really used: z fits `proven`. */
    function forge(keys: { e: Scalar; v: Scalar; proven: Scalar }, lie: Partial<Seconds> = {}) {
      const nonce = randomScalar(random);
      const times = (point: Point, scalar: Scalar) => encodePoint(backend.multiply(point, scalar));
      const seconds: Seconds = { e2: times(capsule.e, nonce), v2: times(capsule.v, nonce), u2: times(U, nonce) };
      const share = {
        e1: times(capsule.e, keys.e),
        v1: times(capsule.v, keys.v),
        ...{ id: honest.id, precursor: honest.precursor, commitment: honest.commitment },
        ...seconds,
        ...lie,
        recipientSignature: honest.recipientSignature,
      };
      const challenge = proofChallenge(encodePoint(capsule.e), encodePoint(capsule.v), share);
      const z = backend.addScalars(backend.multiplyScalars(keys.proven, challenge), nonce);
      return encodeCFrag({ ...share, z });
    }

    /** Alone, and in one equation with an honest answer. */
    const refuse = (cfrag: Uint8Array, part: string) => {
      expectRefusal(() => engine.verify(cfrag, context), "E_BAD_PROOF", { field: "cfrag", part });
      const both = [engine.reencrypt(kfrag, scope.capsule, random), cfrag].map((one) => ({ cfrag: one, context }));
      expectRefusal(() => engine.verifyMany(both, random), "E_BAD_PROOF", { field: "cfrag", part, index: 1 });
    };

    it("would pass if the node told the truth", () => {
      const cfrag = forge({ e: honest.key, v: honest.key, proven: honest.key });
      const answer = engine.verify(cfrag, context);
      const opened = engine.combine(scope.recipient.secretKey, scope.owner.publicKey, scope.capsule, [answer]);
      expect(opened).to.deep.equal(scope.key);
    });

    it("are refused with a wrong E1", () => {
      refuse(forge({ e: other, v: honest.key, proven: honest.key }), "equation z*E = E2 + h*E1");
    });

    it("are refused with a wrong V1, although the first equation holds", () => {
      refuse(forge({ e: honest.key, v: other, proven: honest.key }), "equation z*V = V2 + h*V1");
    });

    it("are refused with another key throughout, although the first two equations hold", () => {
      refuse(forge({ e: other, v: other, proven: other }), "equation z*U = U2 + h*U1");
    });

    it("are refused with second points that are not of one nonce", () => {
      const keys = { e: honest.key, v: honest.key, proven: honest.key };
      const wrong = encodePoint(backend.multiplyBase(fromBigInt(9n)));
      refuse(forge(keys, { e2: wrong }), "equation z*E = E2 + h*E1");
      refuse(forge(keys, { v2: wrong }), "equation z*V = V2 + h*V1");
      refuse(forge(keys, { u2: wrong }), "equation z*U = U2 + h*U1");
    });
  });
}
