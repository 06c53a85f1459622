import { expect } from "chai";

import type { Checkable } from "../../../../src/crypto/engine";
import { fromBigInt, ORDER, toBigInt } from "../../../../src/crypto/scalar";
import { umbral } from "../../../../src/crypto/umbral";
import { backends, expectRefusal, flipBit, makeScope } from "../../../support/crypto";
import { seededRandom } from "../../../support/seededRandom";

const Z_OFFSET = 263;

for (const backend of backends) {
  describe(`many answers at once on ${backend.name}`, () => {
    const engine = umbral(backend);
    const random = seededRandom("batch");
    const scope = makeScope(engine, random);
    const capsules = [scope.capsule, engine.encapsulate(scope.owner.publicKey, random).capsule];
    const answers: Checkable[] = scope.split(2, 3).flatMap(({ kfrag, commitment }) =>
      capsules.map((capsule) => ({
        cfrag: engine.reencrypt(kfrag, capsule, random),
        context: { capsule, commitment, ...scope.keys },
      })),
    );
    const verify = (checked: readonly Checkable[]) => engine.verifyMany(checked, random);
    /** z + by in place of z: well formed, and wrong in all three equations. */
    const shift = ({ cfrag, context }: Checkable, by: bigint): Checkable => {
      const shifted = Uint8Array.from(cfrag);
      const z = toBigInt(cfrag.subarray(Z_OFFSET, Z_OFFSET + 32));
      shifted.set(fromBigInt((z + by + ORDER) % ORDER), Z_OFFSET);
      return { cfrag: shifted, context };
    };
    const replaced = (index: number, answer: Checkable) => Object.assign([...answers], { [index]: answer });
    const wrong = { field: "cfrag", part: "equation z*E = E2 + h*E1" };

    it("pass, and open what they were given for", () => {
      const verified = verify(answers);
      const [first, second] = [0, 2].map((index) => verified[index]);
      const { recipient, owner } = scope;
      expect(engine.combine(recipient.secretKey, owner.publicKey, scope.capsule, [first, second])).to.deep.equal(
        scope.key,
      );
      expect(verify([])).to.deep.equal([]);
      expect(verify(answers.slice(0, 1))).to.have.length(1);
    });

    it("are refused for a single wrong one, which is named", () => {
      answers.forEach((answer, index) => {
        const mixed = replaced(index, shift(answer, 1n));
        expectRefusal(() => verify(mixed), "E_BAD_PROOF", { ...wrong, index });
      });
    });

    it("are refused for two lies that would cancel without weights", () => {
      const mixed = Object.assign(replaced(0, shift(answers[0], 1n)), { 2: shift(answers[2], -1n) });
      expectRefusal(() => verify(mixed), "E_BAD_PROOF", { ...wrong, index: 0 });
    });

    it("are refused for a wrong commitment or encoding, with the place", () => {
      const { cfrag, context } = answers[1];
      const { digest, point } = context.commitment;
      const commitment = { digest: flipBit(digest, 0), point };
      const other = replaced(1, { cfrag, context: { ...context, commitment } });
      expectRefusal(() => verify(other), "E_BAD_PROOF", { field: "cfrag", part: "commitment digest", index: 1 });
      const short = replaced(2, { cfrag: answers[2].cfrag.slice(1), context: answers[2].context });
      const data = { field: "cfrag", got: 358, expected: 359, index: 2 };
      expectRefusal(() => verify(short), "E_BAD_ENCODING", data);
    });

    it("need randomness of the right length, whose failure is not taken for an answer's", () => {
      const stuck = () => new Uint8Array(3);
      expectRefusal(() => engine.verifyMany(answers, stuck), "E_BAD_RANDOM", { got: 3, expected: 16 });
    });
  });
}
