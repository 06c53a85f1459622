import { concat } from "../../../../src/bytes";
import { encodePoint } from "../../../../src/crypto/encoding";
import { fromBigInt, ORDER, randomScalar, toBigInt } from "../../../../src/crypto/scalar";
import { readCapsule } from "../../../../src/crypto/umbral/capsule";
import { hashCapsule } from "../../../../src/crypto/umbral/params";
import { backends, expectRefusal } from "../../../support/crypto";
import { seededRandom } from "../../../support/seededRandom";

for (const backend of backends) {
  describe(`capsule on ${backend.name}`, () => {
    const random = seededRandom("capsule");
    const r = toBigInt(randomScalar(random));

    /** A capsule whose proof is right, from any r and u. */
    function prove(u: bigint): Uint8Array {
      const [e, v] = [r, u].map((k) => encodePoint(backend.multiplyBase(fromBigInt(k))));
      return concat(e, v, fromBigInt((u + r * toBigInt(hashCapsule(e, v))) % ORDER));
    }

    it("is refused if E + V is the identity, although its proof is right", () => {
      readCapsule(backend, prove(r + 1n));
      expectRefusal(() => readCapsule(backend, prove(ORDER - r)), "E_IDENTITY", {});
    });

    it("is refused if its maker does not know what is inside", () => {
      const [e, v] = [r, 5n].map((k) => encodePoint(backend.multiplyBase(fromBigInt(k))));
      const data = { field: "capsule", part: "equation s*G = V + h*E" };
      // s = r*h takes everything from s*G - h*E
      for (const s of [7n, (r * toBigInt(hashCapsule(e, v))) % ORDER])
        expectRefusal(() => readCapsule(backend, concat(e, v, fromBigInt(s))), "E_BAD_PROOF", data);
    });

    it("names the part that is no canonical encoding", () => {
      const good = prove(3n);
      const patch = (offset: number, bytes: Uint8Array) => {
        const patched = Uint8Array.from(good);
        patched.set(bytes, offset);
        return patched;
      };
      const refuse = (capsule: Uint8Array, data: object) =>
        expectRefusal(() => readCapsule(backend, capsule), "E_BAD_ENCODING", { ...data });
      refuse(patch(0, Uint8Array.of(4)), { field: "capsule.e", got: 4, expected: [2, 3] });
      refuse(patch(34, fromBigInt(ORDER)), { field: "capsule.v", got: "x >= n", expected: "x < n" });
      refuse(patch(66, fromBigInt(0n)), { field: "capsule.s", got: "0 or >= n", expected: "1 to n-1" });
      refuse(patch(66, fromBigInt(ORDER)), { field: "capsule.s", got: "0 or >= n", expected: "1 to n-1" });
      refuse(concat(good, Uint8Array.of(0)), { field: "capsule", got: 99, expected: 98 });
      refuse(good.slice(1), { field: "capsule", got: 97, expected: 98 });
    });
  });
}
